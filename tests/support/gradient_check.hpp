// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/core/random.hpp>

#include "support/catch.hpp"

namespace dmdr::test {

/// Numbers of a shape, uniform on (low, high) and rounded to float, so that every backend holds the same; a function of the name alone.
inline std::vector<double> seeded(const std::string& name, const Shape& shape, double low = -1, double high = 1) {
  std::vector<double> values(static_cast<std::size_t>(shape.numel()));
  const std::int64_t sample = 0;
  Philox(20260101).uniform(Draw{.stream = name}, std::span(&sample, 1), shape.numel(), values);
  for (double& value : values) value = static_cast<double>(static_cast<float>(low + (high - low) * value));
  return values;
}

/// df/dx by central differences, extrapolated over two steps: the error is of fourth order in `step * max(1, |x|)`.
inline double slope_of(const std::function<double(double)>& f, double x, double step = 1e-3) {
  const double h = step * std::max(1.0, std::abs(x));
  const double far = (f(x + h) - f(x - h)) / (2 * h), near = (f(x + h / 2) - f(x - h / 2)) / h;
  return near + (near - far) / 3;
}

/// The largest difference of two lists, over 1 + the largest number of the second.
inline double distance(const std::vector<double>& got, const std::vector<double>& wanted) {
  REQUIRE(got.size() == wanted.size());
  double worst = 0, largest = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (std::isnan(got[i]) || std::isnan(wanted[i])) return std::nan("");
    worst = std::max(worst, std::abs(got[i] - wanted[i]));
    largest = std::max(largest, std::abs(wanted[i]));
  }
  return worst / (1 + largest);
}

/// A function of tensors.
template <class B>
using TensorFunction = std::function<typename B::Tensor(const std::vector<typename B::Tensor>&)>;

/// Values and gradients of a function at host values, for the cotangent `seeded("cotangent", shape of the result)`.
struct Evaluated {
  Shape shape;
  std::vector<double> value;
  std::vector<std::vector<double>> gradients;  ///< one an input; empty where none arrived
};

/// Runs `f` forward and backward on a backend, every input a parameter.
template <DifferentiableBackend B>
[[nodiscard]] Evaluated evaluated(const B& backend, const TensorFunction<B>& f, const std::vector<Shape>& shapes,
                                  const std::vector<std::vector<double>>& inputs) {
  using Tensor = typename B::Tensor;
  std::vector<Tensor> tensors;
  for (std::size_t k = 0; k < inputs.size(); ++k)
    tensors.push_back(B::parameter(backend.from_host(shapes[k], inputs[k])));
  const Tensor result = f(tensors);
  Evaluated out{shape_of(result), B::to_host(result), {}};
  const Tensor cotangent = backend.from_host(out.shape, seeded("cotangent", out.shape));
  B::backward(std::span<const Tensor>(&result, 1), std::span<const Tensor>(&cotangent, 1));
  for (const Tensor& tensor : tensors) {
    const auto gradient = B::gradient(tensor);
    out.gradients.push_back(gradient ? B::to_host(*gradient) : std::vector<double>{});
  }
  return out;
}

/// Compares the gradients of `f` on a backend of doubles with central differences of its values there.
template <DifferentiableBackend B>
void check_gradients(const B& backend, const TensorFunction<B>& f, const std::vector<Shape>& shapes,
                     const std::vector<std::vector<double>>& inputs, double tolerance = 1e-8) {
  const Evaluated got = evaluated(backend, f, shapes, inputs);
  const std::vector<double> cotangent = seeded("cotangent", got.shape);
  const auto dot = [&](const std::vector<std::vector<double>>& at) {
    const typename B::NoGrad no_grad;
    std::vector<typename B::Tensor> tensors;
    for (std::size_t k = 0; k < at.size(); ++k) tensors.push_back(backend.from_host(shapes[k], at[k]));
    const std::vector<double> value = B::to_host(f(tensors));
    double sum = 0;
    for (std::size_t i = 0; i < value.size(); ++i) sum += cotangent[i] * value[i];
    return sum;
  };
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    std::vector<double> wanted;
    std::vector<std::vector<double>> moved = inputs;
    for (std::size_t i = 0; i < inputs[k].size(); ++i) {
      wanted.push_back(slope_of(
          [&](double x) {
            moved[k][i] = x;
            return dot(moved);
          },
          inputs[k][i]));
      moved[k][i] = inputs[k][i];
    }
    INFO("input " << k);
    CHECK(distance(got.gradients[k], wanted) < tolerance);
  }
}

}  // namespace dmdr::test
