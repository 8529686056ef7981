// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>

#include <dmdr/core/error.hpp>
#include <dmdr/eigen/classifier.hpp>
#include <dmdr/eigen/cross_entropy.hpp>
#include <dmdr/eigen/ops.hpp>
#include <dmdr/reward/class_margin.hpp>

namespace dmdr {
namespace eigen {

/// `z_c - logsumexp(z over the other classes)` of logits `[B, classes]`: `[B]`.
///
/// Throws `ShapeError` where logits and labels do not fit or there is one class only, `NumericError` for a label that
/// is no class.
template <class T>
[[nodiscard]] Tensor<T> class_margin(const Tensor<T>& logits, const ClassLabels& labels,
                                     Location where = Location::current()) {
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

/// The reward `ClassMargin` on the Eigen backend: the margin of a classifier that the reward cannot train.
template <class T>
class ClassMarginModel {
 public:
  using Tensor = eigen::Tensor<T>;

  /// Sees the elements of `classifier`, without a copy.
  explicit ClassMarginModel(const Classifier<T>& classifier) : classifier_(classifier.frozen()) {}

  /// Margins of images `[B, pixels]` in [-1, 1]: `[B]`, differentiable in the images.
  [[nodiscard]] Tensor score(const Tensor& images, const ClassLabels& labels,
                             Location where = Location::current()) const {
    return class_margin(classifier_.logits(images, where), labels, where);
  }
  [[nodiscard]] const Classifier<T>& classifier() const noexcept { return classifier_; }

 private:
  Classifier<T> classifier_;
};

static_assert(RewardModel<ClassMarginModel<float>, Tensor<float>, ClassLabels>);

}  // namespace eigen

template <class T>
struct reward_model_of<EigenCpu<T>, ClassMargin> {
  using type = eigen::ClassMarginModel<T>;
};

}  // namespace dmdr
