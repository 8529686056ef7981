// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>

#include <dmdr/core/error.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/io/nearest_name.hpp>
#include <dmdr/model/word_tokeniser.hpp>

namespace dmdr {

DMDR_INLINE std::vector<std::string> WordTokeniser::split(std::string_view text) {
  std::vector<std::string> words;
  constexpr std::string_view separators = " ,";
  for (std::size_t begin = text.find_first_not_of(separators); begin != std::string_view::npos;) {
    const std::size_t end = text.find_first_of(separators, begin);
    words.emplace_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(separators, end);
  }
  return words;
}

DMDR_INLINE std::string WordTokeniser::contradiction(std::string_view vocabulary, std::int64_t max_words) {
  std::map<std::string, std::int64_t> seen;
  for (const std::string& word : split(vocabulary))
    if (++seen[word] > 1) return "the vocabulary has the word \"" + word + "\" twice";
  if (seen.empty()) return "the vocabulary has no word";
  return max_words < 1 ? "a prompt may have " + std::to_string(max_words) + " words, fewer than one" : "";
}

DMDR_INLINE WordTokeniser::WordTokeniser(std::string_view vocabulary, std::int64_t max_words, Location where)
    : max_words_(max_words) {
  const std::string fault = contradiction(vocabulary, max_words);
  if (!fault.empty()) throw ConfigError("tokeniser: " + fault, where);
  for (std::string& word : split(vocabulary)) {
    const auto number = static_cast<std::int64_t>(numbers_.size());
    numbers_.emplace(std::move(word), number);
  }
}

DMDR_INLINE std::vector<std::int64_t> WordTokeniser::tokens(std::string_view prompt, Location where) const {
  const std::vector<std::string> split_prompt = split(prompt);
  const auto refuse = [&](const std::string& fault) {
    throw ConfigError("tokeniser: prompt \"" + std::string(prompt) + "\": " + fault, where);
  };
  if (static_cast<std::int64_t>(split_prompt.size()) > max_words_)
    refuse("it has " + std::to_string(split_prompt.size()) + " words; the network reads at most " +
           std::to_string(max_words_));
  std::vector<std::int64_t> numbers;
  for (const std::string& word : split_prompt) {
    const auto found = numbers_.find(word);
    if (found == numbers_.end()) {
      std::vector<std::string> names;
      for (const auto& [name, number] : numbers_) names.push_back(name);
      refuse("word " + std::to_string(numbers.size() + 1) + ", \"" + word +
             "\", is outside the vocabulary; the nearest is \"" + io::nearest_name(word, names) + "\"");
    }
    numbers.push_back(found->second);
  }
  numbers.resize(static_cast<std::size_t>(max_words_), no_word());
  return numbers;
}

}  // namespace dmdr
