// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <ATen/core/Tensor.h>

namespace dmdr::libtorch {

/// The joint 2-norm of all elements. On the host it is summed in double in an order that depends on the extents alone: LibTorch's own norm
/// depends on the number of threads.
[[nodiscard]] double joint_norm(std::span<const at::Tensor> tensors);

}  // namespace dmdr::libtorch
