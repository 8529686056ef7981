// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace dmdr::libtorch {

/// GELU in the form with tanh (Hendrycks and Gimpel 2016, the one of DiT and SiT), `x (1 + tanh(u)) / 2` with `u = sqrt(2 / pi) (x + .044715 x^3)`.
///
/// float32 and float64 on the host take it as the expression `x sigmoid(2 u)`: the same function with one exponential, in one pass forward and one
/// backward. Everything else takes LibTorch's operator.
[[nodiscard]] at::Tensor gelu_tanh(const at::Tensor& x);

}  // namespace dmdr::libtorch
