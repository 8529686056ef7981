// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <span>
#include <vector>

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>

#include <dmdr/libtorch/backend.hpp>

#include "support/libtorch_catch.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;

namespace {
const std::vector<double> six{1, 2, 3, 4, 5, 6};
}

TEST_CASE("TF32 is allowed or forbidden for products and convolutions alike") {
  for (const bool on : {true, false}) {
    libtorch::set_tf32(on);
    CHECK(at::globalContext().allowTF32CuBLAS() == on);
    CHECK(at::globalContext().allowTF32CuDNN() == on);
  }
}

TEST_CASE("a device that is not there is refused by name") {
  if (libtorch::has_cuda()) {
    CHECK_THROWS_AS((LibTorch{.device = {Device::Kind::cuda, 99}}.from_host({6}, six)), DeviceError);
  } else {
    CHECK_THROWS_AS((LibTorch{.device = {Device::Kind::cuda, 0}}.from_host({6}, six)), DeviceError);
    CHECK_THROWS_WITH((LibTorch{.device = {Device::Kind::cuda, 0}}.from_host({6}, six)),
                      ContainsSubstring("cuda:0 was asked for"));
  }
}

TEST_CASE("data of a type that is no floating-point type is refused") {
  CHECK_THROWS_AS((LibTorch{.dtype = Dtype::i64}.from_host({6}, six)), DtypeError);
  CHECK_THROWS_AS(LibTorch{}.load(HostTensor::from<std::int64_t>({1}, std::vector<std::int64_t>{1})), DtypeError);
  CHECK_THROWS_AS(libtorch::AdamW({LibTorch{}.from_host({6}, six).to(c10::kLong)}, {}), DtypeError);
}

TEST_CASE("16-bit floats are read, and stored as they are") {
  const at::Tensor x = LibTorch{}.from_host({2, 3}, six);
  for (const c10::ScalarType type : {c10::kHalf, c10::kBFloat16}) {
    const HostTensor host = LibTorch::store(x.to(type));
    CHECK(host.bytes.size() == 12);
    CHECK(LibTorch::to_host(LibTorch{}.load(host)) == six);
  }
}

TEST_CASE("AdamW keeps a float32 copy of 16-bit weights, so that small updates add up") {
  const at::Tensor start = LibTorch{}.from_host({4}, std::vector<double>(4, 1));
  const auto train = [](at::Tensor weight) {
    libtorch::AdamW optimiser({weight}, {});
    for (int i = 0; i < 50; ++i) {
      weight.mutable_grad() = LibTorch{}.from_host({4}, std::vector<double>(4, 1)).to(weight.scalar_type());
      optimiser.step(1e-4);  // 1e-4 of 1 is lost in bfloat16, whose next number below 1 is .996
    }
    return LibTorch::to_host(weight);
  };
  const double exact = train(LibTorch::parameter(start))[0];
  CHECK(exact == Catch::Approx(0.995).margin(1e-5));
  CHECK(train(LibTorch::parameter(start.to(c10::kBFloat16)))[0] == Catch::Approx(exact).margin(2e-3));
}

TEST_CASE("the state of AdamW over 16-bit weights goes on bit for bit") {
  const auto fresh = [] {
    return LibTorch::parameter(LibTorch{}.from_host({2}, std::vector<double>{1, -2}).to(c10::kBFloat16));
  };
  const auto step = [](at::Tensor& weight, libtorch::AdamW& optimiser) {
    weight.mutable_grad() = weight.detach() * 0.5;
    optimiser.step(1e-3);
  };
  at::Tensor whole = fresh();
  libtorch::AdamW one({whole}, {.weight_decay = 0.1});
  for (int i = 0; i < 6; ++i) step(whole, one);
  at::Tensor first = fresh();
  libtorch::AdamW two({first}, {.weight_decay = 0.1});
  for (int i = 0; i < 3; ++i) step(first, two);
  at::Tensor second = LibTorch::parameter(first);
  libtorch::AdamW three({second}, {.weight_decay = 0.1});
  three.restore(two.state());
  for (int i = 0; i < 3; ++i) step(second, three);
  CHECK(LibTorch::store(second) == LibTorch::store(whole));
  CHECK(three.state() == one.state());
}

TEST_CASE("deterministic mode and threads can be asked for") {
  libtorch::set_deterministic(true);
  const at::Tensor x = LibTorch{}.from_host({2, 3}, six);
  CHECK(LibTorch::to_host(LibTorch::take_rows(x, std::vector<std::int64_t>{1})) == std::vector<double>{4, 5, 6});
  libtorch::set_deterministic(false);
  CHECK_THROWS_AS(libtorch::set_threads(0), ConfigError);
  CHECK_THAT(libtorch::version(), Catch::Matchers::StartsWith("2."));
}
