// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <dmdr/core/describe.hpp>

namespace dmdr::io {

/// One value of a settings aggregate, seen without its type.
struct SettingField {
  enum class Kind : std::uint8_t { boolean, integer, number, text, choice, numbers, integers };

  std::string path;  ///< dotted, from the root
  Kind kind = Kind::boolean;
  void* value = nullptr;  ///< the member itself: bool, double, std::string, or one of the vectors
  Items items;            ///< what a number, or each element of a list, may be

  // Integers of any width, and choices by their place in the table of names.
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::optional<std::int64_t> (*get)(const void*) = nullptr;  ///< nothing where the value does not fit, or has no name
  void (*set)(void*, std::int64_t) = nullptr;
  std::vector<std::string_view> choices;
};

/// A nested aggregate: a table of the configuration file.
struct SettingTable {
  std::string path;  ///< empty for the root
  const void* settings = nullptr;
  std::string (*contradiction)(const void*) = nullptr;
};

/// All values and tables of a settings aggregate, in the order of their description. It points into the aggregate.
struct SettingFields {
  std::vector<SettingField> fields;
  std::vector<SettingTable> tables;
};

namespace detail {

/// Whether a type has a `contradiction()`: see `Described`.
template <class T>
concept Contradictable = requires(const T& settings) {
  { settings.contradiction() } -> std::convertible_to<std::string>;
};

/// Collects what an aggregate describes.
class FieldCollector {
 public:
  explicit FieldCollector(SettingFields& found) : found_(found) {}

  template <class T>
  void table(T& settings) {
    SettingTable table{prefix_, &settings, nullptr};
    if constexpr (Contradictable<T>)
      table.contradiction = [](const void* object) {
        return std::string(static_cast<const T*>(object)->contradiction());
      };
    found_.tables.push_back(std::move(table));
    settings.visit(*this);
  }

  template <class T>
  void operator()(std::string_view name, T& value) {
    if constexpr (Described<T>) {
      const std::string outer = prefix_;
      prefix_ = path_of(name);
      table(value);
      prefix_ = outer;
    } else {
      add(name, value, Items{});
    }
  }
  template <class T>
  void operator()(std::string_view name, T& value, const Range& range) {
    static_assert(!std::is_same_v<T, bool> && !std::is_same_v<T, std::string> && !std::is_enum_v<T> && !Described<T>,
                  "dmdr: only a number or a list of numbers has a Range");
    add(name, value, Items{.each = range});
  }
  template <class T>
  void operator()(std::string_view name, T& value, const Items& items) {
    static_assert(std::is_same_v<T, std::vector<double>> || std::is_same_v<T, std::vector<std::int64_t>>,
                  "dmdr: only a list of numbers has Items");
    add(name, value, items);
  }

 private:
  [[nodiscard]] std::string path_of(std::string_view name) const {
    return prefix_.empty() ? std::string(name) : prefix_ + "." + std::string(name);
  }

  template <class T>
  void add(std::string_view name, T& value, const Items& items) {
    using Kind = SettingField::Kind;
    SettingField field;
    field.path = path_of(name);
    field.value = &value;
    field.items = items;
    if constexpr (std::is_same_v<T, bool>) {
      field.kind = Kind::boolean;
    } else if constexpr (std::is_same_v<T, double>) {
      field.kind = Kind::number;
    } else if constexpr (std::is_same_v<T, std::string>) {
      field.kind = Kind::text;
    } else if constexpr (std::is_same_v<T, std::vector<double>>) {
      field.kind = Kind::numbers;
    } else if constexpr (std::is_same_v<T, std::vector<std::int64_t>>) {
      field.kind = Kind::integers;
    } else if constexpr (std::is_enum_v<T>) {
      field.kind = Kind::choice;
      for (const EnumName<T>& entry : EnumNames<T>::table) field.choices.push_back(entry.name);
      field.get = [](const void* member) {
        std::int64_t index = 0;
        for (const EnumName<T>& entry : EnumNames<T>::table) {
          if (entry.value == *static_cast<const T*>(member)) return std::optional(index);
          ++index;
        }
        return std::optional<std::int64_t>();
      };
      field.set = [](void* member, std::int64_t index) { *static_cast<T*>(member) = EnumNames<T>::table[index].value; };
    } else if constexpr (std::is_integral_v<T>) {
      using Limits = std::numeric_limits<std::int64_t>;
      field.kind = Kind::integer;
      field.low = std::in_range<std::int64_t>(std::numeric_limits<T>::min())
                      ? static_cast<std::int64_t>(std::numeric_limits<T>::min())
                      : Limits::min();
      field.high = std::in_range<std::int64_t>(std::numeric_limits<T>::max())
                       ? static_cast<std::int64_t>(std::numeric_limits<T>::max())
                       : Limits::max();
      field.get = [](const void* member) {
        const T number = *static_cast<const T*>(member);
        return std::in_range<std::int64_t>(number) ? std::optional(static_cast<std::int64_t>(number)) : std::nullopt;
      };
      field.set = [](void* member, std::int64_t number) { *static_cast<T*>(member) = static_cast<T>(number); };
    } else {
      static_assert(
          SettingValue<T>,
          "dmdr: a setting is a boolean, an integer, a double, a std::string, an enumeration with EnumNames, a "
          "std::vector of double or std::int64_t, or an aggregate with visit()");
    }
    found_.fields.push_back(std::move(field));
  }

  SettingFields& found_;
  std::string prefix_;
};

}  // namespace detail

/// Everything that `settings` describes. The result points into it.
template <Described T>
[[nodiscard]] SettingFields fields_of(T& settings) {
  SettingFields found;
  detail::FieldCollector(found).table(settings);
  return found;
}

}  // namespace dmdr::io
