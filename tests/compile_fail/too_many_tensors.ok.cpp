// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

using namespace dmdr;

using Tensor = EigenCpu<float>::Tensor;

auto sum(const Tensor& x) {
  const auto f = expr::full(x);
  const auto four = f + f + f + f;
  const Tensor sum_of_24 = expr::eval(four + four + four + four + four + four);
  return expr::eval(expr::full(sum_of_24) + f);
}
