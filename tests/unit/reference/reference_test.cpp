// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <dmdr/reference.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::expr;
using Catch::Matchers::WithinAbs;

namespace {

Reference::Tensor parameter(const std::vector<double>& values) {
  return Reference::parameter(Reference{}.from_host({static_cast<std::int64_t>(values.size())}, values));
}

}  // namespace

TEST_CASE("the reference's differences are right to ten digits, for large and small numbers") {
  const Reference::Tensor x = parameter({-3, 1e-4, 0.5, 40});
  const Reference::Tensor y = eval(full(x) * tanh(0.1 * full(x)));
  const Reference::Tensor ones = Reference{}.from_host({4}, std::vector<double>(4, 1));
  Reference::backward(std::span(&y, 1), std::span(&ones, 1));
  const std::vector<double> values = Reference::to_host(x), got = Reference::to_host(*Reference::gradient(x));
  for (std::size_t i = 0; i < 4; ++i) {
    const double t = std::tanh(0.1 * values[i]);
    CHECK_THAT(got[i], WithinAbs(t + 0.1 * values[i] * (1 - t * t), 1e-10));
  }
}

TEST_CASE("a tensor that stands on both sides of a tie has one slope, not half of two") {
  const Reference::Tensor x = parameter({0.3, -0.7});
  Reference::backward(mean(maximum(exp(full(x)), exp(clamp(full(x), -1, 1)))));
  const std::vector<double> got = Reference::to_host(*Reference::gradient(x));
  CHECK_THAT(got[0], WithinAbs(std::exp(0.3) / 2, 1e-11));
  CHECK_THAT(got[1], WithinAbs(std::exp(-0.7) / 2, 1e-11));
}

TEST_CASE("a tensor beside its detached view is told apart from it") {
  const Reference::Tensor x = parameter({2, 3});
  Reference::backward(mean(full(x) * full(Reference::detach(x))));
  const std::vector<double> got = Reference::to_host(*Reference::gradient(x));
  CHECK_THAT(got[0], WithinAbs(1, 1e-11));
  CHECK_THAT(got[1], WithinAbs(1.5, 1e-11));
}
