// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/io/digest.hpp>
#include <dmdr/io/setting_check.hpp>

namespace dmdr::io::detail {

/// A text as a basic string of TOML.
[[nodiscard]] DMDR_INLINE std::string quoted_toml(std::string_view text) {
  constexpr const char* digits = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    switch (character) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\f': out += "\\f"; break;
      case '\r': out += "\\r"; break;
      default:
        if (byte >= 0x20U && byte != 0x7FU)
          out += character;
        else
          (((out += "\\u00") += digits[byte >> 4U]) += digits[byte & 15U]);
    }
  }
  return out + "\"";
}

template <class T, class Text>
[[nodiscard]] std::string toml_list(const std::vector<T>& values, const Text& text) {
  std::string out = "[";
  for (const T value : values) out += (out.size() == 1 ? "" : ", ") + text(value);
  return out + "]";
}

[[nodiscard]] DMDR_INLINE std::string toml_value(const SettingField& field) {
  using Kind = SettingField::Kind;
  switch (field.kind) {
    case Kind::boolean: return *static_cast<const bool*>(field.value) ? "true" : "false";
    case Kind::integer: return std::to_string(*field.get(field.value));
    case Kind::number: return number_text(*static_cast<const double*>(field.value));
    case Kind::text: return quoted_toml(*static_cast<const std::string*>(field.value));
    case Kind::choice: return quoted_toml(field.choices[static_cast<std::size_t>(*field.get(field.value))]);
    case Kind::numbers: return toml_list(*static_cast<const std::vector<double>*>(field.value), number_text);
    case Kind::integers:
      return toml_list(*static_cast<const std::vector<std::int64_t>*>(field.value),
                       [](std::int64_t value) { return std::to_string(value); });
  }
  return "";
}

DMDR_INLINE void check_fields(const SettingFields& fields, Location where) {
  std::string faults;
  for (const SettingField& field : fields.fields)
    if (const std::string fault = fault_of(field); !fault.empty()) faults += "\n  " + field.path + ": " + fault;
  if (faults.empty())
    for (const SettingTable& table : fields.tables)
      if (table.contradiction != nullptr)
        if (const std::string fault = table.contradiction(table.settings); !fault.empty())
          faults += "\n  " + (table.path.empty() ? "" : table.path + ": ") + fault;
  if (!faults.empty()) throw ConfigError("check settings:" + faults, where);
}

DMDR_INLINE std::string toml_of(const SettingFields& fields, Location where) {
  std::string text;
  for (const SettingTable& table : fields.tables) {
    const std::string prefix = table.path.empty() ? "" : table.path + ".";
    std::string lines;
    for (const SettingField& field : fields.fields) {
      const bool here =
          field.path.compare(0, prefix.size(), prefix) == 0 && field.path.find('.', prefix.size()) == std::string::npos;
      if (!here) continue;
      // What cannot be written is refused; what is merely out of its range is written as it is.
      SettingField unbounded = field;
      unbounded.items = {};
      if (const std::string fault = fault_of(unbounded); !fault.empty())
        throw ConfigError("write settings: " + field.path + ": " + fault, where);
      lines += field.path.substr(prefix.size()) + " = " + toml_value(field) + "\n";
    }
    if (lines.empty()) continue;
    if (!table.path.empty()) text += (text.empty() ? "[" : "\n[") + table.path + "]\n";
    text += lines;
  }
  return text;
}

DMDR_INLINE std::string digest_of_text(const std::string& text) { return xxh3_128(text); }

}  // namespace dmdr::io::detail
