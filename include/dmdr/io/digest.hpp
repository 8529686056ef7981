// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include <dmdr/core/inline.hpp>

namespace dmdr::io {

/// XXH3-128 of a stream of bytes: finds damage, is no protection against forgery.
class Digester {
 public:
  Digester();
  void update(std::span<const std::byte> bytes);
  /// 32 hexadecimal digits, high half first, as `xxhsum -H2` prints them.
  [[nodiscard]] std::string hex() const;

 private:
  static constexpr std::size_t state_size = 576;
  static constexpr std::size_t state_alignment = 64;
  alignas(state_alignment) std::array<std::byte, state_size> state_{};
};

/// XXH3-128 of `bytes` as 32 hexadecimal digits.
[[nodiscard]] std::string xxh3_128(std::span<const std::byte> bytes);
[[nodiscard]] std::string xxh3_128(const std::string& text);

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/digest.ipp>  // IWYU pragma: export
#endif
