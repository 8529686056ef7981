// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: row_mean_beside_eval gives no gradient; write stop_gradient around both formulas
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

using namespace dmdr;

using Tensor = EigenCpu<float>::Tensor;

auto both(const Tensor& x) {
  return expr::row_mean_beside_eval(expr::stop_gradient(expr::full(x)), expr::square(expr::full(x)));
}
