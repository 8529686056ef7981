// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: an expression holds at most 32 tensors and 16 numbers; split it
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

using namespace dmdr;

using Tensor = EigenCpu<float>::Tensor;

auto sum(const Tensor& x) {
  const auto f = expr::full(x);
  const auto four = f + f + f + f;
  return expr::eval(four + four + four + four + four + four + four + four + f);
}
