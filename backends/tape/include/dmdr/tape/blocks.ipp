// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <new>
#include <utility>

#include <dmdr/core/inline.hpp>
#include <dmdr/tape/blocks.hpp>

namespace dmdr::tape {
namespace detail {

inline constexpr std::align_val_t block_alignment{64};

/// The size class of a block: sizes are 4, 5, 6 or 7 times a power of two, so that at most a fifth is wasted. What is larger than a
/// thread keeps is in no class.
struct BlockClass {
  static constexpr std::size_t smallest = 64, largest = std::size_t{64} << 20, count = 81;
  std::size_t bytes, index = count;

  explicit BlockClass(std::size_t wanted) noexcept : bytes(std::max(wanted, smallest)) {
    if (bytes > largest) return;
    const auto quarter = static_cast<std::size_t>(std::bit_width(bytes)) - 3;  // 4 * 2^quarter <= bytes < 8 * 2^quarter
    const std::size_t steps = (bytes + (std::size_t{1} << quarter) - 1) >> quarter;  // 4 .. 8
    bytes = steps << quarter;
    index = 4 * (quarter - 4) + (steps - 4);
  }
};

/// The blocks that one thread keeps, most recently given back first.
class BlockCache {
 public:
  BlockCache() = default;
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;
  ~BlockCache() {
    gone() = true;
    for (Free* list : lists_)
      while (list != nullptr) ::operator delete(std::exchange(list, list->next), block_alignment);
  }

  [[nodiscard]] void* take(const BlockClass& size) noexcept {
    if (size.index == BlockClass::count || lists_[size.index] == nullptr) return nullptr;
    Free* const block = lists_[size.index];
    lists_[size.index] = block->next;
    kept_ -= size.bytes;
    return block;
  }
  /// Whether the block is kept.
  [[nodiscard]] bool give(void* block, const BlockClass& size) noexcept {
    if (size.index == BlockClass::count || kept_ + size.bytes > BlockClass::largest) return false;
    lists_[size.index] = ::new (block) Free{lists_[size.index]};
    kept_ += size.bytes;
    return true;
  }
  [[nodiscard]] std::size_t kept() const noexcept { return kept_; }

  /// This thread's cache, or null where none is to be used.
  [[nodiscard]] static BlockCache* of_this_thread() noexcept {
#if defined(__SANITIZE_ADDRESS__)
    return nullptr;  // the sanitizer shall see each use after the end of a tensor
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    return nullptr;
#endif
#endif
    // A tensor of static storage may end after the cache of its thread.
    if (gone()) return nullptr;
    thread_local BlockCache cache;
    return &cache;
  }

 private:
  struct Free {
    Free* next;
  };
  static bool& gone() noexcept {
    thread_local bool value = false;
    return value;
  }

  std::array<Free*, BlockClass::count> lists_{};
  std::size_t kept_ = 0;
};

}  // namespace detail

DMDR_INLINE void* take_block(std::size_t bytes) {
  const detail::BlockClass size(bytes);
  if (detail::BlockCache* const cache = detail::BlockCache::of_this_thread())
    if (void* const block = cache->take(size)) return block;
  return ::operator new(size.bytes, detail::block_alignment);
}

DMDR_INLINE void give_block(void* block, std::size_t bytes) noexcept {
  detail::BlockCache* const cache = detail::BlockCache::of_this_thread();
  if (cache == nullptr || !cache->give(block, detail::BlockClass(bytes)))
    ::operator delete(block, detail::block_alignment);
}

DMDR_INLINE std::size_t kept_block_bytes() noexcept {
  const detail::BlockCache* const cache = detail::BlockCache::of_this_thread();
  return cache == nullptr ? 0 : cache->kept();
}

}  // namespace dmdr::tape
