// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/eigen/classifier.hpp>
#include <dmdr/eigen/initial.hpp>

namespace dmdr::eigen {

template <class T>
Classifier<T>::Classifier(const EigenCpu<T>& backend, ClassifierSettings settings, RandomSource& random, Location where)
    : settings_(std::move(settings)) {
  const std::vector<std::int64_t>& sizes = settings_.sizes;
  if (sizes.size() < 3)
    throw ConfigError("classifier: sizes are input, at least one hidden layer, and classes; got " +
                          std::to_string(sizes.size()),
                      where);
  for (const std::int64_t size : sizes)
    if (size < 1) throw ConfigError("classifier: a size of " + std::to_string(size) + " is below 1", where);
  for (std::size_t i = 0; i < layers(); ++i) {
    const double deviation = 1 / std::sqrt(static_cast<double>(sizes[i]));
    parameters_.emplace(weight(i), initial_normal(backend, "classifier/" + weight(i), {sizes[i + 1], sizes[i]},
                                                  deviation, random));
    parameters_.emplace(bias(i), initial_zero(backend, {sizes[i + 1]}));
  }
}

template <class T>
auto Classifier<T>::features(const Tensor& x, Location where) const -> Tensor {
  if (shape_of(x).rank() != 2 || shape_of(x)[1] != settings_.sizes[0])
    throw ShapeError("classifier: x must be [B, " + std::to_string(settings_.sizes[0]) + "], got " + shape_of(x).str(),
                     where);
  Tensor h = x;
  for (std::size_t i = 0; i + 1 < layers(); ++i) h = silu(layer(i, h));
  return h;
}

template <class T>
auto Classifier<T>::logits(const Tensor& x, Location where) const -> Tensor {
  return layer(layers() - 1, features(x, where));
}

template <class T>
auto Classifier<T>::frozen() const -> Classifier {
  Classifier view(settings_);
  for (const auto& [name, tensor] : parameters_) view.parameters_.emplace(name, EigenCpu<T>::detach(tensor));
  return view;
}

template <class T>
auto Classifier<T>::layer(std::size_t i, const Tensor& x) const -> Tensor {
  return linear(x, parameters_.at(weight(i)), parameters_.at(bias(i)));
}

}  // namespace dmdr::eigen
