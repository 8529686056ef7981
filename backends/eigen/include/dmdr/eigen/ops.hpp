// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <dmdr/core/location.hpp>
#include <dmdr/eigen/backend.hpp>

namespace dmdr::eigen {

/// A tensor of the backend `EigenCpu<T>`.
template <class T>
using Tensor = tape::Tensor<EigenCpu<T>>;

/// One product of a sum of linear layers: `scale x W^T`.
template <class T>
struct Product {
  Tensor<T> input;   ///< [B, in]
  Tensor<T> weight;  ///< [out, in], the layout of `torch.nn.Linear`
  double scale = 1;
};

/// What is added to the products.
template <class T>
struct Addends {
  std::optional<Tensor<T>> rows = std::nullopt;  ///< [B, out]: a residual
  std::optional<Tensor<T>> bias = std::nullopt;  ///< [out]
};

/// `sum_k scale_k x_k W_k^T + rows + bias`: `[B, out]`, as one node, so that residual, bias and adapter cost no pass of
/// their own.
///
/// Differentiable in all tensors; those that need no gradient cost none. Throws `ShapeError` where shapes do not fit.
template <class T>
[[nodiscard]] Tensor<T> linear_sum(const std::vector<Product<T>>& products, const Addends<T>& addends = {},
                                   Location where = Location::current());

/// `x W^T`: `[B, out]` for x [B, in] and W [out, in].
template <class T>
[[nodiscard]] Tensor<T> linear(const Tensor<T>& x, const Tensor<T>& weight, Location where = Location::current());
/// `x W^T + b`, b [out].
template <class T>
[[nodiscard]] Tensor<T> linear(const Tensor<T>& x, const Tensor<T>& weight, const Tensor<T>& bias,
                               Location where = Location::current());

/// `x sigmoid(x)` at every element (Elfwing et al. 2017).
template <class T>
[[nodiscard]] Tensor<T> silu(const Tensor<T>& x);

/// `x / sqrt(mean x^2 + eps)`, the mean over each sample, without a gain (Zhang & Sennrich 2019).
template <class T>
[[nodiscard]] Tensor<T> rms_norm(const Tensor<T>& x, double eps = 1e-6, Location where = Location::current());

/// Rows `ids[0], ids[1], ...` of a table [n, width]: `[ids.size(), width]`, repeats allowed; differentiable in the
/// table.
///
/// Throws `NumericError` where an id is not a row of the table.
template <class T>
[[nodiscard]] Tensor<T> embedding_rows(const Tensor<T>& table, std::vector<std::int64_t> ids,
                                       Location where = Location::current());

}  // namespace dmdr::eigen

#ifndef DMDR_COMPILED
#include <dmdr/eigen/ops.ipp>  // IWYU pragma: export
#endif
