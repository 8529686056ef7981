// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numbers>
#include <set>

#include <dmdr/io/digest.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/safetensors.hpp>

#include "support/catch.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using dmdr::test::slurp;
using dmdr::test::TemporaryDirectory;

namespace {

template <class T>
HostTensor tensor(const Shape& shape, const std::vector<T>& values) {
  return HostTensor::from<T>(shape, std::span<const T>(values));
}

/// The tensors that tests/golden/generate_io.py writes.
NamedTensors python_tensors() {
  NamedTensors tensors;
  std::vector<float> weight;
  for (int i = 0; i < 12; ++i) weight.push_back(static_cast<float>(i) / 8 - 0.5F);
  tensors["weight"] = tensor<float>({3, 4}, weight);
  tensors["bias"] = tensor<double>({3}, {1e-300, -0.0, std::numbers::pi});
  const auto byte = [](int value) { return static_cast<std::byte>(value); };
  tensors["half"] = {{2, 1}, Dtype::f16, {byte(0x00), byte(0x3E), byte(0xFF), byte(0xFB)}};
  tensors["steps"] = tensor<std::int64_t>({2}, {-(std::int64_t{1} << 62), 7});
  tensors["index"] = tensor<std::int32_t>({1, 1, 3}, {1, -2, 3});
  tensors["pixels"] = tensor<std::uint8_t>({5}, {0, 1, 2, 3, 4});
  tensors["scalar"] = tensor<float>({}, {2.5F});
  tensors["empty"] = tensor<float>({0, 3}, {});
  tensors["name \"with\" \\ and\ttab, \x01, \u00e9 and \u5b57"] = tensor<std::uint8_t>({1}, {1});
  return tensors;
}

std::string data(const std::string& name) { return std::string(DMDR_TEST_DATA) + "/io/" + name; }

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("a file of the format's Python package is read to the same tensors", "[io][safetensors]") {
  const io::SafetensorsFile file = io::read_safetensors(data("python.safetensors"));
  CHECK(file.tensors == python_tensors());
  CHECK(file.metadata.empty());
}

TEST_CASE("metadata of the Python package is read with its escapes resolved", "[io][safetensors]") {
  const io::SafetensorsFile file = io::read_safetensors(data("python_metadata.safetensors"));
  CHECK(file.tensors == python_tensors());
  CHECK(file.metadata == io::Metadata{{"format", "pt \"quoted\"\n"}});
}

TEST_CASE("the bytes written are those of the Python package", "[io][safetensors]") {
  CHECK(text_of(io::serialise_safetensors(python_tensors())) == slurp(data("python.safetensors")));
  CHECK(text_of(io::serialise_safetensors(python_tensors(), {{"format", "pt \"quoted\"\n"}})) ==
        slurp(data("python_metadata.safetensors")));
  CHECK(text_of(io::serialise_safetensors({})) == slurp(data("python_empty.safetensors")));
}

TEST_CASE("tensors of every dtype come back from memory bit for bit", "[io][safetensors]") {
  NamedTensors tensors = python_tensors();
  tensors["bf16"] = {{2, 2}, Dtype::bf16, std::vector<std::byte>(8, std::byte{0x7F})};
  tensors["nan"] = tensor<double>({2}, {std::nan("1"), -std::numeric_limits<double>::infinity()});
  tensors["eight axes"] = tensor<float>({1, 1, 2, 1, 1, 1, 1, 1}, {1, 2});
  tensors[""] = tensor<float>({1}, {9});
  tensors[std::string("nul\0inside", 10)] = tensor<float>({1}, {8});
  const io::Metadata metadata{{"a", ""}, {"", "b"}, {"control", "\b\f\r\x1f/"}};
  const io::SafetensorsFile file = io::parse_safetensors(io::serialise_safetensors(tensors, metadata), "memory");
  CHECK(file.tensors == tensors);
  CHECK(file.metadata == metadata);
}

TEST_CASE("a written file reads back, and both report the digest of its bytes", "[io][safetensors]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "a.safetensors";
  const io::WrittenFile written = io::write_safetensors(path, python_tensors(), {{"k", "v"}});
  const io::SafetensorsFile file = io::read_safetensors(path);
  CHECK(file.tensors == python_tensors());
  CHECK(written.bytes == slurp(path).size());
  CHECK(written.xxh3_128 == io::xxh3_128(slurp(path)));
  CHECK(file.xxh3_128 == written.xxh3_128);
}

TEST_CASE("the payload begins at a multiple of eight bytes whatever the names are", "[io][safetensors]") {
  for (std::size_t length = 0; length < 9; ++length) {
    const NamedTensors tensors{{std::string(length, 'n'), tensor<double>({1}, {1})}};
    const std::vector<std::byte> bytes = io::serialise_safetensors(tensors);
    CHECK((bytes.size() - 8) % 8 == 0);
  }
}

TEST_CASE("escapes and surrogate pairs in a foreign header are resolved", "[io][safetensors]") {
  const std::string header =
      R"({ "\u0061\/\ud83d\ude00\u20ac" : {"data_offsets":[0,1] , "shape":[ 1 ],"dtype":"\u0055\u0038"} }   )";
  std::string bytes(1, static_cast<char>(header.size()));
  bytes += std::string(7, '\0') + header + "\x05";
  const io::SafetensorsFile file = io::parse_safetensors(io::bytes_of(bytes), "foreign");
  REQUIRE(file.tensors.size() == 1);
  CHECK(file.tensors.begin()->first == "a/\U0001F600\u20ac");
  CHECK(file.tensors.begin()->second == tensor<std::uint8_t>({1}, {5}));
}

TEST_CASE("a tensor whose bytes do not fit its shape is not written", "[io][safetensors]") {
  const NamedTensors tensors{{"w", {{2}, Dtype::f32, std::vector<std::byte>(7)}}};
  CHECK_THROWS_AS(io::serialise_safetensors(tensors), ShapeError);
}

TEST_CASE("names that a file cannot hold are refused when writing", "[io][safetensors]") {
  CHECK_THROWS_AS(io::serialise_safetensors({{"__metadata__", tensor<float>({1}, {1})}}), FileError);
  CHECK_THROWS_AS(io::serialise_safetensors({{"\xC0\x80", tensor<float>({1}, {1})}}), FileError);
  CHECK_THROWS_AS(io::serialise_safetensors({}, {{"k", "\xED\xA0\x80"}}), FileError);
}

TEST_CASE("every safetensors fault has a sentence of its own", "[io][safetensors]") {
  std::set<std::string_view> sentences;
  const int last = static_cast<int>(io::SafetensorsFault::duplicate_metadata);
  for (int fault = 0; fault <= last; ++fault)
    sentences.insert(io::sentence_of(static_cast<io::SafetensorsFault>(fault)));
  CHECK(sentences.size() == static_cast<std::size_t>(last) + 1);
  CHECK(sentences.count("unknown fault") == 0);
}

TEST_CASE("an error names the operation, the file, the fault, the tensor and the caller's line", "[io][safetensors]") {
  const std::string header = R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})";
  std::string bytes(1, static_cast<char>(header.size()));
  bytes += std::string(7, '\0') + header + std::string(8, '\0');
  unsigned line = 0;
  try {
    line = __LINE__ + 1;
    (void)io::parse_safetensors(io::bytes_of(bytes), "some/file");
    FAIL("accepted");
  } catch (const io::SafetensorsError& error) {
    CHECK(error.fault() == io::SafetensorsFault::size_mismatch);
    CHECK(std::string(error.what()) ==
          "dmdr: file error: read safetensors \"some/file\": a tensor's offsets do not enclose the bytes of its shape "
          "and "
          "dtype: \"w\"\n  at " +
              std::string(__FILE__) + ":" + std::to_string(line));
  }
}

TEST_CASE("a missing file is an error that names the path and the cause", "[io][safetensors]") {
  const TemporaryDirectory directory;
  CHECK_THROWS_WITH(io::read_safetensors(directory / "none.safetensors"),
                    Catch::Matchers::ContainsSubstring("none.safetensors") &&
                        Catch::Matchers::ContainsSubstring("No such file or directory"));
}
