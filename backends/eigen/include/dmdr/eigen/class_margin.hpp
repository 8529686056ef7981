// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/core/location.hpp>
#include <dmdr/eigen/classifier.hpp>
#include <dmdr/eigen/ops.hpp>
#include <dmdr/model/condition.hpp>
#include <dmdr/reward/class_margin.hpp>

namespace dmdr {
namespace eigen {

/// `z_c - logsumexp(z over the other classes)` of logits `[B, classes]`: `[B]`.
///
/// Throws `ShapeError` where logits and labels do not fit or there is one class only, `NumericError` for a label that
/// is no class.
template <class T>
[[nodiscard]] Tensor<T> class_margin(const Tensor<T>& logits, const ClassLabels& labels,
                                     Location where = Location::current());

/// The reward `ClassMargin` on the Eigen backend: the margin of a classifier that the reward cannot train.
template <class T>
class ClassMarginModel {
 public:
  using Tensor = eigen::Tensor<T>;

  /// Sees the elements of `classifier`, without a copy.
  explicit ClassMarginModel(const Classifier<T>& classifier) : classifier_(classifier.frozen()) {}

  /// Margins of images `[B, pixels]` in [-1, 1]: `[B]`, differentiable in the images.
  [[nodiscard]] Tensor score(const Tensor& images, const ClassLabels& labels,
                             Location where = Location::current()) const;
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

#ifndef DMDR_COMPILED
#include <dmdr/eigen/class_margin.ipp>  // IWYU pragma: export
#endif
