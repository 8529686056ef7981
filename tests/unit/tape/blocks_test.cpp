// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <thread>
#include <vector>

#include <dmdr/tape/blocks.hpp>
#include <dmdr/tape/tape.hpp>

#include "support/catch.hpp"

using namespace dmdr;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// Runs `body` on a thread of its own, whose cache is empty.
template <class Body>
void on_new_thread(Body body) {
  std::thread(body).join();
}
/// Whether blocks are kept at all: not under the address sanitizer, which shall see uses after the end.
bool keeps_blocks() {
  bool keeps = false;
  on_new_thread([&] {
    tape::give_block(tape::take_block(100), 100);
    keeps = tape::kept_block_bytes() > 0;
  });
  return keeps;
}

}  // namespace

TEST_CASE("blocks of every size are aligned to 64 bytes and hold what was asked for") {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{64}, std::size_t{65}, std::size_t{80}, std::size_t{81},
        std::size_t{4095}, std::size_t{4097}, mebibyte - 1, 7 * mebibyte + 1, 65 * mebibyte}) {
    CAPTURE(size);
    for (int round = 0; round < 2; ++round) {
      void* const block = tape::take_block(size);
      CHECK(reinterpret_cast<std::uintptr_t>(block) % 64 == 0);
      std::memset(block, 0xa5, size);
      tape::give_block(block, size);
    }
  }
}

TEST_CASE("a size that no memory holds throws") {
  if (!keeps_blocks()) return;  // the sanitizer ends the program
  CHECK_THROWS_AS(tape::take_block(std::numeric_limits<std::size_t>::max() / 2 - 1), std::bad_alloc);
}

TEST_CASE("a tensor's memory serves the next tensor of about its size") {
  if (!keeps_blocks()) return;
  bool same = false, other = true;
  on_new_thread([&] {
    const float* first = nullptr;
    { first = tape::Buffer<float>(1000).data(); }
    const tape::Buffer<float> again(1010);
    const tape::Buffer<float> third(1010);
    same = again.data() == first;
    other = third.data() == first;
  });
  CHECK(same);
  CHECK_FALSE(other);
}

TEST_CASE("a thread keeps at most 64 MiB") {
  if (!keeps_blocks()) return;
  std::size_t kept = 0, kept_large = 0;
  on_new_thread([&] {
    std::vector<void*> blocks;
    for (int k = 0; k < 100; ++k) blocks.push_back(tape::take_block(mebibyte));
    for (void* const block : blocks) tape::give_block(block, mebibyte);
    kept = tape::kept_block_bytes();
  });
  on_new_thread([&] {
    tape::give_block(tape::take_block(65 * mebibyte), 65 * mebibyte);
    kept_large = tape::kept_block_bytes();
  });
  CHECK(kept == 64 * mebibyte);
  CHECK(kept_large == 0);
}

TEST_CASE("a block given back on another thread is kept there, and tensors may outlive the thread that made them") {
  void* block = nullptr;
  std::vector<tape::Buffer<double>*> survivors;
  on_new_thread([&] {
    block = tape::take_block(5000);
    for (int k = 0; k < 10; ++k) survivors.push_back(new tape::Buffer<double>(700 + k));
  });
  std::size_t kept = 0;
  on_new_thread([&] {
    tape::give_block(block, 5000);
    for (tape::Buffer<double>* const buffer : survivors) {
      buffer->data()[0] = 1;
      delete buffer;
    }
    kept = tape::kept_block_bytes();
  });
  if (keeps_blocks()) CHECK(kept >= 5000 + 10 * 700 * sizeof(double));
}
