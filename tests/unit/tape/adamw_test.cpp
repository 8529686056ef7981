// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <span>
#include <vector>

#include <dmdr/eigen/backend.hpp>

#include "support/catch.hpp"
#include "support/gradient_check.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using test::seeded;

namespace {

using B = EigenCpu<float>;
using Tensor = B::Tensor;

Tensor tensor(const Shape& shape, const std::vector<double>& values) { return B{}.from_host(shape, values); }
Tensor parameter(const Shape& shape, const std::vector<double>& values) { return B::parameter(tensor(shape, values)); }
}  // namespace

TEST_CASE("AdamW does what its formula says, in the order that PyTorch has") {
  const AdamWSettings settings{.learning_rate = 0.1, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-6, .weight_decay = 0.3};
  const Tensor x = parameter({2}, {1.5, -0.5}), idle = parameter({1}, {7});
  B::AdamW optimiser({x, idle}, settings);
  std::vector<double> wanted{1.5, -0.5}, m(2), v(2);
  for (int k = 1; k <= 5; ++k) {
    const double rate = 0.1 / k;
    B::backward(expr::mean(expr::square(expr::full(x))));  // gradient x
    optimiser.step(rate);
    for (std::size_t i = 0; i < 2; ++i) {
      const double g = wanted[i];
      wanted[i] *= 1 - rate * settings.weight_decay;
      m[i] = 0.8 * m[i] + 0.2 * g;
      v[i] = 0.95 * v[i] + 0.05 * g * g;
      wanted[i] -= rate * (m[i] / (1 - std::pow(0.8, k))) / (std::sqrt(v[i] / (1 - std::pow(0.95, k))) + 1e-6);
    }
    B::clear_gradients(std::span(&x, 1));
    CHECK(test::distance(B::to_host(x), wanted) < 1e-6);
  }
  CHECK(B::to_host(idle) == std::vector<double>{7});
}

TEST_CASE("AdamW goes on bit for bit after its state was stored and restored") {
  const Shape shape{5};
  const auto descend = [&](const Tensor& x, B::AdamW& optimiser) {
    B::backward(expr::mean(expr::square(expr::full(x))));
    optimiser.step(0.05);
    B::clear_gradients(std::span(&x, 1));
  };
  const Tensor x = parameter(shape, seeded("x", shape));
  B::AdamW optimiser({x}, {});
  for (int k = 0; k < 3; ++k) descend(x, optimiser);
  const Tensor resumed = B::parameter(B{}.load(B::store(x)));
  B::AdamW other({resumed}, {});
  other.restore(optimiser.state());
  CHECK(other.state() == optimiser.state());
  for (int k = 0; k < 3; ++k) {
    descend(x, optimiser);
    descend(resumed, other);
  }
  CHECK(B::to_host(resumed) == B::to_host(x));
  CHECK(other.state() == optimiser.state());
}

TEST_CASE("an optimiser state that does not fit is refused, and the old one stays") {
  const Tensor x = parameter({2}, {1, 2});
  B::AdamW optimiser({x}, {});
  B::backward(expr::mean(expr::square(expr::full(x))));
  optimiser.step(0.1);
  const NamedTensors before = optimiser.state();
  NamedTensors missing = before, other = before, wide = before, counted = before;
  missing.erase("0.exp_avg_sq");
  CHECK_THROWS_WITH(optimiser.restore(missing), ContainsSubstring("tensor 0.exp_avg_sq is missing"));
  other["0.exp_avg"] = B::store(tensor({3}, {1, 2, 3}));
  CHECK_THROWS_WITH(optimiser.restore(other), ContainsSubstring("0.exp_avg is [3], expected [2]"));
  wide["0.exp_avg"] = EigenCpu<double>::store(EigenCpu<double>{}.from_host({2}, std::vector<double>{1, 2}));
  CHECK_THROWS_AS(optimiser.restore(wide), DtypeError);
  counted["step"] = B::store(tensor({}, {1}));
  CHECK_THROWS_AS(optimiser.restore(counted), DtypeError);
  CHECK(optimiser.state() == before);
}
