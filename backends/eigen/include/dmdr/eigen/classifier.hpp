// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/eigen/cross_entropy.hpp>
#include <dmdr/eigen/ops.hpp>
#include <dmdr/model/denoiser.hpp>

namespace dmdr::eigen {

/// Settings of a `Classifier`.
struct ClassifierSettings {
  std::vector<std::int64_t> sizes{64, 256, 10};  ///< input, hidden layers, classes

  template <class V>
  void visit(V&& v) {
    v("sizes", sizes, Items{.each = at_least(1), .min_count = 3});
  }
};

/// A multilayer perceptron with biases and SiLU between its layers: what rewards a generated image, and what judges it.
///
/// Layer i computes `layers.i.weight x + layers.i.bias`. It can be moved; `frozen()` is the view for those who do not
/// train it.
template <class T>
class Classifier {
 public:
  using Tensor = eigen::Tensor<T>;

  /// Weights are normal with std 1/sqrt(fan-in), biases zero; draws are the streams `classifier/<name>`.
  ///
  /// Throws `ConfigError` where there is no hidden layer or a size is below 1.
  Classifier(const EigenCpu<T>& backend, ClassifierSettings settings, RandomSource& random,
             Location where = Location::current());
  Classifier(Classifier&&) noexcept = default;
  Classifier& operator=(Classifier&&) noexcept = default;
  ~Classifier() = default;

  /// The last hidden layer of `x` `[B, sizes[0]]`, after its SiLU: `[B, sizes[n - 2]]`. Throws `ShapeError` where x has
  /// another shape.
  [[nodiscard]] Tensor features(const Tensor& x, Location where = Location::current()) const;
  /// Unnormalised log-probabilities of the classes: `[B, classes]`.
  [[nodiscard]] Tensor logits(const Tensor& x, Location where = Location::current()) const;

  [[nodiscard]] Parameters<Tensor>& parameters() noexcept { return parameters_; }
  [[nodiscard]] const Parameters<Tensor>& parameters() const noexcept { return parameters_; }
  [[nodiscard]] const ClassifierSettings& settings() const noexcept { return settings_; }
  [[nodiscard]] std::int64_t classes() const noexcept { return settings_.sizes.back(); }

  /// A view of the same elements that no gradient reaches; it follows when this one is trained on.
  [[nodiscard]] Classifier frozen() const;

 private:
  explicit Classifier(ClassifierSettings settings) : settings_(std::move(settings)) {}
  [[nodiscard]] std::size_t layers() const noexcept { return settings_.sizes.size() - 1; }
  [[nodiscard]] static std::string weight(std::size_t i) { return "layers." + std::to_string(i) + ".weight"; }
  [[nodiscard]] static std::string bias(std::size_t i) { return "layers." + std::to_string(i) + ".bias"; }
  [[nodiscard]] Tensor layer(std::size_t i, const Tensor& x) const;

  ClassifierSettings settings_;
  Parameters<Tensor> parameters_;
};

}  // namespace dmdr::eigen

#ifndef DMDR_COMPILED
#include <dmdr/eigen/classifier.ipp>  // IWYU pragma: export
#endif
