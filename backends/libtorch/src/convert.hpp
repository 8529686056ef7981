// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <ATen/core/Tensor.h>

#include <dmdr/core/dtype.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/core/shape.hpp>

namespace dmdr::libtorch {

[[nodiscard]] c10::ScalarType scalar_type(Dtype dtype);
/// Nothing for types that `Dtype` has no name for.
[[nodiscard]] std::optional<Dtype> dtype_of(c10::ScalarType type);
/// Throws `DeviceError` where this program cannot compute on the device.
[[nodiscard]] c10::Device torch_device(Device device, Location where);
[[nodiscard]] c10::IntArrayRef sizes_of(const Shape& shape);

}  // namespace dmdr::libtorch
