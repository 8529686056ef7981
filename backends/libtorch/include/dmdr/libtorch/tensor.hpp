// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// The one header of LibTorch that a user's file sees: 2 s to compile where <torch/torch.h> takes 17.
#include <ATen/core/Tensor.h>

#include <dmdr/core/tensor.hpp>
#include <dmdr/expr/terminal.hpp>

namespace dmdr {

struct LibTorch;

/// A tensor of this backend is an `at::Tensor`: whatever else is written against LibTorch can take and give it.
///
/// A default-made (undefined) one counts as a float32 tensor of shape `[0]` on the host. `dtype` throws `DtypeError` for element types
/// that `Dtype` has no name for, `shape` throws `ShapeError` beyond 8 axes, `device` throws `DeviceError` for what is neither the host nor CUDA.
template <>
struct tensor_traits<at::Tensor> {
  using Backend = LibTorch;
  using Elements = ElementTypes<double, float>;
  static Shape shape(const at::Tensor& tensor);
  static Dtype dtype(const at::Tensor& tensor);
  static Device device(const at::Tensor& tensor);
  /// Runs an expression terminal as one autograd node: by the compiled row kernels where they take the leaves, else by LibTorch's
  /// operators; `path` says which, and why. Second derivatives (`create_graph`) always go through the operators.
  static at::Tensor evaluate(const expr::Call<at::Tensor>& call);
  /// Two formulas beside each other (`expr::row_mean_beside_eval`), by the same choice of paths; the results have no history.
  static expr::RowMeanBesideValues<at::Tensor> beside(const expr::Call<at::Tensor>& call);
  static std::string path(const expr::Call<at::Tensor>& call);
};

}  // namespace dmdr
