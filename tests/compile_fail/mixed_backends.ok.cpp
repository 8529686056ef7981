// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/reference.hpp>

using namespace dmdr;

using Tensor = EigenCpu<float>::Tensor;

Tensor sum(const Tensor& x, const Reference::Tensor& y) {
  const Tensor here = EigenCpu<float>{}.from_host(shape_of(y), Reference::to_host(y));
  return expr::eval(expr::full(x) + expr::full(here));
}
