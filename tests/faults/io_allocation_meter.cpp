// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "faults/io_allocation_meter.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

#include <malloc.h>

#include "support/catch.hpp"

namespace {

std::atomic<std::size_t> alive_bytes{0};
std::atomic<std::size_t> peak_bytes{0};

void* allocate(std::size_t size, std::size_t alignment) noexcept {
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* memory = alignment <= alignof(std::max_align_t)
                     ? std::malloc(size == 0 ? 1 : size)
                     : std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
  if (memory == nullptr) return nullptr;
  const std::size_t bytes = ::malloc_usable_size(memory);
  const std::size_t now = alive_bytes.fetch_add(bytes) + bytes;
  std::size_t peak = peak_bytes.load();
  while (peak < now && !peak_bytes.compare_exchange_weak(peak, now)) {
  }
  return memory;
}

void release(void* memory) noexcept {
  if (memory == nullptr) return;
  alive_bytes.fetch_sub(::malloc_usable_size(memory));
  std::free(memory);
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
  void* memory = allocate(size, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

constexpr std::size_t usual = alignof(std::max_align_t);

}  // namespace

void* operator new(std::size_t size) { return allocate_or_throw(size, usual); }
void* operator new[](std::size_t size) { return allocate_or_throw(size, usual); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, usual); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, usual); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { release(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

namespace dmdr::test {

AllocationMeter::AllocationMeter() : begin_(alive_bytes.load()) { peak_bytes.store(begin_); }

std::size_t AllocationMeter::peak() const { return peak_bytes.load() - begin_; }

std::ptrdiff_t AllocationMeter::alive() const {
  return static_cast<std::ptrdiff_t>(alive_bytes.load()) - static_cast<std::ptrdiff_t>(begin_);
}

}  // namespace dmdr::test

TEST_CASE("the allocation meter sees what is allocated and what is given back", "[io][faults]") {
  const dmdr::test::AllocationMeter meter;
  {
    const std::vector<char> block(100'000);
    CHECK(meter.alive() >= 100'000);
  }
  const std::size_t peak = meter.peak();
  const std::ptrdiff_t alive = meter.alive();
  CHECK(peak >= 100'000);
  CHECK(peak < 200'000);
  CHECK(alive < 50'000);
}
