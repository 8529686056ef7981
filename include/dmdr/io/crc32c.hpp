// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dmdr::io {

/// CRC-32C (Castagnoli) of bytes, as in RFC 3720, appendix B.4.
[[nodiscard]] constexpr std::uint32_t crc32c(std::string_view bytes) noexcept {
  constexpr std::uint32_t polynomial = 0x82F63B78U;  // reflected
  constexpr auto table = [] {
    std::array<std::uint32_t, 256> remainders{};
    for (std::uint32_t byte = 0; byte < remainders.size(); ++byte) {
      std::uint32_t remainder = byte;
      for (int bit = 0; bit < 8; ++bit) remainder = remainder >> 1U ^ ((remainder & 1U) != 0 ? polynomial : 0U);
      remainders[byte] = remainder;
    }
    return remainders;
  }();
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char byte : bytes) crc = crc >> 8U ^ table[(crc ^ static_cast<unsigned char>(byte)) & 0xFFU];
  return ~crc;
}

}  // namespace dmdr::io
