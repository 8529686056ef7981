// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <ctime>
#include <filesystem>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <sys/stat.h>

#include <dmdr/io/file.hpp>
#include <dmdr/io/safetensors.hpp>

#include "faults/io_allocation_meter.hpp"
#include "faults/io_scale.hpp"
#include "support/catch.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using dmdr::test::AllocationMeter;
using dmdr::test::spill;
using dmdr::test::TemporaryDirectory;
using io::SafetensorsFault;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

NamedTensors some_tensors(std::size_t scale) {
  NamedTensors tensors;
  for (const auto& [name, dtype] :
       {std::pair{"student.weight", Dtype::f32}, std::pair{"student.bias", Dtype::f64}, std::pair{"ema", Dtype::bf16},
        std::pair{"step", Dtype::i64}, std::pair{"pixels", Dtype::u8}, std::pair{"empty", Dtype::f16}}) {
    const auto rows = static_cast<std::int64_t>(name == std::string("empty") ? 0 : scale);
    HostTensor tensor{{rows, 3}, dtype, std::vector<std::byte>(static_cast<std::size_t>(rows) * 3 * size_of(dtype))};
    for (std::size_t i = 0; i < tensor.bytes.size(); ++i) tensor.bytes[i] = static_cast<std::byte>(i * 31 % 251);
    tensors[name] = tensor;
  }
  return tensors;
}

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What reading a file costs, and how it ended.
struct Reading {
  std::optional<SafetensorsFault> fault;
  std::string text;
  std::size_t peak = 0;
  double milliseconds = 0;
};

Reading read_once(const std::string& path) {
  Reading reading;
  const AllocationMeter meter;
  const std::clock_t begin = std::clock();
  try {
    (void)io::read_safetensors(path);
  } catch (const io::SafetensorsError& error) {
    reading.fault = error.fault();
    reading.text = error.what();
  } catch (const FileError& error) {
    reading.text = error.what();
  }
  reading.milliseconds = 1000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  reading.peak = meter.peak();
  return reading;
}

/// The processor's time leaves out what else the machine does, but not what the machine under it does: a reading that seems slow is
/// repeated, and slow is what is so every time.
Reading read(const std::string& path) {
  Reading reading = read_once(path);
  for (int again = 0; again < 9 && reading.milliseconds >= 50; ++again) reading = read_once(path);
  return reading;
}

/// The bytes of a file with this header and a payload of zeros.
std::string file_with(const std::string& header, std::size_t payload = 0) {
  std::string bytes;
  for (unsigned i = 0; i < 8; ++i)
    bytes += static_cast<char>(static_cast<unsigned char>(header.size() >> 8 * i & 0xFFU));
  return bytes + header + std::string(payload, '\0');
}

std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}
std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"a":)" + entry(dtype, shape, offsets) + "}";
}

struct Adversary {
  std::string name;
  std::string bytes;
  SafetensorsFault fault;
};

