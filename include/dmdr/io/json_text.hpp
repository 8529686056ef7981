// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace dmdr::io {

/// Appends a text as JSON writes it: in quotes, with control characters, quotes and backslashes escaped and all else as it is.
inline void append_json_text(std::string& out, std::string_view text) {
  constexpr const char* digits = "0123456789abcdef";
  out += '"';
  for (const char character : text) {
    switch (character) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: {
        const auto byte = static_cast<unsigned char>(character);
        if (byte >= 0x20U)
          out += character;
        else
          (((out += "\\u00") += digits[byte >> 4U]) += digits[byte & 15U]);
      }
    }
  }
  out += '"';
}

}  // namespace dmdr::io
