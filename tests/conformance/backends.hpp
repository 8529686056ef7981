// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tuple>

#include <dmdr/eigen/backend.hpp>
#include <dmdr/reference.hpp>
#if __has_include(<dmdr/libtorch.hpp>)
#include <dmdr/libtorch.hpp>
#endif

#include "minimal_backend.hpp"
#include "support/test_device.hpp"
#include "support/tolerance.hpp"

namespace dmdr::test {

#if __has_include(<dmdr/libtorch.hpp>)
/// The suite makes its backends without arguments: one type for each element type.
struct LibTorchF64 : LibTorch {
  LibTorchF64() : LibTorch{.device = test_device(), .dtype = Dtype::f64} {}
};
struct LibTorchF32 : LibTorch {
  LibTorchF32() : LibTorch{.device = test_device(), .dtype = Dtype::f32} {}
};
template <>
struct Tolerance<LibTorchF32> : FloatTolerance {};
/// Every backend that the suite runs over.
using Backends = std::tuple<Reference, EigenCpu<double>, EigenCpu<float>, minimal::Backend, LibTorchF64, LibTorchF32>;
#else
/// Every backend that the suite runs over.
using Backends = std::tuple<Reference, EigenCpu<double>, EigenCpu<float>, minimal::Backend>;
#endif

template <>
struct Tolerance<EigenCpu<float>> : FloatTolerance {};

}  // namespace dmdr::test
