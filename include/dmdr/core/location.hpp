// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dmdr {

/// A place in the caller's source, taken by a default argument: `Location where = Location::current()`.
///
/// `std::source_location` is not usable with clang 14 over libstdc++ 12, which this library supports; the built-ins are.
struct Location {
  const char* file = "";
  unsigned line = 0;

  static constexpr Location current(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) noexcept {
    return {file, line};
  }
};

}  // namespace dmdr