std::vector<Adversary> adversaries() {
  using F = SafetensorsFault;
  const std::string f32 = R"("F32")";
  const std::string good = entry(f32, "[1]", "[0,4]");
  const std::string deep(1'000'000, '[');
  const auto length = [](std::uint64_t value, const std::string& rest) {
    std::string bytes;
    for (unsigned i = 0; i < 8; ++i) bytes += static_cast<char>(static_cast<unsigned char>(value >> 8 * i & 0xFFU));
    return bytes + rest;
  };
  return {
      {"empty file", "", F::empty_file},
      {"seven bytes", "\1\0\0\0\0\0\0", F::no_header_length},
      {"header of no bytes", length(0, "{}"), F::header_empty},
      {"header length 2^63", length(std::uint64_t{1} << 63U, "{}"), F::header_length_overflow},
      {"header length 100,000,001", length(100'000'001, "{}"), F::header_too_long},
      {"header one byte beyond the end", length(3, "{}"), F::header_beyond_end},
      {"header begins with a space", file_with(" {}"), F::header_start},
      {"overlong UTF-8", file_with("{\"\xC0\xAF\":" + good + "}", 4), F::invalid_utf8},
      {"ends inside a text", file_with(R"({"a)"), F::json_ends_early},
      {"missing colon", file_with(R"({"a" {}})"), F::json_syntax},
      {"second object behind the first", file_with("{}{}"), F::text_after_header},
      {"newline inside a name", file_with("{\"a\n\":" + good + "}", 4), F::control_character},
      {"escape \\x", file_with(R"({"\x41":)" + good + "}", 4), F::bad_escape},
      {"half a surrogate pair", file_with(R"({"\ud83d":)" + good + "}", 4), F::lone_surrogate},
      {"a tensor twice", file_with(R"({"a":)" + good + R"(,"\u0061":)" + entry(f32, "[1]", "[4,8]") + "}", 8),
       F::duplicate_tensor},
      {"an entry is a list", file_with(R"({"a":[]})"), F::entry_not_object},
      {"dtype twice", file_with(R"({"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4),
       F::duplicate_field},
      {"an unknown field", file_with(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"strides":[1]}})", 4),
       F::unknown_field},
      {"no dtype", file_with(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4), F::no_dtype},
      {"no shape", file_with(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4), F::no_shape},
      {"no offsets", file_with(R"({"a":{"dtype":"F32","shape":[1]}})", 4), F::no_offsets},
      {"dtype is a number", file_with(one("32", "[1]", "[0,4]"), 4), F::dtype_not_text},
      {"dtype F31", file_with(one(R"("F31")", "[1]", "[0,4]"), 4), F::dtype_unknown},
      {"dtype BOOL", file_with(one(R"("BOOL")", "[4]", "[0,4]"), 4), F::dtype_unsupported},
      {"shape is a number", file_with(one(f32, "1", "[0,4]"), 4), F::shape_not_list},
      {"three offsets", file_with(one(f32, "[1]", "[0,4,4]"), 4), F::offsets_not_pair},
      {"nested a million times", file_with(one(f32, deep, "[0,4]"), 4), F::too_deep},
      {"extent NaN", file_with(one(f32, "[NaN]", "[0,4]"), 4), F::not_a_number},
      {"extent -1", file_with(one(f32, "[-1]", "[0,4]"), 4), F::negative_number},
      {"extent 1e400", file_with(one(f32, "[1e400]", "[0,4]"), 4), F::not_an_integer},
      {"extent 01", file_with(one(f32, "[01]", "[0,4]"), 4), F::leading_zero},
      {"offset 2^63", file_with(one(f32, "[1]", "[0,9223372036854775808]"), 4), F::number_too_large},
      {"nine axes", file_with(one(f32, "[1,1,1,1,1,1,1,1,1]", "[0,4]"), 4), F::too_many_axes},
      {"shape product 2^64", file_with(one(f32, "[4294967296,4294967296]", "[0,0]")), F::shape_overflow},
      {"offsets reversed", file_with(one(f32, "[1]", "[4,0]"), 4), F::offsets_reversed},
      {"three bytes for a float", file_with(one(f32, "[1]", "[0,3]"), 3), F::size_mismatch},
      {"a terabyte in four bytes", file_with(one(f32, "[274877906944]", "[0,1099511627776]"), 4),
       F::offsets_beyond_end},
      {"two tensors on the same bytes", file_with(R"({"a":)" + good + R"(,"b":)" + good + "}", 4), F::overlap},
      {"a hole", file_with(R"({"a":)" + good + R"(,"b":)" + entry(f32, "[1]", "[8,12]") + "}", 12), F::hole},
      {"bytes behind the last tensor", file_with(one(f32, "[1]", "[0,4]"), 5), F::trailing_bytes},
      {"metadata is a list", file_with(R"({"__metadata__":[]})"), F::metadata_not_object},
      {"metadata holds a number", file_with(R"({"__metadata__":{"a":1}})"), F::metadata_not_text},
      {"a metadata key twice", file_with(R"({"__metadata__":{"a":"","a":""}})"), F::duplicate_metadata},
  };
}

