// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/tape/backend_on.hpp>

namespace dmdr::tape {

template <class B, class T>
BackendOn<B, T>::AdamW::AdamW(std::vector<Tensor> parameters, const AdamWSettings& settings)
    : parameters_(std::move(parameters)), settings_(settings) {
  for (const Tensor& parameter : parameters_) {
    first_.emplace_back(static_cast<std::size_t>(parameter.node->shape.numel()), T(0));
    second_.emplace_back(static_cast<std::size_t>(parameter.node->shape.numel()), T(0));
  }
}

template <class B, class T>
void BackendOn<B, T>::AdamW::step(double learning_rate) {
  ++steps_;
  const double correction1 = 1 - std::pow(settings_.beta1, static_cast<double>(steps_));
  const double correction2 = 1 - std::pow(settings_.beta2, static_cast<double>(steps_));
  const T decay = static_cast<T>(1 - learning_rate * settings_.weight_decay);
  const T beta1 = static_cast<T>(settings_.beta1), beta2 = static_cast<T>(settings_.beta2);
  const T rest1 = static_cast<T>(1 - settings_.beta1), rest2 = static_cast<T>(1 - settings_.beta2);
  const T size = static_cast<T>(learning_rate / correction1);
  const T root2 = static_cast<T>(1 / std::sqrt(correction2));
  const T eps = static_cast<T>(settings_.eps);
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    Node<T>& node = *parameters_[k].node;
    if (!node.grad) continue;
    T* const value = node.data();
    const T* const grad = node.grad->data();
    T* const first = first_[k].data();
    T* const second = second_[k].data();
    for (std::int64_t i = 0; i < node.shape.numel(); ++i) {
      first[i] = beta1 * first[i] + rest1 * grad[i];
      second[i] = beta2 * second[i] + rest2 * grad[i] * grad[i];
      value[i] = value[i] * decay - size * first[i] / (std::sqrt(second[i]) * root2 + eps);
    }
  }
}

template <class B, class T>
auto BackendOn<B, T>::AdamW::state() const -> NamedTensors {
  NamedTensors named;
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    const std::string name = std::to_string(k);
    named.emplace(name + ".exp_avg", HostTensor::from<T>(parameters_[k].node->shape, std::span<const T>(first_[k])));
    named.emplace(name + ".exp_avg_sq",
                  HostTensor::from<T>(parameters_[k].node->shape, std::span<const T>(second_[k])));
  }
  named.emplace("step", HostTensor::from<std::int64_t>(Shape{}, std::span(&steps_, 1)));
  return named;
}

template <class B, class T>
void BackendOn<B, T>::AdamW::restore(const NamedTensors& state, Location where) {
  const auto find = [&](const std::string& name, const Shape& shape) -> const HostTensor& {
    const auto found = state.find(name);
    if (found == state.end()) throw FileError("optimiser state: tensor " + name + " is missing", where);
    if (!(found->second.shape == shape))
      throw FileError("optimiser state: " + name + " is " + found->second.shape.str() + ", expected " + shape.str(),
                      where);
    return found->second;
  };
  std::vector<std::vector<T>> first, second;
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    const std::string name = std::to_string(k);
    first.push_back(find(name + ".exp_avg", parameters_[k].node->shape).template as<T>(where));
    second.push_back(find(name + ".exp_avg_sq", parameters_[k].node->shape).template as<T>(where));
  }
  steps_ = find("step", Shape{}).template as<std::int64_t>(where)[0];
  first_ = std::move(first);
  second_ = std::move(second);
}

}  // namespace dmdr::tape
