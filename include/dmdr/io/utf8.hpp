// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dmdr::io {

/// Length of the well-formed UTF-8 sequence at the beginning of `text`; 0 where there is none: no overlong forms, no surrogates,
/// nothing above U+10FFFF (Unicode 15, table 3-7).
[[nodiscard]] constexpr std::size_t utf8_length(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
  const auto within = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  if (first < 0xC2U || first > 0xF4U) return 0;
  if (first < 0xE0U) return within(1, 0x80U, 0xBFU) ? 2 : 0;
  if (first < 0xF0U) {
    const unsigned low = first == 0xE0U ? 0xA0U : 0x80U;
    const unsigned high = first == 0xEDU ? 0x9FU : 0xBFU;
    return within(1, low, high) && within(2, 0x80U, 0xBFU) ? 3 : 0;
  }
  const unsigned low = first == 0xF0U ? 0x90U : 0x80U;
  const unsigned high = first == 0xF4U ? 0x8FU : 0xBFU;
  return within(1, low, high) && within(2, 0x80U, 0xBFU) && within(3, 0x80U, 0xBFU) ? 4 : 0;
}

/// Index of the first byte that is not part of well-formed UTF-8; `text.size()` where all is well.
[[nodiscard]] constexpr std::size_t valid_utf8_prefix(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept { return valid_utf8_prefix(text) == text.size(); }

/// The UTF-8 form of a code point that is no surrogate and at most U+10FFFF.
[[nodiscard]] inline std::string utf8_of(std::uint32_t code) {
  std::string text;
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80U) {
    put(code);
  } else if (code < 0x800U) {
    put(0xC0U | code >> 6U);
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000U) {
    put(0xE0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3FU));
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
  return text;
}

}  // namespace dmdr::io
