// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace dmdr::libtorch {

/// `LN(x) (1 + scale) + shift`, where LN has no gain and eps 1e-6; x `[B, tokens, w]`, shift and scale `[B, w]`.
///
/// On the host, in single and double precision, one pass over x forward and one backward.
[[nodiscard]] at::Tensor modulated_norm(const at::Tensor& x, const at::Tensor& shift, const at::Tensor& scale);

}  // namespace dmdr::libtorch
