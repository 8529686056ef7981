// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <dmdr/core/location.hpp>

namespace dmdr {

/// Numbers for the words of prompts, by a fixed vocabulary. Spaces and commas separate words and are none; case counts.
class WordTokeniser {
 public:
  /// Of a vocabulary as one text. Throws `ConfigError` where it has no word or a word twice, or `max_words` is below 1.
  WordTokeniser(std::string_view vocabulary, std::int64_t max_words, Location where = Location::current());

  /// Numbers of the words of a prompt, filled up to `max_words` with `no_word()`; the empty prompt is `no_word()` throughout.
  ///
  /// Throws `ConfigError` for a prompt of more words and for a word outside the vocabulary; it names the nearest one.
  [[nodiscard]] std::vector<std::int64_t> tokens(std::string_view prompt, Location where = Location::current()) const;

  /// How many words there are; words are 0 to `words() - 1`, in the order of the vocabulary.
  [[nodiscard]] std::int64_t words() const noexcept { return static_cast<std::int64_t>(numbers_.size()); }
  [[nodiscard]] std::int64_t no_word() const noexcept { return words(); }
  [[nodiscard]] std::int64_t max_words() const noexcept { return max_words_; }

  /// The words of a text in their order.
  [[nodiscard]] static std::vector<std::string> split(std::string_view text);
  /// A sentence where these make no tokeniser, else empty.
  [[nodiscard]] static std::string contradiction(std::string_view vocabulary, std::int64_t max_words);

 private:
  std::map<std::string, std::int64_t, std::less<>> numbers_;
  std::int64_t max_words_;
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/model/word_tokeniser.ipp>  // IWYU pragma: export
#endif
