// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>

namespace dmdr {

/// Base of every error that the library raises.
///
/// The text is one or more lines: `<kind>: <operation>: <what is wrong>`, then a line per argument where arguments matter, then
/// `at <file>:<line>` of the caller. It is the same in debug and release builds.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& text, Location where = Location::current());

  /// Where the caller stood: the place in the user's code, not in the library.
  [[nodiscard]] Location where() const noexcept { return where_; }

 protected:
  Error(std::string_view kind, const std::string& text, Location where);

 private:
  Location where_;
};

/// Shapes that do not fit each other or the operation.
class ShapeError : public Error {
 public:
  explicit ShapeError(const std::string& text, Location where = Location::current());
};

/// Element types that do not fit each other or the operation.
class DtypeError : public Error {
 public:
  explicit DtypeError(const std::string& text, Location where = Location::current());
};

/// Tensors on different devices, or a device that is not there.
class DeviceError : public Error {
 public:
  explicit DeviceError(const std::string& text, Location where = Location::current());
};

/// A setting that is unknown, out of range, or contradicts another.
class ConfigError : public Error {
 public:
  explicit ConfigError(const std::string& text, Location where = Location::current());
};

/// A file that cannot be read, cannot be written, or is not what it claims to be.
class FileError : public Error {
 public:
  explicit FileError(const std::string& text, Location where = Location::current());
};

/// A value outside the domain of a formula: not finite, a time outside [0,1], an empty batch.
class NumericError : public Error {
 public:
  explicit NumericError(const std::string& text, Location where = Location::current());
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/core/error.ipp>  // IWYU pragma: export
#endif
