// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/nearest_name.hpp>
#include <dmdr/io/setting_check.hpp>
#include <dmdr/io/toml_reader.hpp>

namespace dmdr::io::detail {

/// Walks a parsed TOML text beside the fields of the settings, and gathers the faults.
class ConfigReader {
 public:
  ConfigReader(SettingFields& fields, const std::string& name) : fields_(fields), name_(name) {}

  void read(const std::vector<TomlItem>& items) {
    for (const TomlItem& item : items) {
      places_.emplace(item.path, item.place);
      if (SettingField* field = find(item.path))
        assign(*field, item.value);
      else if (!is_table(item.path))
        report_unknown(item);
      else if (item.value.kind != TomlKind::table)
        fault(item.value.place, item.path, "expected a table, got " + kind_of(item.value.kind));
    }
    if (faults_.empty()) check_contradictions({});
  }

  void check_contradictions(TomlPlace otherwise) {
    for (const SettingTable& table : fields_.tables) {
      if (table.contradiction == nullptr) continue;
      const std::string sentence = table.contradiction(table.settings);
      const auto place = places_.find(table.path);
      if (!sentence.empty()) fault(place == places_.end() ? otherwise : place->second, table.path, sentence);
    }
  }

  /// Sets one field from a value.
  void assign(SettingField& field, const TomlValue& value) {
    using Kind = SettingField::Kind;
    const bool is_number = value.kind == TomlKind::integer || value.kind == TomlKind::number;
    bool fits = false;
    switch (field.kind) {
      case Kind::boolean: fits = value.kind == TomlKind::boolean; break;
      case Kind::integer: fits = value.kind == TomlKind::integer; break;
      case Kind::number: fits = is_number; break;
      case Kind::text:
      case Kind::choice: fits = value.kind == TomlKind::text; break;
      case Kind::numbers:
      case Kind::integers: fits = value.kind == TomlKind::list; break;
    }
    if (!fits)
      return fault(value.place, field.path, "expected " + expected_text(field) + ", got " + kind_of(value.kind));
    switch (field.kind) {
      case Kind::boolean: *static_cast<bool*>(field.value) = value.boolean; return;
      case Kind::integer: return assign_integer(field, value.integer, value.place);
      case Kind::text: *static_cast<std::string*>(field.value) = value.text; return;
      case Kind::choice: return choose(field, value.text, value.place);
      case Kind::number:
        if (accept(field, fault_of_number(field, value.number), value.place))
          *static_cast<double*>(field.value) = value.number;
        return;
      case Kind::numbers:
      case Kind::integers: return assign_list(field, value);
    }
  }

  /// Sets a choice by its name.
  void choose(SettingField& field, const std::string& choice, TomlPlace place) {
    const auto found = std::find(field.choices.begin(), field.choices.end(), choice);
    if (found != field.choices.end()) return field.set(field.value, found - field.choices.begin());
    const std::vector<std::string> names(field.choices.begin(), field.choices.end());
    fault(place, field.path,
          "expected " + expected_text(field) + ", got \"" + shown(choice) + "\"; the nearest is \"" +
              nearest_name(choice, names) + "\"");
  }

  void fault(TomlPlace place, const std::string& path, const std::string& sentence) {
    std::string line = name_ + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": ";
    if (!path.empty()) line += shown(path) + ": ";
    faults_.push_back(line + sentence);
  }

  void throw_if_faulty(const std::string& operation, Location where) const {
    if (faults_.empty()) return;
    constexpr std::size_t most = 20;
    std::string text = operation + ":";
    for (std::size_t i = 0; i < std::min(faults_.size(), most); ++i) text += "\n  " + faults_[i];
    if (faults_.size() > most) text += "\n  and " + std::to_string(faults_.size() - most) + " more";
    throw ConfigError(text, where);
  }

  [[nodiscard]] SettingField* find(const std::string& path) {
    for (SettingField& field : fields_.fields)
      if (field.path == path) return &field;
    return nullptr;
  }
  [[nodiscard]] bool is_table(const std::string& path) const {
    return std::any_of(fields_.tables.begin(), fields_.tables.end(),
                       [&](const auto& table) { return table.path == path; });
  }
  /// `unknown key; the nearest valid key is train.learning_rate`.
  [[nodiscard]] std::string unknown_key(const std::string& path) const {
    std::vector<std::string> names;
    for (const SettingField& field : fields_.fields) names.push_back(field.path);
    for (const SettingTable& table : fields_.tables)
      if (!table.path.empty()) names.push_back(table.path);
    const std::string nearest = nearest_name(path, names);
    return nearest.empty() ? "unknown key; there are no settings" : "unknown key; the nearest valid key is " + nearest;
  }

 private:
  /// A text of the user, cut where it is long.
  [[nodiscard]] static std::string shown(const std::string& text) {
    constexpr std::size_t most = 100;
    return text.size() <= most ? text : text.substr(0, most) + "...";
  }

