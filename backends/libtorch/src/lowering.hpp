// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <ATen/core/Tensor.h>

#include <dmdr/expr/terminal.hpp>

namespace dmdr::libtorch {

/// A terminal of a formula by LibTorch's operators: for layouts, devices and element types that the row kernels do not take, for second
/// derivatives, and as their oracle.
///
/// Computes in the widest type of the leaves, at least float32; sums in double, in an order that depends on the extents alone. Throws `Error`
/// for an operation of the user's own, which only compiled kernels know.
[[nodiscard]] at::Tensor lowered(const expr::Call<at::Tensor>& call);

/// The same for two formulas beside each other, without gradient.
[[nodiscard]] expr::RowMeanBesideValues<at::Tensor> lowered_beside(const expr::Call<at::Tensor>& call);

}  // namespace dmdr::libtorch
