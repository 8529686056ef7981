// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/caption.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <dmdr/core/error.hpp>
#include <dmdr/io/nearest_name.hpp>

#include "letters/letter_masks.hpp"

namespace letters {
namespace {

using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 2> weight_words{"regular", "bold"}, slant_words{"upright", "italic"},
    serif_words{"sans", "serif"};

Words letter_words() {
  Words words;
  for (char letter = 'A'; letter <= 'Z'; ++letter) words.emplace_back(1, letter);
  return words;
}

Words colour_words() {
  Words words;
  for (const NamedColour& colour : palette) words.emplace_back(colour.name);
  return words;
}

/// Reads a caption word by word.
class Reader {
 public:
  Reader(std::string_view text, dmdr::Location where) : text_(text), where_(where) {
    for (const char c : text) {
      if (c == ' ' || c == ',') open_ = false;
      if (c == ' ') continue;
      if (!open_) words_.emplace_back();
      words_.back() += c;
      open_ = c != ',';
    }
  }

  /// The place among `choices` of the next word, which is taken; nothing where it is none of them.
  template <class Choices>
  std::optional<std::size_t> take_if(const Choices& choices) {
    for (const auto& choice : choices) expected_.emplace_back(choice);
    const auto found = at_ < words_.size() ? std::find(choices.begin(), choices.end(), words_[at_]) : choices.end();
    if (found == choices.end()) return std::nullopt;
    ++at_;
    expected_.clear();
    return static_cast<std::size_t>(found - choices.begin());
  }

  /// The same where one of them must stand.
  template <class Choices>
  std::size_t take(const Choices& choices) {
    if (const auto found = take_if(choices)) return *found;
    refuse();
  }

  void end() {
    if (at_ < words_.size()) refuse();
  }

  [[noreturn]] void refuse() const {
    std::string fault;
    if (at_ == words_.size()) {
      fault = words_.empty() ? "there is no word" : "it ends after \"" + words_[at_ - 1] + "\"";
    } else {
      fault = "word " + std::to_string(place()) + " is \"" + words_[at_] + "\"";
    }
    fail(fault + "; expected " + choices() + nearest());
  }

  [[noreturn]] void fail(const std::string& fault) const {
    throw dmdr::ConfigError("parse caption: \"" + std::string(text_) + "\": " + fault, where_);
  }

 private:
  /// Counted from 1; a comma is no word.
  [[nodiscard]] std::int64_t place() const {
    const auto begin = words_.begin();
    return 1 + static_cast<std::int64_t>(at_) -
           std::count(begin, begin + static_cast<std::ptrdiff_t>(at_), std::string(","));
  }

  [[nodiscard]] std::string choices() const {
    if (expected_.empty()) return "the end";
    Words shown;
    for (const std::string& word : expected_) {
      const bool letter = word.size() == 1 && word != ",";
      if (letter && word != "A") continue;
      shown.push_back(letter ? "a letter A to Z" : word == "," ? "a comma" : "\"" + word + "\"");
    }
    std::string list = shown.front();
    for (std::size_t i = 1; i < shown.size(); ++i) list += (i + 1 < shown.size() ? ", " : " or ") + shown[i];
    return list;
  }

  [[nodiscard]] std::string nearest() const {
    if (at_ == words_.size() || expected_.empty() || expected_.front() == ",") return "";
    const std::string& word = words_[at_];
    const Words& all = caption_words();
    if (std::find(all.begin(), all.end(), word) != all.end()) return "";  // a word of captions, but not here
    const std::string upper(1, static_cast<char>(std::toupper(static_cast<unsigned char>(word.front()))));
    const bool small = word.size() == 1 && std::find(expected_.begin(), expected_.end(), upper) != expected_.end();
    return "; the nearest is \"" + (small ? upper : dmdr::io::nearest_name(word, expected_)) + "\"";
  }

  std::string_view text_;
  dmdr::Location where_;
  Words words_;  // a comma is an entry of its own
  bool open_ = false;
  std::size_t at_ = 0;
  Words expected_;
};

}  // namespace

const std::vector<std::string>& caption_words() {
  static const Words all = [] {
    Words words;
    for (const auto& group : {weight_words, slant_words, serif_words})
      for (const std::string_view word : group) words.emplace_back(word);
    for (const std::string& letter : letter_words()) words.push_back(letter);
    words.emplace_back("on");
    for (const std::string& colour : colour_words()) words.push_back(colour);
    return words;
  }();
  return all;
}

std::string text_of(const Caption& caption) {
  std::string text;
  const auto say = [&](const auto& words, const auto& known) {
    if (known) text += std::string(words[static_cast<std::size_t>(*known)]) + " ";
  };
  say(weight_words, caption.style.weight);
  say(slant_words, caption.style.slant);
  say(serif_words, caption.style.serifs);
  text += static_cast<char>('A' + caption.letter);
  return text + ", " + std::string(palette.at(caption.colours.ink).name) + " on " +
         std::string(palette.at(caption.colours.paper).name);
}

Caption parse_caption(std::string_view text, dmdr::Location where) {
  Reader reader(text, where);
  Caption caption;
  if (const auto weight = reader.take_if(weight_words)) caption.style.weight = static_cast<Weight>(*weight);
  if (const auto slant = reader.take_if(slant_words)) caption.style.slant = static_cast<Slant>(*slant);
  if (const auto serifs = reader.take_if(serif_words)) caption.style.serifs = static_cast<Serifs>(*serifs);
  caption.letter = static_cast<std::int64_t>(reader.take(letter_words()));
  reader.take(Words{","});
  caption.colours.ink = reader.take(colour_words());
  reader.take(Words{"on"});
  caption.colours.paper = reader.take(colour_words());
  reader.end();
  if (caption.colours.ink == caption.colours.paper)
    reader.fail("ink and paper are both \"" + std::string(palette[caption.colours.ink].name) +
                "\"; expected two different colours");
  return caption;
}

}  // namespace letters
