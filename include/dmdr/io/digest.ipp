// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#ifndef XXH_INLINE_ALL
#define XXH_INLINE_ALL
#endif
#include <xxhash.h>

#include <new>

#include <dmdr/io/digest.hpp>

namespace dmdr::io {
namespace detail {

[[nodiscard]] DMDR_INLINE std::string hex_of(XXH128_hash_t hash) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : canonical.digest) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

}  // namespace detail

DMDR_INLINE Digester::Digester() {
  static_assert(sizeof(XXH3_state_t) <= state_size && alignof(XXH3_state_t) <= state_alignment);
  XXH3_128bits_reset(new (state_.data()) XXH3_state_t);
}

DMDR_INLINE void Digester::update(std::span<const std::byte> bytes) {
  XXH3_128bits_update(std::launder(reinterpret_cast<XXH3_state_t*>(state_.data())), bytes.data(), bytes.size());
}

DMDR_INLINE std::string Digester::hex() const {
  return detail::hex_of(XXH3_128bits_digest(std::launder(reinterpret_cast<const XXH3_state_t*>(state_.data()))));
}

DMDR_INLINE std::string xxh3_128(std::span<const std::byte> bytes) {
  return detail::hex_of(XXH3_128bits(bytes.data(), bytes.size()));
}

DMDR_INLINE std::string xxh3_128(const std::string& text) {
  return xxh3_128(std::as_bytes(std::span<const char>(text.data(), text.size())));
}

}  // namespace dmdr::io
