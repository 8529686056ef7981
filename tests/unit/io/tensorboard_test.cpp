// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cmath>
#include <cstring>
#include <map>

#include <dmdr/core/error.hpp>
#include <dmdr/io/crc32c.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/image.hpp>
#include <dmdr/io/tensorboard.hpp>

#include "support/catch.hpp"
#include "unit/io/faulty_file_system.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using dmdr::test::slurp;
using dmdr::test::TemporaryDirectory;

namespace {

// An independent decoder: records, then protocol buffer fields by number.

/// CRC-32C bit by bit, without a table.
std::uint32_t slow_crc(const std::string& bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1U ^ 0x82F63B78U : crc >> 1U;
  }
  return ~crc;
}

std::uint64_t little_endian(const std::string& bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= std::uint64_t{static_cast<unsigned char>(bytes.at(at + i))} << 8 * i;
  return value;
}

std::uint32_t unmasked(std::uint64_t masked) {
  const std::uint32_t rotated = static_cast<std::uint32_t>(masked) - 0xA282EAD8U;
  return rotated >> 17U | rotated << 15U;
}

std::vector<std::string> records_of(const std::string& file) {
  std::vector<std::string> records;
  for (std::size_t at = 0; at < file.size();) {
    const std::size_t length = little_endian(file, at, 8);
    REQUIRE(unmasked(little_endian(file, at + 8, 4)) == slow_crc(file.substr(at, 8)));
    records.push_back(file.substr(at + 12, length));
    REQUIRE(records.back().size() == length);
    REQUIRE(unmasked(little_endian(file, at + 12 + length, 4)) == slow_crc(records.back()));
    at += length + 16;
  }
  return records;
}

/// The fields of a message: varints and fixed ones as their little-endian bytes.
std::map<unsigned, std::string> fields_of(const std::string& message) {
  std::map<unsigned, std::string> fields;
  std::size_t at = 0;
  const auto varint = [&] {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(message.at(at++));
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80U) return value;
    }
  };
  while (at < message.size()) {
    const std::uint64_t key = varint();
    std::size_t size = 0;
    std::string bytes;
    switch (key & 7U) {
      case 0:
        for (std::uint64_t value = varint(), i = 0; i < 8; ++i)
          bytes += static_cast<char>(static_cast<unsigned char>(value >> 8 * i));
        break;
      case 1: size = 8; break;
      case 2: size = varint(); break;
      case 5: size = 4; break;
      default: FAIL("wire type " << (key & 7U));
    }
    if (size != 0) bytes = message.substr(at, size);
    at += size;
    REQUIRE(fields.emplace(static_cast<unsigned>(key >> 3U), bytes).second);
  }
  return fields;
}

template <class T>
T as(const std::string& bytes) {
  T value;
  REQUIRE(bytes.size() == sizeof(T));
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

double fixed_clock() { return 1234567890.5; }

const io::Image picture{3, 2, 3, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}};

}  // namespace

TEST_CASE("CRC-32C has the values of RFC 3720", "[io][tensorboard]") {
  CHECK(io::crc32c("") == 0);
  CHECK(io::crc32c("123456789") == 0xE3069283U);
  CHECK(io::crc32c(std::string(32, '\0')) == 0x8A9136AAU);
  CHECK(io::crc32c(std::string(32, '\xFF')) == 0x62A8AB43U);
}

