// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <dmdr/io/digest.hpp>

#include "support/catch.hpp"

using namespace dmdr;

TEST_CASE("digests equal those of xxhsum at every length, in one piece and in pieces", "[io][digest]") {
  std::ifstream golden(std::string(DMDR_TEST_DATA) + "/io/xxh3_128.txt");
  std::size_t length = 0;
  std::string expected;
  int compared = 0;
  for (; golden >> length >> expected; ++compared) {
    std::vector<std::byte> bytes(length);
    for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::byte>((i * 7 + 3) % 256);
    CHECK(io::xxh3_128(bytes) == expected);
    io::Digester pieces;
    for (std::size_t at = 0; at < length; at += 37)
      pieces.update(std::span<const std::byte>(bytes).subspan(at, std::min<std::size_t>(37, length - at)));
    CHECK(pieces.hex() == expected);
  }
  CHECK(compared == 14);
}

TEST_CASE("a digest can be read in the middle of a stream and a copy goes its own way", "[io][digest]") {
  io::Digester digest;
  const std::string first = "first";
  digest.update(std::as_bytes(std::span<const char>(first)));
  CHECK(digest.hex() == io::xxh3_128(first));
  io::Digester copy = digest;
  copy.update(std::as_bytes(std::span<const char>(first)));
  CHECK(digest.hex() == io::xxh3_128(first));
  CHECK(copy.hex() == io::xxh3_128(first + first));
}
