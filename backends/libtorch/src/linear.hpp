// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace dmdr::libtorch {

/// An adapter of a linear layer: `gain (x A^T) B^T`, A `[r, in]`, B `[out, r]`.
struct LowRank {
  at::Tensor a{}, b{};
  double gain = 0;
  bool may_merge =
      true;  ///< into the weight, where nothing is recorded and that takes fewer operations; it rounds otherwise
};

/// `x W^T + bias`, and what an adapter adds where one is given; x `[..., in]`, W `[out, in]`, bias `[out]`.
///
/// On the host, in single and double precision, the adapter is added by the products themselves, forward and backward, and the products are
/// those that `libtorch::products()` names.
[[nodiscard]] at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                                const LowRank& adapter = {});

}  // namespace dmdr::libtorch
