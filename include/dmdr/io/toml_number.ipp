// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <limits>

#include <dmdr/io/toml_number.hpp>

namespace dmdr::io {
namespace detail {

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The word without the underscores between digits; empty where one stands elsewhere.
[[nodiscard]] DMDR_INLINE std::string without_underscores(std::string_view word) {
  std::string digits;
  const bool is_hex = word.substr(0, 2) == "0x";
  const auto is_digit_here = [&](char c) { return is_hex ? hex_digit(c) >= 0 : is_digit(c); };
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] != '_') {
      digits += word[i];
      continue;
    }
    if (i == 0 || i + 1 == word.size() || !is_digit_here(word[i - 1]) || !is_digit_here(word[i + 1])) return "";
  }
  return digits;
}

/// How many decimal digits stand at `at`.
[[nodiscard]] constexpr std::size_t digits_at(std::string_view word, std::size_t at) noexcept {
  std::size_t count = 0;
  while (at + count < word.size() && is_digit(word[at + count])) ++count;
  return count;
}

/// Whether `word` has TOML's form of a floating-point number without a sign: digits, then a fraction, an exponent or both.
[[nodiscard]] constexpr bool is_toml_float(std::string_view word) noexcept {
  std::size_t at = digits_at(word, 0);
  if (at == 0 || (word[0] == '0' && at > 1)) return false;
  if (at < word.size() && word[at] == '.') {
    const std::size_t fraction = digits_at(word, at + 1);
    if (fraction == 0) return false;
    at += 1 + fraction;
  }
  if (at < word.size() && (word[at] == 'e' || word[at] == 'E')) {
    ++at;
    if (at < word.size() && (word[at] == '+' || word[at] == '-')) ++at;
    const std::size_t exponent = digits_at(word, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == word.size();
}

[[nodiscard]] constexpr bool looks_like_a_date(std::string_view word) noexcept {
  return (digits_at(word, 0) == 4 && word.substr(4, 1) == "-") || (digits_at(word, 0) == 2 && word.substr(2, 1) == ":");
}

}  // namespace detail

DMDR_INLINE TomlNumber read_toml_number(std::string_view word) {
  const auto fault = [](const char* sentence) { return TomlNumber{false, 0, 0, sentence}; };
  if (detail::looks_like_a_date(word)) return fault("dates and times have no use in a configuration");
  const bool has_sign = !word.empty() && (word[0] == '+' || word[0] == '-');
  const bool negative = has_sign && word[0] == '-';
  const std::string_view unsigned_word = word.substr(has_sign ? 1 : 0);
  if (unsigned_word == "inf" || unsigned_word == "nan") {
    const double number =
        unsigned_word == "inf" ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    return {false, 0, negative ? -number : number, ""};
  }
  const std::string digits = detail::without_underscores(unsigned_word);
  if (digits.empty()) return fault("expected a value");

  int base = 10;
  std::string_view magnitude = digits;
  if (digits[0] == '0' && digits.size() > 1 && !has_sign) {
    if (digits[1] == 'x') base = 16;
    if (digits[1] == 'o') base = 8;
    if (digits[1] == 'b') base = 2;
    if (base != 10) magnitude.remove_prefix(2);
  }
  const bool leading_zero = base == 10 && digits[0] == '0' && digits.size() > 1;
  const std::string signed_digits = (negative ? "-" : "") + std::string(magnitude);
  const char* end = signed_digits.data() + signed_digits.size();
  std::int64_t integer = 0;
  const bool starts_well = !magnitude.empty() && hex_digit(magnitude[0]) >= 0;  // from_chars would take a sign
  const auto read = std::from_chars(signed_digits.data(), end, integer, base);
  if (starts_well && !leading_zero && read.ptr == end) {
    if (read.ec == std::errc()) return {true, integer, static_cast<double>(integer), ""};
    if (read.ec == std::errc::result_out_of_range) return fault("the integer does not fit 64 bits");
  }
  const bool bare_point = digits.front() == '.' || digits.back() == '.';
  if (bare_point && (detail::is_toml_float("0" + digits) || detail::is_toml_float(digits + "0")))
    return fault("a number has a digit on either side of its point, as 0.5 has");
  if (!detail::is_toml_float(digits)) return fault("expected a value");
  double number = 0;
  if (std::from_chars(signed_digits.data(), end, number).ec != std::errc())
    return fault("the number is too large or too small for a double");
  return {false, 0, number, ""};
}

}  // namespace dmdr::io
