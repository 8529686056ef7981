// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace dmdr {

/// The values that a number among the settings may take. A double must be finite in any case.
///
/// `Range{0, 1}` is the closed interval; `positive`, `at_least(0)` and `strictly_between(0, 1)` say the others.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;   ///< `low` itself is excluded
  bool high_open = false;  ///< `high` itself is excluded

  /// False for NaN, and for infinity even where a bound is infinite.
  [[nodiscard]] constexpr bool contains(double value) const noexcept {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return (low_open ? low < value : low <= value) && (high_open ? value < high : value <= high) && -infinity < value &&
           value < infinity;
  }

  friend constexpr bool operator==(const Range&, const Range&) = default;
};

/// The numbers above zero.
inline constexpr Range positive{.low = 0, .low_open = true};
/// The numbers from `low` up.
[[nodiscard]] constexpr Range at_least(double low) noexcept { return {.low = low}; }
/// The numbers between `low` and `high`, both excluded.
[[nodiscard]] constexpr Range strictly_between(double low, double high) noexcept { return {low, high, true, true}; }

/// How the elements of a list of numbers follow each other. Equal neighbours are refused but for `any`.
enum class Order : std::uint8_t { any, ascending, descending };

/// What a list of numbers may hold: the range of each element, how many there may be, and their order.
struct Items {
  Range each{};
  std::size_t min_count = 0;
  std::size_t max_count = std::numeric_limits<std::size_t>::max();
  Order order = Order::any;

  friend constexpr bool operator==(const Items&, const Items&) = default;
};

/// One row of an enumeration's table of names.
template <class E>
struct EnumName {
  E value;
  std::string_view name;
};

/// The names that the values of enumeration `E` have in configuration files. Specialise it:
///
///     template <>
///     struct dmdr::EnumNames<Shade> {
///       static constexpr EnumName<Shade> table[] = {{Shade::dark, "dark"}, {Shade::light, "light"}};
///     };
template <class E>
struct EnumNames;

namespace detail {

/// A visitor that takes everything: it serves to ask whether a type describes itself.
struct AnyVisitor {
  template <class T>
  void operator()(std::string_view name, T& value) const;
  template <class T>
  void operator()(std::string_view name, T& value, const Range& range) const;
  template <class T>
  void operator()(std::string_view name, T& value, const Items& items) const;
};

}  // namespace detail

/// An aggregate of settings that names its members to a visitor:
///
///     struct OptimiserSettings {
///       double learning_rate = 1e-4;
///       std::vector<std::int64_t> milestones;
///
///       template <class V>
///       void visit(V&& v) {
///         v("learning_rate", learning_rate, dmdr::Range{0, 1});
///         v("milestones", milestones, dmdr::Items{.each = dmdr::positive, .order = dmdr::Order::ascending});
///       }
///       std::string contradiction() const;  // optional: a sentence where the values contradict each other, else empty
///     };
///
/// A member that is `Described` itself is a table of the configuration file; the others are `SettingValue`s.
template <class T>
concept Described = std::is_class_v<T> && requires(T& settings, detail::AnyVisitor& visitor) {
  settings.visit(visitor);
};

/// An enumeration with a table of names.
template <class T>
concept NamedEnum = std::is_enum_v<T> && requires {
  EnumNames<T>::table;
};

/// A member of a settings aggregate that is one value: boolean, integer, double, text, named enumeration, or a list of doubles or
/// 64-bit integers.
template <class T>
concept SettingValue = (std::is_integral_v<T> && !std::is_same_v<T, char>) || std::is_same_v<T, double> ||
                       std::is_same_v<T, std::string> || NamedEnum<T> || std::is_same_v<T, std::vector<double>> ||
                       std::is_same_v<T, std::vector<std::int64_t>>;

}  // namespace dmdr
