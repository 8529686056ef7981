// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/caption.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/error.hpp>

#include "letters/letter_masks.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using letters::Caption;
using letters::CaptionStyle;

namespace {

template <class Word>
const std::vector<std::optional<Word>> said_or_not{std::nullopt, static_cast<Word>(0), static_cast<Word>(1)};

std::vector<CaptionStyle> all_styles() {
  std::vector<CaptionStyle> styles;
  for (const auto weight : said_or_not<letters::Weight>)
    for (const auto slant : said_or_not<letters::Slant>)
      for (const auto serifs : said_or_not<letters::Serifs>) styles.push_back({weight, slant, serifs});
  return styles;
}

/// Every style with every letter, and every pair of colours once.
std::vector<Caption> many_captions() {
  std::vector<letters::ColourPair> pairs;
  for (std::size_t ink = 0; ink < letters::palette.size(); ++ink)
    for (std::size_t paper = 0; paper < letters::palette.size(); ++paper)
      if (ink != paper) pairs.push_back({ink, paper});
  std::vector<Caption> captions;
  for (const CaptionStyle& style : all_styles())
    for (std::int64_t letter = 0; letter < letters::letter_count; ++letter)
      captions.push_back({style, letter, pairs[captions.size() % pairs.size()]});
  return captions;
}

std::string fault_of(const std::string& text) {
  try {
    (void)letters::parse_caption(text);
    return "";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("a caption is read back from its text, whatever it says") {
  const std::vector<Caption> captions = many_captions();
  std::set<std::string> texts;
  for (const Caption& caption : captions) {
    const std::string text = letters::text_of(caption);
    INFO(text);
    CHECK(letters::parse_caption(text) == caption);
    texts.insert(text);
  }
  CHECK(captions.size() == 27 * 26);
  CHECK(texts.size() == captions.size());
}

TEST_CASE("a caption reads as English") {
  const Caption caption = letters::parse_caption("bold italic serif A, red on blue");
  CHECK(caption.style.weight == letters::Weight::bold);
  CHECK(caption.style.slant == letters::Slant::italic);
  CHECK(caption.style.serifs == letters::Serifs::serif);
  CHECK(caption.letter == 0);
  CHECK(letters::palette[caption.colours.ink].name == "red");
  CHECK(letters::palette[caption.colours.paper].name == "blue");
  CHECK(letters::text_of(caption) == "bold italic serif A, red on blue");
  const Caption brief = letters::parse_caption("  Q ,grey   on  white ");
  CHECK(brief.style == CaptionStyle{});
  CHECK(letters::text_of(brief) == "Q, grey on white");
}

TEST_CASE("the vocabulary holds every word of every caption once, and no other") {
  const std::vector<std::string>& words = letters::caption_words();
  CHECK(std::set<std::string>(words.begin(), words.end()).size() == words.size());
  std::set<std::string> seen;
  std::int64_t most = 0;
  for (const Caption& caption : many_captions()) {
    std::string text = letters::text_of(caption);
    text.erase(std::remove(text.begin(), text.end(), ','), text.end());
    std::istringstream stream(text);
    std::int64_t count = 0;
    for (std::string word; stream >> word; ++count) seen.insert(word);
    most = std::max(most, count);
  }
  CHECK(seen == std::set<std::string>(words.begin(), words.end()));
  CHECK(most == letters::max_caption_words);
}

TEST_CASE("a text outside the grammar is refused with its word, the word's place and what could stand there") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"bold itallic A, red on blue",
       R"(word 2 is "itallic"; expected "upright", "italic", "sans", "serif" or a letter A to Z; the nearest is "italic")"},
      {"italic bold A, red on blue", R"(word 2 is "bold"; expected "sans", "serif" or a letter A to Z)"
                                     "\n"},
      {"k, red on blue", R"(word 1 is "k"; expected)"},
      {"k, red on blue", R"(the nearest is "K")"},
      {"A, red on rad", R"(word 4 is "rad"; expected "black")"},
      {"A, red on rad", R"(the nearest is "red")"},
      {"bold AB, red on blue", R"(word 2 is "AB")"},
      {"A red on blue", R"(word 2 is "red"; expected a comma)"},
      {"A,, red on blue", R"(word 2 is ","; expected "black")"},
      {"A, red in blue", R"(word 3 is "in"; expected "on"; the nearest is "on")"},
      {"A, red on", R"(it ends after "on"; expected "black")"},
      {"", "there is no word; expected"},
      {"A, red on blue, please", R"(word 5 is ","; expected the end)"},
      {"A, red on red", R"(ink and paper are both "red"; expected two different colours)"}};
  for (const auto& [text, sentence] : cases) {
    INFO(text);
    CHECK_THAT(fault_of(text), ContainsSubstring(sentence));
    CHECK_THAT(fault_of(text), ContainsSubstring("\"" + text + "\""));
    CHECK_THAT(fault_of(text), ContainsSubstring("caption_test.cpp"));
  }
}
