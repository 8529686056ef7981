// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "backends.hpp"
#include "support/catch.hpp"
#include "support/gradient_check.hpp"

// Duties of backends/README.md: "The optimiser".

using namespace dmdr;
using namespace dmdr::test;

namespace {

using Numbers = std::vector<double>;
constexpr AdamWSettings settings{.learning_rate = 99, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-6, .weight_decay = 0.3};

template <class B>
typename B::Tensor parameter(const Shape& shape, const Numbers& values) {
  return B::parameter(B{}.from_host(shape, values));
}
/// Leaves the gradient `gradient` in x.
template <class B>
void give(const typename B::Tensor& x, const Numbers& gradient) {
  const auto y = B::reshape(x, shape_of(x)), seed = B{}.from_host(shape_of(x), gradient);
  B::clear_gradients(std::span(&x, 1));
  B::backward(std::span(&y, 1), std::span(&seed, 1));
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("AdamW follows its formula at the learning rate of the step", "", Backends) {
  const auto x = parameter<TestType>({2}, {1.5, -0.5}), idle = parameter<TestType>({1}, {7});
  typename TestType::AdamW optimiser({x, idle}, settings);
  Numbers wanted{1.5, -0.5}, m(2), v(2);
  for (int k = 1; k <= 6; ++k) {
    const Numbers g{std::sin(k), 0.5 / k};
    const double rate = 0.1 / k;
    give<TestType>(x, g);
    optimiser.step(rate);
    for (std::size_t i = 0; i < 2; ++i) {
      m[i] = 0.8 * m[i] + 0.2 * g[i];
      v[i] = 0.95 * v[i] + 0.05 * g[i] * g[i];
      wanted[i] -= rate * settings.weight_decay * wanted[i];
      wanted[i] -= rate * (m[i] / (1 - std::pow(0.8, k))) / (std::sqrt(v[i] / (1 - std::pow(0.95, k))) + 1e-6);
    }
    CHECK(distance(TestType::to_host(x), wanted) < Tolerance<TestType>::value);
    CHECK(TestType::gradient(x));
  }
  CHECK(TestType::to_host(idle) == Numbers{7});
}

TEMPLATE_LIST_TEST_CASE("AdamW goes on bit for bit from its stored state", "", Backends) {
  const auto x = parameter<TestType>({3}, {1, 2, 3});
  typename TestType::AdamW optimiser({x}, settings);
  const auto descend = [](const auto& tensor, auto& with, int k) {
    give<TestType>(tensor, {std::cos(k), std::sin(k), 1.0 / k});
    with.step(0.05);
  };
  for (int k = 1; k <= 3; ++k) descend(x, optimiser, k);
  const auto resumed = TestType::parameter(TestType{}.load(TestType::store(x)));
  typename TestType::AdamW other({resumed}, settings);
  other.restore(optimiser.state());
  for (int k = 4; k <= 6; ++k) {
    descend(x, optimiser, k);
    descend(resumed, other, k);
  }
  CHECK(TestType::store(resumed) == TestType::store(x));
  CHECK(other.state() == optimiser.state());
}

TEMPLATE_LIST_TEST_CASE("the state of AdamW is two moments a parameter, of its shape, and an int64 count", "",
                        Backends) {
  const auto a = parameter<TestType>({2, 3}, {1, 2, 3, 4, 5, 6}), b = parameter<TestType>({}, {1});
  typename TestType::AdamW optimiser({a, b}, settings);
  give<TestType>(b, {1});
  optimiser.step(0.1);
  const NamedTensors state = optimiser.state();
  REQUIRE(state.size() == 5);
  CHECK(state.at("0.exp_avg").shape == Shape{2, 3});
  CHECK(state.at("1.exp_avg_sq").shape == Shape{});
  CHECK(state.at("step").as<std::int64_t>() == std::vector<std::int64_t>{1});
}

TEMPLATE_LIST_TEST_CASE("a state that does not fit is refused, and the old one stays", "", Backends) {
  const auto x = parameter<TestType>({2}, {1, 2});
  typename TestType::AdamW optimiser({x}, settings);
  give<TestType>(x, {1, -1});
  optimiser.step(0.1);
  const NamedTensors before = optimiser.state();
  for (const char* name : {"0.exp_avg", "0.exp_avg_sq", "step"}) {
    NamedTensors missing = before, reshaped = before, retyped = before;
    missing.erase(name);
    CHECK_THROWS_AS(optimiser.restore(missing), FileError);
    reshaped[name].shape = Shape{3};
    CHECK_THROWS_AS(optimiser.restore(reshaped), FileError);
    retyped[name].dtype = Dtype::u8;
    CHECK_THROWS_AS(optimiser.restore(retyped), DtypeError);
  }
  CHECK(optimiser.state() == before);
}
