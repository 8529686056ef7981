// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <span>
#include <vector>

#include <dmdr/core/host_tensor.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;

namespace {

const std::vector<float> six{1, 2, 3, 4, 5, 6};

HostTensor tensor_of_six() { return HostTensor::from<float>({2, 3}, std::span(six)); }

}  // namespace

TEST_CASE("a host tensor gives back what was put in") {
  const HostTensor tensor = tensor_of_six();
  CHECK(tensor.dtype == Dtype::f32);
  CHECK(tensor.bytes.size() == 24);
  CHECK(tensor.as<float>() == six);
  CHECK(HostTensor::from<double>({0, 4}, std::span<const double>{}).as<double>().empty());
}

TEST_CASE("a host tensor of another count of values is refused") {
  CHECK_THROWS_WITH(HostTensor::from<float>({2, 2}, std::span(six)), ContainsSubstring("[2, 2] needs 4 values, got 6"));
  CHECK_THROWS_AS(HostTensor::from<float>({7}, std::span(six)), ShapeError);
}

TEST_CASE("a host tensor is not read as another type") {
  CHECK_THROWS_WITH(tensor_of_six().as<double>(), ContainsSubstring("holds float32, asked for float64"));
  CHECK_THROWS_AS(tensor_of_six().as<std::int32_t>(), DtypeError);
}

TEST_CASE("a host tensor whose bytes are not as many as its shape says is not read") {
  HostTensor tensor = tensor_of_six();
  tensor.bytes.resize(28);
  CHECK_THROWS_WITH(tensor.as<float>(), ContainsSubstring("[2, 3] float32 comes with 28 bytes"));
  tensor.bytes.resize(22);
  CHECK_THROWS_AS(tensor.as<float>(), ShapeError);
}

TEST_CASE("host tensors are equal where shape, type and every byte are") {
  const HostTensor tensor = tensor_of_six();
  HostTensor other = tensor;
  CHECK(other == tensor);
  other.bytes[5] ^= std::byte{1};
  CHECK_FALSE(other == tensor);
  CHECK_FALSE(HostTensor::from<float>({3, 2}, std::span(six)) == tensor);
}

TEST_CASE("the tensors under a prefix lose it, and no others come along") {
  NamedTensors named;
  for (const char* name : {"fake", "fake/a", "fake/b", "fake0/a", "student/a"}) named.emplace(name, tensor_of_six());
  const NamedTensors part = tensors_under(named, "fake/");
  REQUIRE(part.size() == 2);
  CHECK(part.contains("a"));
  CHECK(part.contains("b"));
  CHECK(tensors_under(named, "absent/").empty());
}