/// One to three changes: a flipped bit, a token put in or over, bytes taken out or doubled, or the end cut off.
void mutate(std::string& bytes, std::mt19937_64& random) {
  static const std::vector<std::string> tokens = {"[",
                                                  "]",
                                                  "{",
                                                  "}",
                                                  "\"",
                                                  ",",
                                                  ":",
                                                  "\\u",
                                                  "9223372036854775807",
                                                  "-1",
                                                  "1e9",
                                                  "\"F32\"",
                                                  "\"U8\"",
                                                  "\\n",
                                                  "\xF0\x9F",
                                                  "__metadata__",
                                                  "0",
                                                  "[0,0]",
                                                  "data_offsets",
                                                  "\"shape\"",
                                                  " ",
                                                  "8"};
  const std::uint64_t changes = 1 + random() % 3;
  for (std::uint64_t change = 0; change < changes; ++change) {
    const std::size_t at = bytes.empty() ? 0 : random() % bytes.size();
    const std::string& token = tokens[random() % tokens.size()];
    switch (random() % 6) {
      case 0:
        if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1 << random() % 8));
        break;
      case 1: bytes.insert(at, token); break;
      case 2: bytes.replace(at, std::min(token.size(), bytes.size() - at), token); break;
      case 3: bytes.erase(at, 1 + random() % 16); break;
      case 4: bytes.insert(at, bytes.substr(at, random() % 64)); break;
      default:
        if (random() % 4 == 0) bytes.resize(at);
    }
  }
}

}  // namespace

TEST_CASE("each adversarial header is refused by an error of its own, within the memory of its header",
          "[io][faults]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "adversary.safetensors";
  std::set<SafetensorsFault> seen;
  const std::vector<Adversary> all = adversaries();
  for (const Adversary& adversary : all) {
    INFO(adversary.name);
    spill(path, adversary.bytes);
    const Reading reading = read(path);
    REQUIRE(reading.fault.has_value());
    CHECK(*reading.fault == adversary.fault);
    CHECK(seen.insert(*reading.fault).second);
    CHECK_THAT(reading.text, Catch::Matchers::ContainsSubstring(path) &&
                                 Catch::Matchers::ContainsSubstring(std::string(io::sentence_of(adversary.fault))));
    CHECK(reading.peak <= adversary.bytes.size() + mebibyte);
    CHECK(reading.milliseconds < 50);
  }
  CHECK(seen.size() == static_cast<std::size_t>(SafetensorsFault::duplicate_metadata) + 1);
  WARN(seen.size() << " adversarial headers, each refused by its own error");
}

