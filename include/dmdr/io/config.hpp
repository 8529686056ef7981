// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/io/file_system.hpp>
#include <dmdr/io/setting_fields.hpp>

namespace dmdr::io {

namespace detail {

/// Sets the fields that a TOML text names. `name` stands for the file in errors.
void assign_toml(SettingFields& fields, const std::string& text, const std::string& name, Location where);
/// Sets the field that `path=value` names.
void assign_override(SettingFields& fields, const std::string& assignment, Location where);
[[nodiscard]] std::string toml_of(const SettingFields& fields, Location where);
void check_fields(const SettingFields& fields, Location where);
[[nodiscard]] std::string read_text_file(const std::string& path, FileSystem& file_system, Location where);
[[nodiscard]] std::string digest_of_text(const std::string& text);

}  // namespace detail

/// Sets what a TOML text says; what it does not name keeps its value. `name` stands for the file in errors.
///
/// Strict: a key that the settings do not have, a value of another type, out of its range or not finite, a list out of order, options
/// that contradict each other. Each fault is a line `<file>:<line>:<column>: <key>: <sentence>`, and one of an unknown key says which key
/// is nearest. All of them are in the text of one `ConfigError`, and `settings` is then as it was before.
template <Described T>
void parse_config(const std::string& text, const std::string& name, T& settings, Location where = Location::current()) {
  T changed = settings;
  SettingFields fields = fields_of(changed);
  detail::assign_toml(fields, text, name, where);
  settings = std::move(changed);
}

/// `parse_config` of a file. Throws `FileError` where it cannot be read.
template <Described T>
void read_config(const std::string& path, T& settings, FileSystem& file_system = real_file_system(),
                 Location where = Location::current()) {
  parse_config(detail::read_text_file(path, file_system, where), path, settings, where);
}

/// Sets one value as a command line's flag does: `train.learning_rate=1e-3`. Texts and choices need no quotes. The faults are those of
/// `parse_config`.
template <Described T>
void apply_override(const std::string& assignment, T& settings, Location where = Location::current()) {
  T changed = settings;
  SettingFields fields = fields_of(changed);
  detail::assign_override(fields, assignment, where);
  settings = std::move(changed);
}

/// Checks values that came from code as `parse_config` checks those of a file. Throws `ConfigError`.
template <Described T>
void check_settings(const T& settings, Location where = Location::current()) {
  T copy = settings;
  detail::check_fields(fields_of(copy), where);
}

/// All values as TOML, in the order of their description: reading it gives the same settings, bit for bit.
/// Throws `ConfigError` for a value that TOML cannot hold: a number that is not finite, an enumeration without a name.
template <Described T>
[[nodiscard]] std::string resolved_toml(const T& settings, Location where = Location::current()) {
  T copy = settings;
  return detail::toml_of(fields_of(copy), where);
}

/// XXH3-128 of `resolved_toml`: equal settings have equal digests, on every machine.
template <Described T>
[[nodiscard]] std::string settings_digest(const T& settings, Location where = Location::current()) {
  return detail::digest_of_text(resolved_toml(settings, where));
}

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/config.ipp>  // IWYU pragma: export
#endif
