// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "formula_check.hpp"

using namespace dmdr;
using namespace dmdr::test;

TEST_CASE("all backends agree on the injected gradient, whose slope is not that of its value") {
  check_formula<formulas::Injected, false>();
}

TEMPLATE_LIST_TEST_CASE("an injected gradient g reaches the image as g / numel, and g gets none", "", Backends) {
  using B = TestType;
  const Shape shape = formula_shape;
  const std::vector<double> g = seeded("g", shape, -0.1, 0.1);
  const auto x = B::parameter(B{}.from_host(shape, seeded("x0", shape)));
  const auto direction = B::parameter(B{}.from_host(shape, g));
  const auto loss = expr::mean(injected(x, direction));
  B::backward(loss);
  double half_mean_square = 0;
  std::vector<double> wanted;
  for (const double value : g) {
    half_mean_square += 0.5 * value * value / static_cast<double>(g.size());
    wanted.push_back(value / static_cast<double>(g.size()));
  }
  CHECK(distance(B::to_host(loss), {half_mean_square}) < Tolerance<B>::value);
  CHECK(distance(B::to_host(*B::gradient(x)), wanted) < Tolerance<B>::gradient / 100);
  if (const auto reached = B::gradient(direction))
    for (const double value : B::to_host(*reached)) CHECK(value == 0);
}
