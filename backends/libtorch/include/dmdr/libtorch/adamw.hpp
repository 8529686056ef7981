// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include <dmdr/core/adamw_settings.hpp>
#include <dmdr/core/host_tensor.hpp>
#include <dmdr/core/location.hpp>

namespace dmdr::libtorch {

/// AdamW by LibTorch's fused kernel: one pass over all parameters, on the host and on CUDA.
///
/// Moments are in the type of the parameters, float32 for parameters of 16 bits, which then have a float32 master copy that the update works
/// on and that they are rounded from.
class AdamW {
 public:
  /// Throws `DtypeError` for a parameter that is no floating-point tensor.
  AdamW(std::vector<at::Tensor> parameters, const AdamWSettings& settings, Location where = Location::current());

  /// One update from the gradients held by the parameters; a parameter without one is left alone.
  void step(double learning_rate);
  /// Moments `<k>.exp_avg` and `<k>.exp_avg_sq` of parameter k, `<k>.master` of those of 16 bits, and the count `step`.
  [[nodiscard]] NamedTensors state() const;
  /// Takes back what `state()` gave. Throws `FileError` where a tensor is missing or of another shape, `DtypeError` where it has another
  /// element type; the old state stays then.
  void restore(const NamedTensors& state, Location where = Location::current());

 private:
  struct Slot {
    at::Tensor parameter, value, first, second;  // value: the parameter itself, or its master copy
  };
  std::vector<Slot> slots_;
  AdamWSettings settings_;
  std::int64_t steps_ = 0;
};

}  // namespace dmdr::libtorch
