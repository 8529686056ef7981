// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: one expression mixes tensors of two backends; bring them to one backend first
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/reference.hpp>

using namespace dmdr;

using Tensor = EigenCpu<float>::Tensor;

Tensor sum(const Tensor& x, const Reference::Tensor& y) { return expr::eval(expr::full(x) + expr::full(y)); }
