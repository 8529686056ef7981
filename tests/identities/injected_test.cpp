// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identity 2: a gradient put into a loss comes out of it.

#include <cstddef>
#include <vector>

#include <dmdr/core/random.hpp>
#include <dmdr/divergence/split.hpp>
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using B = EigenCpu<double>;

TEST_CASE("an injected gradient arrives as g over the number of elements") {
  const B backend;
  Philox random(2);
  const B::Tensor x = B::parameter(backend.from_host(Shape{3, 7}, random.normal({"x"}, 3, 7)));
  const B::Tensor g = backend.from_host(Shape{3, 7}, random.normal({"g"}, 3, 7));
  const B::Tensor loss = expr::mean(injected(x, g));
  B::backward(loss);
  const std::vector<double> expected = B::to_host(g), got = B::to_host(*B::gradient(x));
  double square = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(got[i] == Approx(expected[i] / 21).epsilon(1e-12).margin(1e-16));
    square += expected[i] * expected[i];
  }
  CHECK(B::to_host(loss)[0] == Approx(square / 42).epsilon(1e-12));
}
