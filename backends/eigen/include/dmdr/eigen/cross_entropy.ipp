// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include <dmdr/core/error.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/eigen/cross_entropy.hpp>
#include <dmdr/eigen/ops.ipp>

namespace dmdr::eigen {

namespace detail {

/// `log sum_k exp(z_k)` over k != skip, in double.
template <class T>
[[nodiscard]] double log_sum_exp(const T* z, std::int64_t size, std::int64_t skip = -1) {
  double largest = -std::numeric_limits<double>::infinity();
  for (std::int64_t k = 0; k < size; ++k) {
    if (k == skip) continue;
    if (std::isnan(z[k])) return static_cast<double>(z[k]);
    largest = std::max(largest, static_cast<double>(z[k]));
  }
  if (std::isinf(largest)) return largest;
  double sum = 0;
  for (std::int64_t k = 0; k < size; ++k)
    if (k != skip) sum += std::exp(static_cast<double>(z[k]) - largest);
  return largest + std::log(sum);
}

/// Checks that logits `[B, classes]` come with one label a sample, each of them a class.
DMDR_INLINE void require_labels(const char* operation, const Shape& logits, const ClassLabels& labels, Location where) {
  require_matrix(operation, "the logits", logits, where);
  if (labels.rows() != logits[0])
    throw ShapeError(std::string(operation) + ": logits " + logits.str() + " come with " +
                         std::to_string(labels.rows()) + " labels",
                     where);
  for (std::int64_t i = 0; i < logits[0]; ++i)
    if (const std::int64_t label = labels.ids()[static_cast<std::size_t>(i)]; label < 0 || label >= logits[1])
      throw NumericError(std::string(operation) + ": label " + std::to_string(label) + " of sample " +
                             std::to_string(i) + " is outside [0, " + std::to_string(logits[1]) + ")",
                         where);
}

}  // namespace detail

template <class T>
Tensor<T> cross_entropy(const Tensor<T>& logits, const ClassLabels& labels, double smoothing, Location where) {
  const Shape& shape = logits.node->shape;
  detail::require_labels("cross-entropy", shape, labels, where);
  if (shape[0] == 0) throw NumericError("cross-entropy: the batch is empty", where);
  if (!(smoothing >= 0 && smoothing <= 1))
    throw NumericError("cross-entropy: a label smoothing of " + std::to_string(smoothing) + " is outside [0, 1]",
                       where);
  const std::int64_t classes = shape[1];
  const double share = smoothing / static_cast<double>(classes);
  double sum = 0;
  for (std::int64_t i = 0; i < shape[0]; ++i) {
    const T* const z = logits.node->data() + i * classes;
    const double norm = detail::log_sum_exp(z, classes);
    for (std::int64_t k = 0; share != 0 && k < classes; ++k) sum += share * (norm - static_cast<double>(z[k]));
    sum += (1 - smoothing) * (norm - static_cast<double>(z[labels.ids()[static_cast<std::size_t>(i)]]));
  }
  auto buffer = std::make_shared<tape::Buffer<T>>(1);
  buffer->data()[0] = static_cast<T>(sum / static_cast<double>(shape[0]));
  return {tape::result<T>(Shape{}, std::move(buffer), {logits.node}, [labels, smoothing, share](tape::Node<T>& self) {
    tape::Node<T>& input = *self.inputs[0];
    T* const target = input.gradient();
    const std::int64_t width = input.shape[1];
    const double scale = static_cast<double>(self.grad->data()[0]) / static_cast<double>(input.shape[0]);
    for (std::int64_t i = 0; i < input.shape[0]; ++i) {
      const T* const z = input.data() + i * width;
      const double norm = detail::log_sum_exp(z, width);
      const std::int64_t label = labels.ids()[static_cast<std::size_t>(i)];
      for (std::int64_t k = 0; k < width; ++k) {
        const double wanted = share + (k == label ? 1 - smoothing : 0);
        target[i * width + k] += static_cast<T>(scale * (std::exp(static_cast<double>(z[k]) - norm) - wanted));
      }
    }
  })};
}

}  // namespace dmdr::eigen
