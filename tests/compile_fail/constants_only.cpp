// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: an expression of numbers alone has no backend; put a tensor into it
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

using namespace dmdr;

using Tensor = EigenCpu<float>::Tensor;

auto two(const Tensor&) { return expr::eval(expr::scalar(1.0) + 1); }
