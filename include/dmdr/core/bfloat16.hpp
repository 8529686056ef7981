// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

#include <dmdr/core/dtype.hpp>

namespace dmdr {

/// The upper half of an IEEE single (8 bits of exponent, 7 of fraction) as it stands in memory.
///
/// A storage type: arithmetic is in float. A float is rounded to the nearest, ties to even; a number beyond the largest becomes an
/// infinity, and a NaN stays one.
struct BFloat16 {
  std::uint16_t bits = 0;

  constexpr BFloat16() = default;
  constexpr explicit BFloat16(float value) : bits(rounded(std::bit_cast<std::uint32_t>(value))) {}
  constexpr explicit operator float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

  friend constexpr bool operator==(BFloat16 a, BFloat16 b) { return static_cast<float>(a) == static_cast<float>(b); }

 private:
  static constexpr std::uint16_t rounded(std::uint32_t single) {
    // Half of the last bit that stays, less one where that bit is even: a carry rounds up. A NaN would lose its fraction by that.
    const std::uint32_t nearest = single + 0x7FFFU + ((single >> 16) & 1U);
    const std::uint32_t quiet = single | 0x0040'0000U;
    const bool is_nan = (single & 0x7FFF'FFFFU) > 0x7F80'0000U;
    return static_cast<std::uint16_t>((is_nan ? quiet : nearest) >> 16);
  }
};

template <>
inline constexpr Dtype dtype_v<BFloat16> = Dtype::bf16;

/// The type that a stored element is computed in.
template <class Element>
struct arithmetic {
  using type = Element;
};
template <>
struct arithmetic<BFloat16> {
  using type = float;
};
template <class Element>
using arithmetic_t = typename arithmetic<Element>::type;

}  // namespace dmdr
