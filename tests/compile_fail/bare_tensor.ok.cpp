// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

using namespace dmdr;

using Tensor = EigenCpu<float>::Tensor;

Tensor scaled(const Tensor& x, const Tensor& sigma) { return expr::eval(expr::full(x) * expr::per_sample(sigma)); }