  [[nodiscard]] static std::string kind_of(TomlKind kind) {
    switch (kind) {
      case TomlKind::table: return "a table";
      case TomlKind::list: return "a list";
      case TomlKind::text: return "a text";
      case TomlKind::integer: return "an integer";
      case TomlKind::number: return "a number with a point";
      case TomlKind::boolean: return "a boolean";
    }
    return "nothing";
  }

  /// Reports the first part of a path that leads nowhere, once.
  void report_unknown(const TomlItem& item) {
    const bool has_quotes = item.path.find('"') != std::string::npos;  // a part may hold dots: show the whole
    std::size_t end = has_quotes ? std::string::npos : item.path.find('.');
    while (end != std::string::npos && is_table(item.path.substr(0, end))) end = item.path.find('.', end + 1);
    const std::string path = item.path.substr(0, end);
    if (SettingField* field = find(path))
      return fault(item.place, item.path, "expected " + expected_text(*field) + " at " + path + ", got a table");
    if (unknown_.insert(path).second) fault(item.place, path, unknown_key(path));
  }

  bool accept(const SettingField& field, const std::string& sentence, TomlPlace place) {
    if (!sentence.empty()) fault(place, field.path, sentence);
    return sentence.empty();
  }

  void assign_integer(SettingField& field, std::int64_t value, TomlPlace place) {
    std::string sentence = fault_of_number(field, static_cast<double>(value));
    if (sentence.empty() && (value < field.low || value > field.high))
      sentence = "expected " + expected_text(field) + ", got " + std::to_string(value);
    if (accept(field, sentence, place)) field.set(field.value, value);
  }

  void assign_list(SettingField& field, const TomlValue& list) {
    const bool whole = field.kind == SettingField::Kind::integers;
    std::vector<double> numbers;
    std::vector<std::int64_t> integers;
    for (const TomlValue& item : list.items) {
      if (item.kind != TomlKind::integer && (whole || item.kind != TomlKind::number))
        return fault(item.place, field.path,
                     "expected " + expected_text(field) + ", got " + kind_of(item.kind) + " in the list");
      if (!accept(field, fault_of_number(field, item.number), item.place)) return;
      numbers.push_back(item.number);
      integers.push_back(item.integer);
    }
    if (!accept(field, fault_of_list(field, numbers), list.place)) return;
    if (whole)
      *static_cast<std::vector<std::int64_t>*>(field.value) = integers;
    else
      *static_cast<std::vector<double>*>(field.value) = numbers;
  }

  SettingFields& fields_;
  const std::string& name_;
  std::vector<std::string> faults_;
  std::map<std::string, TomlPlace> places_;
  std::set<std::string> unknown_;
};

DMDR_INLINE void assign_toml(SettingFields& fields, const std::string& text, const std::string& name, Location where) {
  ConfigReader reader(fields, name);
  try {
    reader.read(parse_toml(text));
  } catch (const TomlFault& fault) {
    reader.fault(fault.place, "", fault.sentence);
  }
  reader.throw_if_faulty("read configuration", where);
}

DMDR_INLINE void assign_override(SettingFields& fields, const std::string& assignment, Location where) {
  using Kind = SettingField::Kind;
  const std::string operation = "set \"" + assignment + "\"";
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos) throw ConfigError(operation + ": expected key=value", where);
  const auto trimmed = [](std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return std::string(text);
  };
  const std::string path = trimmed(std::string_view(assignment).substr(0, equals));
  const std::string value = trimmed(std::string_view(assignment).substr(equals + 1));

  const std::string name = "flag";
  ConfigReader reader(fields, name);
  SettingField* field = reader.find(path);
  if (field == nullptr)
    throw ConfigError(operation + ": " +
                          (reader.is_table(path) ? path + " is a table; set one of its keys"
                                                 : path + ": " + reader.unknown_key(path)),
                      where);
  const TomlPlace place{1, equals + 2};
  const bool quoted = !value.empty() && (value.front() == '"' || value.front() == '\'');
  const auto assign_parsed = [&] {
    if (value.find('\n') != std::string::npos) return reader.fault(place, path, "a value has one line");
    try {
      const std::vector<TomlItem> items = parse_toml("v=" + value);
      reader.assign(*field, items.front().value);
    } catch (const TomlFault& fault) {
      reader.fault(place, path, "expected " + expected_text(*field) + ": " + fault.sentence);
    }
  };
  if (field->kind == Kind::choice && !quoted) {
    reader.choose(*field, value, place);
  } else if (field->kind == Kind::text && !quoted) {
    *static_cast<std::string*>(field->value) = value;
    if (const std::string fault = fault_of(*field); !fault.empty()) reader.fault(place, path, fault);
  } else {
    assign_parsed();
  }
  reader.check_contradictions(place);
  reader.throw_if_faulty(operation, where);
}

DMDR_INLINE std::string read_text_file(const std::string& path, FileSystem& file_system, Location where) {
  constexpr std::uint64_t most = std::uint64_t{1} << 20U;
  const std::vector<std::byte> bytes = read_file(file_system, path, most, "read configuration", where);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace dmdr::io::detail

#include <dmdr/io/config_text.ipp>  // IWYU pragma: export
