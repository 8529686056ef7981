// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <dmdr/core/inline.hpp>

namespace dmdr::io {

/// A number of a TOML text, or why a word is none.
struct TomlNumber {
  bool is_integer = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string fault;  ///< empty where the word is a number
};

/// Reads an integer (decimal, 0x, 0o, 0b; underscores between digits) or a floating-point number (`inf` and `nan` among them).
[[nodiscard]] TomlNumber read_toml_number(std::string_view word);

/// The value of a hexadecimal digit, -1 for any other character.
[[nodiscard]] constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/toml_number.ipp>  // IWYU pragma: export
#endif
