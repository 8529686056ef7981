// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/libtorch/classifier.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/silu.h>

#include <dmdr/core/error.hpp>

#include "network.hpp"

namespace dmdr::libtorch {
namespace {

std::string conv_name(std::size_t i) { return "convs." + std::to_string(i); }

// [B] on the device of the logits, after checks.
at::Tensor label_tensor(const char* what, const at::Tensor& logits, const ClassLabels& labels, Location where) {
  const Shape shape = shape_of(logits);
  if (shape.rank() != 2 || shape[0] != labels.rows())
    throw ShapeError(std::string(what) + ": logits " + shape.str() + " come with " + std::to_string(labels.rows()) +
                         " labels",
                     where);
  for (std::size_t i = 0; i < labels.ids().size(); ++i)
    if (labels.ids()[i] < 0 || labels.ids()[i] >= shape[1])
      throw NumericError(std::string(what) + ": label " + std::to_string(labels.ids()[i]) + " of sample " +
                             std::to_string(i) + " is outside [0, " + std::to_string(shape[1]) + ")",
                         where);
  const at::Tensor borrowed =
      at::from_blob(const_cast<std::int64_t*>(labels.ids().data()), {labels.rows()}, at::dtype(c10::kLong));
  return borrowed.to(logits.device(), c10::kLong, false, /*copy=*/true);
}

}  // namespace

ConvClassifier::ConvClassifier(const LibTorch& backend, ConvClassifierSettings settings, RandomSource& random,
                               Location where)
    : ConvClassifier(std::move(settings)) {
  bool fits = settings_.channels >= 1 && settings_.classes >= 2 && !settings_.widths.empty();
  for (const std::int64_t width : settings_.widths) fits = fits && width >= 1;
  if (!fits)
    throw ConfigError("ConvClassifier: needs one convolution or more, channels and widths of at least 1, and 2 classes",
                      where);
  const auto layer = [&](const std::string& name, const Shape& shape) {
    const double deviation = 1 / std::sqrt(static_cast<double>(shape.row_size()));
    parameters_.emplace(name + ".weight",
                        drawn(backend, "conv_classifier/" + name + ".weight", shape, deviation, random));
    parameters_.emplace(name + ".bias", zeros(backend, Shape{shape[0]}));
  };
  std::int64_t in = settings_.channels;
  for (std::size_t i = 0; i < settings_.widths.size(); ++i) {
    layer(conv_name(i), {settings_.widths[i], in, 3, 3});
    in = settings_.widths[i];
  }
  layer("head", {settings_.classes, in});
}

at::Tensor ConvClassifier::features(const at::Tensor& x, Location where) const {
  const Shape shape = shape_of(x);
  if (shape.rank() != 4 || shape[1] != settings_.channels)
    throw ShapeError("ConvClassifier: x must be [B, " + std::to_string(settings_.channels) + ", h, w], got " +
                         shape.str(),
                     where);
  at::Tensor h = x.to(parameters_.at("head.weight").scalar_type());
  for (std::size_t i = 0; i < settings_.widths.size(); ++i) {
    const std::int64_t stride[] = {i == 0 ? 1 : 2, i == 0 ? 1 : 2}, padding[] = {1, 1};
    h = at::silu(at::conv2d(h, parameters_.at(conv_name(i) + ".weight"), parameters_.at(conv_name(i) + ".bias"), stride,
                            padding));
  }
  return h.mean(c10::IntArrayRef{2, 3});
}

at::Tensor ConvClassifier::logits(const at::Tensor& x, Location where) const {
  return at::linear(features(x, where), parameters_.at("head.weight"), parameters_.at("head.bias"));
}

ConvClassifier ConvClassifier::frozen() const {
  ConvClassifier view(settings_);
  for (const auto& [name, tensor] : parameters_) view.parameters_.emplace(name, LibTorch::detach(tensor));
  return view;
}

at::Tensor cross_entropy(const at::Tensor& logits, const ClassLabels& labels, double smoothing, Location where) {
  return at::cross_entropy_loss(logits, label_tensor("cross entropy", logits, labels, where), {}, 1, -100, smoothing);
}

at::Tensor class_margin(const at::Tensor& logits, const ClassLabels& labels, Location where) {
  const at::Tensor own = label_tensor("class margin", logits, labels, where).unsqueeze(1);
  if (logits.size(1) < 2)
    throw ShapeError("class margin: logits " + shape_of(logits).str() + " have no other class", where);
  const at::Tensor others = logits.scatter(1, own, -std::numeric_limits<double>::infinity());
  return logits.gather(1, own).squeeze(1) - at::logsumexp(others, {1});
}

}  // namespace dmdr::libtorch
