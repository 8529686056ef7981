// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: row_mean_beside_eval takes formulas with one number an element; put full\(x\) into both
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

using namespace dmdr;

using Tensor = EigenCpu<float>::Tensor;

auto both(const Tensor& w, const Tensor& x) {
  return expr::row_mean_beside_eval(expr::stop_gradient(expr::per_sample(w)), expr::stop_gradient(expr::full(x)));
}
