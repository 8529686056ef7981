// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/random.hpp>
#include <dmdr/eigen/backend.hpp>

#include "support/catch.hpp"

/// Tensors of the Eigen backend for tests: doubles where gradients are compared with finite differences.
namespace eigen_test {

using B64 = dmdr::EigenCpu<double>;
using Tensor = B64::Tensor;

/// Normal numbers, a function of the name alone.
template <class T = double>
typename dmdr::EigenCpu<T>::Tensor normal(const std::string& name, const dmdr::Shape& shape) {
  dmdr::Philox random(7);
  return dmdr::EigenCpu<T>{}.from_host(shape,
                                       random.normal(dmdr::Draw{.stream = name}, shape.rows(), shape.row_size()));
}
template <class T = double>
typename dmdr::EigenCpu<T>::Tensor parameter(const std::string& name, const dmdr::Shape& shape) {
  return dmdr::EigenCpu<T>::parameter(normal<T>(name, shape));
}

/// `sum_i cotangent_i f_i`.
template <class F>
double seeded_sum(F&& f, const std::vector<double>& cotangent) {
  const B64::NoGrad no_grad;
  const std::vector<double> value = B64::to_host(f());
  double sum = 0;
  for (std::size_t i = 0; i < value.size(); ++i) sum += cotangent[i] * value[i];
  return sum;
}

/// Compares the gradients of `f()` to `inputs`, for a random cotangent, with central differences; `f` reads the inputs
/// when called.
template <class F>
void check_gradients(F&& f, std::vector<Tensor> inputs) {
  const Tensor value = f();
  const Tensor cotangent = normal("cotangent", dmdr::shape_of(value));
  const std::vector<double> seed = B64::to_host(cotangent);
  B64::clear_gradients(inputs);
  B64::backward(std::span(&value, 1), std::span(&cotangent, 1));
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const auto gradient = B64::gradient(inputs[k]);
    REQUIRE(gradient);
    const std::span<double> elements = inputs[k].node->values->span();
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const double before = elements[i], step = 1e-5;
      elements[i] = before + step;
      const double up = seeded_sum(f, seed);
      elements[i] = before - step;
      const double down = seeded_sum(f, seed);
      elements[i] = before;
      worst = std::max(worst, std::abs((up - down) / (2 * step) - gradient->values()[i]));
      largest = std::max(largest, std::abs(gradient->values()[i]));
    }
    INFO("input " << k);
    CHECK(largest > 1e-3);
    CHECK(worst < 1e-8 * (1 + largest));
  }
}

}  // namespace eigen_test
