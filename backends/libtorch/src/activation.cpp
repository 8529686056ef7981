// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "activation.hpp"

#include <ATen/core/Tensor.h>
#include <ATen/ops/gelu.h>

#include <dmdr/libtorch/backend.hpp>

namespace dmdr::libtorch {

at::Tensor gelu_tanh(const at::Tensor& x) {
  const bool by_kernels =
      x.is_cpu() && x.is_contiguous() && (x.scalar_type() == c10::kFloat || x.scalar_type() == c10::kDouble);
  if (!by_kernels) return at::gelu(x, "tanh");
  constexpr double twice_root = 1.5957691216057308;  // 2 sqrt(2 / pi)
  const auto v = expr::full(x);
  return expr::eval(v * expr::sigmoid(v * (twice_root + twice_root * 0.044715 * expr::square(v))));
}

}  // namespace dmdr::libtorch