TEST_CASE("other forms of the same attacks are refused too", "[io][faults]") {
  using F = SafetensorsFault;
  const auto fault_of = [](const std::string& bytes) {
    try {
      (void)io::parse_safetensors(io::bytes_of(bytes), "memory");
    } catch (const io::SafetensorsError& error) {
      return std::optional(error.fault());
    }
    return std::optional<F>();
  };
  const std::string f32 = R"("F32")";
  CHECK(fault_of(std::string(8, '\xFF') + "{}") == F::header_length_overflow);
  CHECK(fault_of(file_with(one(f32, "[9223372036854775807,2]", "[0,0]"))) == F::shape_overflow);
  CHECK(fault_of(file_with(one(R"("F64")", "[2305843009213693952]", "[0,0]"))) == F::shape_overflow);
  CHECK(fault_of(file_with(one(f32, "[0,9223372036854775807,9223372036854775807]", "[0,0]"))) == F::shape_overflow);
  CHECK(fault_of(file_with(one(f32, "[0,9223372036854775807]", "[0,0]"))) == std::nullopt);
  CHECK(fault_of(file_with(one(f32, "[99999999999999999999999999]", "[0,4]"), 4)) == F::number_too_large);
  CHECK(fault_of(file_with(one(f32, "[1.0]", "[0,4]"), 4)) == F::not_an_integer);
  CHECK(fault_of(file_with(one(f32, "[null]", "[0,4]"), 4)) == F::not_a_number);
  CHECK(fault_of(file_with(one(f32, R"(["1"])", "[0,4]"), 4)) == F::not_a_number);
  CHECK(fault_of(file_with(one(f32, "[1,]", "[0,4]"), 4)) == F::not_a_number);
  CHECK(fault_of(file_with(one(f32, "[1]", "[]"), 4)) == F::offsets_not_pair);
  CHECK(fault_of(file_with(one(f32, "[1]", "[0]"), 4)) == F::offsets_not_pair);
  CHECK(fault_of(file_with(R"({"a":{"dtype":"F32","shape":[{"b":1}],"data_offsets":[0,4]}})", 4)) == F::too_deep);
  CHECK(fault_of(file_with(R"({"\udc00\ud800":{}})")) == F::lone_surrogate);
  CHECK(fault_of(file_with(R"({"\ud800\u0041":{}})")) == F::lone_surrogate);
  CHECK(fault_of(file_with(R"({"\u12)")) == F::json_ends_early);
  CHECK(fault_of(file_with(R"({"\)")) == F::json_ends_early);
  CHECK(fault_of(file_with("{\"\xED\xA0\x80\":{}}")) == F::invalid_utf8);
  CHECK(fault_of(file_with("{\"\xF4\x90\x80\x80\":{}}")) == F::invalid_utf8);
  CHECK(fault_of(file_with("{} x")) == F::text_after_header);
  CHECK(fault_of(file_with("{,}")) == F::json_syntax);
  CHECK(fault_of(file_with("{" + std::string(1'000'000, '{'))) == F::json_syntax);
  CHECK(fault_of(file_with(R"({"__metadata__":{},"__metadata__":{}})")) == F::duplicate_tensor);
  CHECK(fault_of(file_with(R"({"a":)" + entry(f32, "[2]", "[0,8]") + R"(,"b":)" + entry(f32, "[0]", "[4,4]") + "}",
                           8)) == F::overlap);
  CHECK(fault_of(file_with(one(f32, "[0]", "[18446744073709551615,0]"))) == F::number_too_large);
}

TEST_CASE("a truncated file is refused at every length, quickly and within its own size of memory", "[io][faults]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "cut.safetensors";
  const std::string whole = text_of(io::serialise_safetensors(some_tensors(4000), {{"step", "7"}}));
  const std::size_t header = 8 + static_cast<unsigned char>(whole[0]) + 256U * static_cast<unsigned char>(whole[1]);
  REQUIRE(whole.size() > 250'000);
  std::set<std::size_t, std::greater<>> lengths;
  for (std::size_t length = 0; length <= header; ++length) lengths.insert(length);
  std::mt19937_64 random(20260101);
  for (int i = 0; i < test::scaled(1000); ++i) lengths.insert(header + random() % (whole.size() - header));
  spill(path, whole);
  REQUIRE_FALSE(read(path).fault.has_value());
  std::size_t refused = 0;
  double slowest = 0;
  for (const std::size_t length : lengths) {  // from long to short
    std::filesystem::resize_file(path, length);
    const Reading reading = read(path);
    if (!reading.fault || reading.peak > length + mebibyte || reading.milliseconds >= 50)
      FAIL("length " << length << ": " << reading.text << ", peak " << reading.peak << ", " << reading.milliseconds
                     << " ms");
    ++refused;
    slowest = std::max(slowest, reading.milliseconds);
  }
  CHECK(refused == lengths.size());
  WARN(refused << " of " << lengths.size() << " truncated files refused, the slowest in " << slowest << " ms");
}

TEST_CASE("bytes behind the end of a file are refused whatever their number", "[io][faults]") {
  const std::string whole = text_of(io::serialise_safetensors(some_tensors(5)));
  for (const std::size_t extra : {1U, 2U, 7U, 8U, 4096U}) {
    const std::string bytes = whole + std::string(extra, 'x');
    try {
      (void)io::parse_safetensors(io::bytes_of(bytes), "memory");
      FAIL("accepted with " << extra << " bytes more");
    } catch (const io::SafetensorsError& error) {
      CHECK(error.fault() == SafetensorsFault::trailing_bytes);
    }
  }
}

TEST_CASE("a directory, a pipe and a device in the place of a file are refused without waiting", "[io][faults]") {
  const TemporaryDirectory directory;
  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  for (const std::string& path : {directory.path(), directory / "pipe", std::string("/dev/zero")}) {
    const Reading reading = read(path);
    CHECK_THAT(reading.text,
               Catch::Matchers::ContainsSubstring(path) && Catch::Matchers::ContainsSubstring("it is a "));
    CHECK(reading.peak < mebibyte);
  }
}

TEST_CASE("a file that is accepted costs its size in memory and at most a mebibyte", "[io][faults]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "whole.safetensors";
  io::write_safetensors(path, some_tensors(100'000));
  const Reading reading = read(path);
  CHECK(reading.text.empty());
  CHECK(reading.peak <= std::filesystem::file_size(path) + mebibyte);
}

TEST_CASE("a refused table of very many entries costs its header and at most 400 bytes an entry", "[io][faults]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "many.safetensors";
  const std::size_t entries = 100'000;
  std::string header = "{";
  for (std::size_t i = 0; i < entries; ++i)
    header += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + entry(R"("U8")", "[0]", "[0,0]");
  spill(path, file_with(header + "}", 1));
  const Reading reading = read(path);
  CHECK(reading.fault == SafetensorsFault::trailing_bytes);
  CHECK(reading.peak <= header.size() + 400 * entries + mebibyte);
}

TEST_CASE("mutated files load as they say or are refused", "[io][faults]") {
  const std::vector<std::string> seeds = {text_of(io::serialise_safetensors(some_tensors(3),
                                                                            {{"step", "7"}, {"k", "\t\\"}})),
                                          text_of(io::serialise_safetensors({})),
                                          text_of(io::serialise_safetensors(some_tensors(1)))};
  std::mt19937_64 random(7);
  const int inputs = test::scaled(10'000);
  int accepted = 0;
  int refused = 0;
  for (int input = 0; input < inputs; ++input) {
    std::string bytes = seeds[random() % seeds.size()];
    if (random() % 2 == 0) {
      mutate(bytes, random);
    } else {  // a header's length that stays right lets the parser behind it see the change
      const std::size_t header = 8 + static_cast<unsigned char>(bytes[0]) + 256U * static_cast<unsigned char>(bytes[1]);
      std::string json = bytes.substr(8, header - 8);
      std::string payload = bytes.substr(header);
      mutate(random() % 8 == 0 ? payload : json, random);
      bytes = file_with(json) + payload;
    }
    try {
      const io::SafetensorsFile file = io::parse_safetensors(io::bytes_of(bytes), "mutated");
      for (const auto& [name, tensor] : file.tensors)
        REQUIRE(tensor.bytes.size() == static_cast<std::size_t>(tensor.shape.numel()) * size_of(tensor.dtype));
      const auto again = io::parse_safetensors(io::serialise_safetensors(file.tensors, file.metadata), "again");
      REQUIRE(again.tensors == file.tensors);
      REQUIRE(again.metadata == file.metadata);
      ++accepted;
    } catch (const FileError&) {
      ++refused;
    }
  }
  CHECK(accepted + refused == inputs);
  CHECK(accepted > 0);
  WARN(inputs << " mutated files: " << accepted << " loaded, " << refused << " refused");
}
