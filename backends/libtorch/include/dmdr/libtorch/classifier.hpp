// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/libtorch/backend.hpp>
#include <dmdr/model/denoiser.hpp>
#include <dmdr/reward/class_margin.hpp>

namespace dmdr {
namespace libtorch {

/// Settings of a `ConvClassifier`.
struct ConvClassifierSettings {
  std::int64_t channels = 1;                 ///< of the image
  std::vector<std::int64_t> widths{32, 64};  ///< channels of each convolution
  std::int64_t classes = 10;

  template <class V>
  void visit(V&& v) {
    v("channels", channels, at_least(1));
    v("widths", widths, Items{.each = at_least(1), .min_count = 1});
    v("classes", classes, at_least(2));
  }
};

/// A small convolutional classifier: what rewards a generated image, and what judges it.
///
/// `h = silu(convs.<i>(h))`, 3 x 3 with zero padding 1, stride 1 for the first and 2 for the others; the mean over all pixels are the features,
/// `head` makes logits of them. It can be moved; `frozen()` is the view for those who do not train it.
class ConvClassifier {
 public:
  using Tensor = at::Tensor;

  /// Weights are normal with std 1/sqrt(fan-in), biases zero; draws are the streams `conv_classifier/<name>`.
  ///
  /// Throws `ConfigError` where there is no convolution or a number is below 1 (classes: 2).
  ConvClassifier(const LibTorch& backend, ConvClassifierSettings settings, RandomSource& random,
                 Location where = Location::current());
  ConvClassifier(ConvClassifier&&) noexcept = default;
  ConvClassifier& operator=(ConvClassifier&&) noexcept = default;
  ~ConvClassifier() = default;

  /// Of images `[B, channels, h, w]`: `[B, widths.back()]`. Throws `ShapeError` where x has another shape.
  [[nodiscard]] Tensor features(const Tensor& x, Location where = Location::current()) const;
  /// Unnormalised log-probabilities of the classes: `[B, classes]`.
  [[nodiscard]] Tensor logits(const Tensor& x, Location where = Location::current()) const;

  [[nodiscard]] Parameters<Tensor>& parameters() noexcept { return parameters_; }
  [[nodiscard]] const Parameters<Tensor>& parameters() const noexcept { return parameters_; }
  [[nodiscard]] const ConvClassifierSettings& settings() const noexcept { return settings_; }

  /// A view of the same elements that no gradient reaches; it follows when this one is trained on.
  [[nodiscard]] ConvClassifier frozen() const;

 private:
  explicit ConvClassifier(ConvClassifierSettings settings) : settings_(std::move(settings)) {}

  ConvClassifierSettings settings_;
  Parameters<Tensor> parameters_;
};

/// `mean_i -sum_c q_ic log softmax(z_i)_c` with `q = (1 - smoothing) onehot(label) + smoothing / classes`: `[]`.
///
/// Throws `ShapeError` where logits `[B, classes]` and labels do not fit, `NumericError` for a label that is no class.
[[nodiscard]] at::Tensor cross_entropy(const at::Tensor& logits, const ClassLabels& labels, double smoothing = 0,
                                       Location where = Location::current());
/// `z_c - logsumexp(z over the other classes)` of logits `[B, classes]`: `[B]`. Throws as `cross_entropy`.
[[nodiscard]] at::Tensor class_margin(const at::Tensor& logits, const ClassLabels& labels,
                                      Location where = Location::current());

/// The reward `ClassMargin` on LibTorch: the margin of a classifier that the reward cannot train.
class ClassMarginModel {
 public:
  /// Sees the elements of `classifier`, without a copy.
  explicit ClassMarginModel(const ConvClassifier& classifier) : classifier_(classifier.frozen()) {}

  /// Margins of images `[B, channels, h, w]` in [-1, 1]: `[B]`, differentiable in the images.
  [[nodiscard]] at::Tensor score(const at::Tensor& images, const ClassLabels& labels,
                                 Location where = Location::current()) const {
    return class_margin(classifier_.logits(images, where), labels, where);
  }
  [[nodiscard]] const ConvClassifier& classifier() const noexcept { return classifier_; }

 private:
  ConvClassifier classifier_;
};

static_assert(RewardModel<ClassMarginModel, at::Tensor, ClassLabels>);

}  // namespace libtorch

template <>
struct reward_model_of<LibTorch, ClassMargin> {
  using type = libtorch::ClassMarginModel;
};

}  // namespace dmdr