TEST_CASE("events equal, byte for byte, those of TensorBoard's own classes", "[io][tensorboard]") {
  const std::string golden = slurp(std::string(DMDR_TEST_DATA) + "/io/python.tfevents");
  const std::vector<std::string> records = records_of(golden);
  REQUIRE(records.size() == 5);
  CHECK(records[0] == io::version_event(1700000000.25));
  CHECK(records[1] == io::restart_event(1700000000.25, 3));
  CHECK(records[2] == io::scalar_event(1700000001.5, 0, "loss/dmd", 0));
  CHECK(records[3] == io::scalar_event(1700000002.5, 300, "reward \u00e9", -1.5));
  std::string again;
  for (const std::string& record : records) again += io::event_record(record);
  CHECK(again == golden);
  // The picture's compressed bytes are those of another encoder: all else is compared.
  const auto value = [](const std::string& record) { return fields_of(fields_of(fields_of(record).at(5)).at(1)); };
  io::Image image = io::read_png(std::string(DMDR_TEST_DATA) + "/io/python_rgb.png");
  const std::string ours = io::image_event(1700000003.5, std::int64_t{1} << 40U, "samples", image);
  for (const unsigned field : {1U, 2U}) CHECK(fields_of(ours).at(field) == fields_of(records[4]).at(field));
  CHECK(value(ours).at(1) == value(records[4]).at(1));
  for (const unsigned field : {1U, 2U, 3U})
    CHECK(fields_of(value(ours).at(4)).at(field) == fields_of(value(records[4]).at(4)).at(field));
}

TEST_CASE("an event file begins with its version and holds what was added", "[io][tensorboard]") {
  const TemporaryDirectory directory;
  io::EventWriter writer(directory / "a/logs", {.resumed_at = 5, .clock = &fixed_clock});
  writer.add_scalar("reward", 0.1, 7);
  writer.add_scalar("nan", std::nan(""), 8);
  writer.add_image("samples", picture, 9);
  const std::vector<std::string> records = records_of(slurp(writer.path()));
  REQUIRE(records.size() == 5);
  CHECK(fields_of(records[0]).at(3) == "brain.Event:2");
  CHECK(as<double>(fields_of(records[0]).at(1)) == fixed_clock());
  CHECK(as<std::int64_t>(fields_of(records[1]).at(2)) == 5);
  CHECK(as<std::int64_t>(fields_of(fields_of(records[1]).at(7)).at(1)) == 1);
  const auto value = [&](std::size_t i) { return fields_of(fields_of(fields_of(records[i]).at(5)).at(1)); };
  CHECK(as<std::int64_t>(fields_of(records[2]).at(2)) == 7);
  CHECK(value(2).at(1) == "reward");
  CHECK(as<float>(value(2).at(2)) == 0.1F);
  CHECK(std::isnan(as<float>(value(3).at(2))));
  const auto image = fields_of(value(4).at(4));
  CHECK(as<std::int64_t>(image.at(1)) == 2);
  CHECK(as<std::int64_t>(image.at(2)) == 3);
  CHECK(as<std::int64_t>(image.at(3)) == 3);
  CHECK(io::decode_png(io::bytes_of(image.at(4)), "event") == picture);
}

TEST_CASE("two writers of one directory have files of their own, named as TensorBoard looks for them",
          "[io][tensorboard]") {
  const TemporaryDirectory directory;
  const io::EventWriter first(directory.path(), {.clock = &fixed_clock});
  const io::EventWriter second(directory.path(), {.clock = &fixed_clock});
  CHECK(first.path() != second.path());
  CHECK_THAT(first.path(), Catch::Matchers::StartsWith(directory / "events.out.tfevents.1234567890."));
}

TEST_CASE("each record goes out in one write call, and one that fails leaves whole records", "[io][tensorboard]") {
  const TemporaryDirectory directory;
  test::FaultyFileSystem files;
  io::EventWriter writer(directory.path(), {.clock = &fixed_clock}, files);
  files.behave();
  writer.add_scalar("a", 1, 1);
  CHECK(files.names() == std::vector<std::string>{"write"});
  files.fail_at(0, EIO);
  CHECK_THROWS_AS(writer.add_image("b", picture, 2), FileError);
  CHECK(records_of(slurp(writer.path())).size() == 2);
  writer.add_scalar("c", 1, 3);
  CHECK(records_of(slurp(writer.path())).size() == 3);
}

TEST_CASE("tags that are not UTF-8 and pictures without pixels are refused", "[io][tensorboard]") {
  const TemporaryDirectory directory;
  io::EventWriter writer(directory.path());
  CHECK_THROWS_AS(writer.add_scalar("\xFF", 1, 1), FileError);
  CHECK_THROWS_AS(writer.add_image("a", {}, 1), ShapeError);
  CHECK(records_of(slurp(writer.path())).size() == 1);
}
