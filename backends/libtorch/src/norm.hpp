// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <ATen/core/Tensor.h>

namespace dmdr::libtorch {

/// The joint 2-norm of all elements, `[]` in float64, on the device of the tensors. On the host it is summed in double in an order that depends on the extents alone: LibTorch's own norm
/// depends on the number of threads.
[[nodiscard]] at::Tensor joint_norm(std::span<const at::Tensor> tensors);

}  // namespace dmdr::libtorch
