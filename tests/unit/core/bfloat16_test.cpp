// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <dmdr/core/bfloat16.hpp>

#include "support/catch.hpp"

using dmdr::BFloat16;

namespace {

BFloat16 from_bits(std::uint16_t bits) {
  BFloat16 x;
  x.bits = bits;
  return x;
}

}  // namespace

TEST_CASE("every bfloat16 survives the way to float and back, a NaN as a NaN") {
  std::size_t nans = 0, changed = 0;
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto value = static_cast<float>(from_bits(static_cast<std::uint16_t>(bits)));
    if (std::isnan(value)) {
      ++nans;
      changed += std::isnan(static_cast<float>(BFloat16(value))) ? 0 : 1;
    } else {
      changed += BFloat16(value).bits == bits ? 0 : 1;
    }
  }
  CHECK(nans == 2 * 127);  // both signs, every fraction but 0
  CHECK(changed == 0);
}

TEST_CASE("a float is rounded to the nearest bfloat16, and half-way to the even one") {
  std::size_t wrong = 0;
  for (std::uint32_t high = 0; high < 0x7F7F; ++high)  // up to the last number that has a finite neighbour
    for (const std::uint32_t low : {0x0000U, 0x0001U, 0x7FFFU, 0x8000U, 0x8001U, 0xFFFFU})
      for (const std::uint32_t sign : {0U, 0x8000'0000U}) {
        const auto value = std::bit_cast<float>(sign | (high << 16) | low);
        const auto down = static_cast<double>(std::bit_cast<float>(sign | (high << 16))),
                   up = static_cast<double>(std::bit_cast<float>(sign | ((high + 1) << 16)));
        const double below = std::abs(value - down), above = std::abs(up - value);
        const std::uint32_t nearest = below < above || (below == above && high % 2 == 0) ? high : high + 1;
        wrong += BFloat16(value).bits == ((sign >> 16) | nearest) ? 0 : 1;
      }
  CHECK(wrong == 0);
}

TEST_CASE("what is beyond the largest bfloat16 becomes infinite, and a NaN whose fraction is cut off stays one") {
  const float largest = std::bit_cast<float>(0x7F7F'0000U);
  CHECK(static_cast<float>(BFloat16(largest)) == largest);
  CHECK(std::isinf(static_cast<float>(BFloat16(std::numeric_limits<float>::max()))));
  CHECK(static_cast<float>(BFloat16(-std::numeric_limits<float>::infinity())) ==
        -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(static_cast<float>(BFloat16(std::bit_cast<float>(0x7F80'0001U)))));
  CHECK(std::isnan(static_cast<float>(BFloat16(std::bit_cast<float>(0xFFFF'FFFFU)))));
}

TEST_CASE("a bfloat16 has two bytes, its element type, and computes in float") {
  CHECK(sizeof(BFloat16) == 2);
  CHECK(std::is_trivially_copyable_v<BFloat16>);
  CHECK(dmdr::dtype_v<BFloat16> == dmdr::Dtype::bf16);
  CHECK(std::is_same_v<dmdr::arithmetic_t<BFloat16>, float>);
  CHECK(std::is_same_v<dmdr::arithmetic_t<double>, double>);
  CHECK(BFloat16(0.0F) == BFloat16(-0.0F));
  CHECK_FALSE(BFloat16(NAN) == BFloat16(NAN));
}
