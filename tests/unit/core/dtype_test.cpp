// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>

#include <dmdr/core/dtype.hpp>

#include "support/catch.hpp"

using namespace dmdr;

TEST_CASE("an element type has PyTorch's name and its size") {
  CHECK(std::string(name_of(Dtype::f64)) == "float64");
  CHECK(std::string(name_of(Dtype::f32)) == "float32");
  CHECK(std::string(name_of(Dtype::f16)) == "float16");
  CHECK(std::string(name_of(Dtype::bf16)) == "bfloat16");
  CHECK(std::string(name_of(Dtype::i64)) == "int64");
  CHECK(std::string(name_of(Dtype::i32)) == "int32");
  CHECK(std::string(name_of(Dtype::u8)) == "uint8");
  CHECK(size_of(Dtype::f64) == sizeof(double));
  CHECK(size_of(Dtype::f32) == sizeof(float));
  CHECK(size_of(Dtype::f16) == 2);
  CHECK(size_of(Dtype::bf16) == 2);
  CHECK(size_of(Dtype::i64) == 8);
  CHECK(size_of(Dtype::i32) == 4);
  CHECK(size_of(Dtype::u8) == 1);
}

TEST_CASE("a C++ scalar has its element type") {
  CHECK(dtype_v<double> == Dtype::f64);
  CHECK(dtype_v<float> == Dtype::f32);
  CHECK(dtype_v<std::int64_t> == Dtype::i64);
  CHECK(dtype_v<std::int32_t> == Dtype::i32);
  CHECK(dtype_v<std::uint8_t> == Dtype::u8);
}

TEST_CASE("a device is named as PyTorch names it") {
  CHECK(Device{}.str() == "cpu");
  CHECK(Device{Device::Kind::cuda, 1}.str() == "cuda:1");
  CHECK_FALSE(Device{} == Device{Device::Kind::cuda, 0});
}
