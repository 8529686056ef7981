// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>

#include <dmdr/core/error.hpp>
#include <dmdr/eigen/class_margin.hpp>
#include <dmdr/eigen/cross_entropy.ipp>

namespace dmdr::eigen {

template <class T>
Tensor<T> class_margin(const Tensor<T>& logits, const ClassLabels& labels, Location where) {
  const Shape& shape = logits.node->shape;
  detail::require_labels("class margin", shape, labels, where);
  const std::int64_t classes = shape[1];
  if (classes < 2) throw ShapeError("class margin: logits " + shape.str() + " have no other class", where);
  auto buffer = std::make_shared<tape::Buffer<T>>(shape[0]);
  for (std::int64_t i = 0; i < shape[0]; ++i) {
    const T* const z = logits.node->data() + i * classes;
    const std::int64_t label = labels.ids()[static_cast<std::size_t>(i)];
    buffer->data()[i] = static_cast<T>(static_cast<double>(z[label]) - detail::log_sum_exp(z, classes, label));
  }
  return {tape::result<T>(Shape{shape[0]}, std::move(buffer), {logits.node}, [labels](tape::Node<T>& self) {
    tape::Node<T>& input = *self.inputs[0];
    T* const target = input.gradient();
    const std::int64_t width = input.shape[1];
    for (std::int64_t i = 0; i < input.shape[0]; ++i) {
      const T* const z = input.data() + i * width;
      const std::int64_t label = labels.ids()[static_cast<std::size_t>(i)];
      const double cotangent = static_cast<double>(self.grad->data()[i]);
      const double norm = detail::log_sum_exp(z, width, label);
      for (std::int64_t k = 0; k < width; ++k)
        target[i * width + k] +=
            static_cast<T>(k == label ? cotangent : -cotangent * std::exp(static_cast<double>(z[k]) - norm));
    }
  })};
}

template <class T>
Tensor<T> ClassMarginModel<T>::score(const Tensor& images, const ClassLabels& labels, Location where) const {
  return class_margin(classifier_.logits(images, where), labels, where);
}

}  // namespace dmdr::eigen
