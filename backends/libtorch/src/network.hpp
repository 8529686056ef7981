// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include <dmdr/core/random.hpp>
#include <dmdr/diffusion/time.hpp>
#include <dmdr/libtorch/backend.hpp>
#include <dmdr/model/condition.hpp>

// What the networks of this backend share: checks of their input, and how their tensors come into being.

namespace dmdr::libtorch {

/// Throws `ShapeError` where there is not one time and one condition (`conditions` is their name) for each of `x`'s samples, `NumericError` for
/// an empty batch.
void require_rows(const std::string& network, const Shape& x, const Times& times, std::int64_t count,
                  const std::string& conditions, Location where);
/// Rows of a class table whose last row, `classes`, is the null label's. Throws `NumericError` for a label that is neither.
[[nodiscard]] std::vector<std::int64_t> table_rows(const std::string& network, const ClassLabels& labels,
                                                   std::int64_t classes, Location where);

/// The backend with the type of the weights.
[[nodiscard]] LibTorch network_backend(const LibTorch& backend);
/// A trainable tensor of normal numbers, drawn from the stream of that name.
[[nodiscard]] at::Tensor drawn(const LibTorch& backend, const std::string& stream, const Shape& shape, double deviation,
                               RandomSource& random);
/// A trainable tensor of zeros.
[[nodiscard]] at::Tensor zeros(const LibTorch& backend, const Shape& shape);
/// A copy that requires a gradient where the tensor does.
[[nodiscard]] at::Tensor copied(const at::Tensor& tensor);

}  // namespace dmdr::libtorch
