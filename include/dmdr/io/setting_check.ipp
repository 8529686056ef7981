// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <dmdr/io/setting_check.hpp>
#include <dmdr/io/utf8.hpp>

namespace dmdr::io {
namespace detail {

/// A number without a needless point: `1`, `0.5`, `inf`.
[[nodiscard]] DMDR_INLINE std::string short_number(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

/// The range of a field, with the limits of an integer's type where they are narrower.
[[nodiscard]] DMDR_INLINE Range range_of(const SettingField& field) {
  Range range = field.items.each;
  if (field.kind != SettingField::Kind::integer) return range;
  const auto low = static_cast<double>(field.low);
  const auto high = static_cast<double>(field.high);
  if (field.low != std::numeric_limits<std::int64_t>::min() && range.low < low) {
    range.low = low;
    range.low_open = false;
  }
  if (field.high != std::numeric_limits<std::int64_t>::max() && range.high > high) {
    range.high = high;
    range.high_open = false;
  }
  return range;
}

}  // namespace detail

DMDR_INLINE std::string number_text(double value) {
  std::string text = detail::short_number(value);
  if (std::isfinite(value) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

DMDR_INLINE std::string range_text(const Range& range) {
  const bool below = std::isinf(range.low);
  const bool above = std::isinf(range.high);
  if (below && above) return "";
  return (below || range.low_open ? "(" : "[") + detail::short_number(range.low) + ", " +
         detail::short_number(range.high) + (above || range.high_open ? ")" : "]");
}

DMDR_INLINE std::string expected_text(const SettingField& field) {
  using Kind = SettingField::Kind;
  const std::string range = range_text(detail::range_of(field));
  const std::string in_range = range.empty() ? "" : " in " + range;
  switch (field.kind) {
    case Kind::boolean: return "true or false";
    case Kind::integer: return "an integer" + in_range;
    case Kind::number: return "a number" + in_range;
    case Kind::text: return "a text";
    case Kind::choice: {
      std::string names;
      for (const std::string_view name : field.choices)
        names += (names.empty() ? "one of \"" : ", \"") + std::string(name) + "\"";
      return names;
    }
    case Kind::numbers:
    case Kind::integers: break;
  }
  std::string text = field.kind == Kind::numbers ? "a list of numbers" : "a list of integers";
  text += in_range;
  if (field.items.order == Order::ascending) text += ", ascending";
  if (field.items.order == Order::descending) text += ", descending";
  const std::size_t least = field.items.min_count;
  const std::size_t most = field.items.max_count;
  const bool bounded = most != std::numeric_limits<std::size_t>::max();
  if (bounded && least == most)
    text += ", " + std::to_string(least) + " of them";
  else if (bounded)
    text += ", " + std::to_string(least) + " to " + std::to_string(most) + " of them";
  else if (least != 0)
    text += ", at least " + std::to_string(least) + " of them";
  return text;
}

DMDR_INLINE std::string fault_of_number(const SettingField& field, double value) {
  if (!std::isfinite(value)) return "expected " + expected_text(field) + ", got " + detail::short_number(value);
  if (detail::range_of(field).contains(value)) return "";
  const bool whole = field.kind == SettingField::Kind::integer || field.kind == SettingField::Kind::integers;
  return "expected " + expected_text(field) + ", got " +
         (whole && std::abs(value) < 1e15 ? std::to_string(static_cast<std::int64_t>(value))
                                          : detail::short_number(value));
}

DMDR_INLINE std::string fault_of_list(const SettingField& field, const std::vector<double>& values) {
  if (values.size() < field.items.min_count || values.size() > field.items.max_count)
    return "expected " + expected_text(field) + ", got " + std::to_string(values.size());
  for (std::size_t i = 1; field.items.order != Order::any && i < values.size(); ++i) {
    const bool ordered = field.items.order == Order::ascending ? values[i - 1] < values[i] : values[i - 1] > values[i];
    if (!ordered)
      return "expected " + expected_text(field) + ", got " + detail::short_number(values[i]) + " behind " +
             detail::short_number(values[i - 1]);
  }
  return "";
}

DMDR_INLINE std::string fault_of(const SettingField& field) {
  using Kind = SettingField::Kind;
  switch (field.kind) {
    case Kind::boolean: return "";
    case Kind::text: return is_utf8(*static_cast<const std::string*>(field.value)) ? "" : "the text is not valid UTF-8";
    case Kind::number: return fault_of_number(field, *static_cast<const double*>(field.value));
    case Kind::choice: return field.get(field.value) ? "" : "the value has no name: expected " + expected_text(field);
    case Kind::integer: {
      const std::optional<std::int64_t> number = field.get(field.value);
      return number ? fault_of_number(field, static_cast<double>(*number)) : "the integer does not fit 63 bits";
    }
    case Kind::numbers:
    case Kind::integers: break;
  }
  std::vector<double> values;
  if (field.kind == Kind::numbers)
    values = *static_cast<const std::vector<double>*>(field.value);
  else
    for (const std::int64_t value : *static_cast<const std::vector<std::int64_t>*>(field.value))
      values.push_back(static_cast<double>(value));
  for (const double value : values)
    if (std::string fault = fault_of_number(field, value); !fault.empty()) return fault;
  return fault_of_list(field, values);
}

}  // namespace dmdr::io
