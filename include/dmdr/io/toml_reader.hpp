// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <dmdr/core/inline.hpp>

namespace dmdr::io {

/// A place in a text, both from 1; a column is a character, not a byte.
struct TomlPlace {
  std::size_t line = 1;
  std::size_t column = 1;
};

enum class TomlKind : std::uint8_t { boolean, integer, number, text, list, table };

/// A value of a TOML text. Only the member of its kind has a meaning; the entries of a table are items of their own.
struct TomlValue {
  TomlKind kind = TomlKind::table;
  TomlPlace place;
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;
  std::vector<TomlValue> items;
};

/// A key and its value, or a table.
struct TomlItem {
  std::string path;  ///< dotted; a part that is no bare key stands in quotes
  TomlPlace place;   ///< of the key
  TomlValue value;
};

/// Why a text is not taken, and where.
struct TomlFault {
  TomlPlace place;
  std::string sentence;
};

/// Reads the part of TOML 1.0 that settings need: everything but dates, times and arrays of tables, which are refused by name. Keys have
/// at most 16 parts, lists and inline tables at most 16 levels. The items come in the order of the text.
/// Throws `TomlFault`.
[[nodiscard]] std::vector<TomlItem> parse_toml(std::string_view text);

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/toml_reader.ipp>  // IWYU pragma: export
#endif
