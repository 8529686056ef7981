// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/core/host_tensor.hpp>

namespace study {

/// Weights in 16 bits (bfloat16), to the nearest: as teachers are kept in files.
[[nodiscard]] dmdr::NamedTensors rounded(const dmdr::NamedTensors& named);

}  // namespace study
