// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dmdr {

/// A real number as a template argument: `Cps<.9>`, `DynaDg<2, .5, 2000>`.
///
/// It holds the double exactly, as mantissa and exponent, because C++20 compilers differ in whether they take a `double` there.
/// The number is the default of a run-time setting; it is not the only place where the setting can be given.
struct Number {
  std::int64_t mantissa = 0;
  int exponent = 0;

  // NOLINTBEGIN(google-explicit-constructor): `Cps<.9>` needs the implicit conversion
  consteval Number(double value) {
    if (value == 0) return;
    const bool negative = value < 0;
    if (negative) value = -value;
    constexpr double two_to_53 = 9007199254740992.0;
    while (value >= two_to_53) {
      value /= 2;
      ++exponent;
    }
    while (value != static_cast<double>(static_cast<std::int64_t>(value))) {
      value *= 2;
      --exponent;
    }
    mantissa = static_cast<std::int64_t>(value);
    while (mantissa % 2 == 0) {
      mantissa /= 2;
      ++exponent;
    }
    if (negative) mantissa = -mantissa;
  }
  consteval Number(int value) : Number(static_cast<double>(value)) {}

  constexpr operator double() const {
    auto value = static_cast<double>(mantissa);
    for (int i = 0; i < exponent; ++i) value *= 2;
    for (int i = 0; i > exponent; --i) value /= 2;
    return value;
  }
  // NOLINTEND(google-explicit-constructor)

  friend constexpr bool operator==(const Number&, const Number&) = default;
};

}  // namespace dmdr
