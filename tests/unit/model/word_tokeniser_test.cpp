// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/model/word_tokeniser.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/model/text_sit.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;

namespace {

const WordTokeniser tokeniser("bold A B red blue on", 5);

std::string fault_of(const std::string& prompt) {
  try {
    (void)tokeniser.tokens(prompt);
    return "";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("words are numbered in the order of the vocabulary, and no word fills the prompt up") {
  CHECK(tokeniser.words() == 6);
  CHECK(tokeniser.tokens("bold A, red on blue") == std::vector<std::int64_t>{0, 1, 3, 5, 4});
  CHECK(tokeniser.tokens("  B ,on") == std::vector<std::int64_t>{2, 5, 6, 6, 6});
  CHECK(tokeniser.tokens("") == std::vector<std::int64_t>(5, tokeniser.no_word()));
}

TEST_CASE("a word outside the vocabulary is named with its place and the nearest word") {
  CHECK_THAT(fault_of("bold A, rad on blue"), ContainsSubstring(R"(prompt "bold A, rad on blue": word 3, "rad")"));
  CHECK_THAT(fault_of("bold A, rad on blue"), ContainsSubstring(R"(the nearest is "red")"));
  CHECK_THAT(fault_of("Bold"), ContainsSubstring(R"(word 1, "Bold")"));
  CHECK_THAT(fault_of("Bold"), ContainsSubstring("word_tokeniser_test.cpp"));
}

TEST_CASE("a prompt of too many words is refused") {
  CHECK_THAT(fault_of("bold A B red on blue"), ContainsSubstring("it has 6 words; the network reads at most 5"));
}

TEST_CASE("a vocabulary without a word or with one twice makes no tokeniser") {
  CHECK_THROWS_WITH(WordTokeniser("red blue red", 5), ContainsSubstring("the word \"red\" twice"));
  CHECK_THROWS_WITH(WordTokeniser(" , ", 5), ContainsSubstring("no word"));
  CHECK_THROWS_AS(WordTokeniser("red", 0), ConfigError);
}

TEST_CASE("sizes of a text-conditioned SiT that do not fit each other contradict themselves") {
  const TextEncoderSettings text{.vocabulary = "red blue"};
  CHECK(TextSitSettings{.text = text}.contradiction().empty());
  CHECK_THAT(TextSitSettings{}.contradiction(), ContainsSubstring("no word"));
  CHECK_THAT((TextSitSettings{.patch = 5, .text = text}.contradiction()), ContainsSubstring("not divisible by patch"));
  TextSitSettings narrow{.text = text};
  narrow.text.width = 6;
  CHECK_THAT(narrow.contradiction(), ContainsSubstring("the text encoder's width 6 is not divisible by its heads 4"));
}
