// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/model/denoiser.hpp>
#include <dmdr/reward/reward.hpp>
#include <dmdr/train/trainer.hpp>

namespace dmdr::toy {

/// Numbers on the line: no clamp, no decoder but the identity.
struct Line {
  static constexpr bool needs_decoder = true;
};

/// A one-dimensional generator with known answers (algorithms of the identities 14 to 16).
struct Toy {
  using role = role::generator;
  using Path = RectifiedFlow;
  using Prediction = Velocity;
  using Condition = ClassLabels;
  using Space = Line;
  static constexpr bool adapters = false;
  static constexpr const char* name = "Toy";
  [[nodiscard]] std::vector<std::int64_t> sample_shape() const { return {1}; }
  [[nodiscard]] RectifiedFlow path() const { return {}; }
};

/// Two forms of a network with the parameters "a" and "b":
///   affine      x0 = a + b x, the generator at t = 1;
///   posterior   x0 = E[x0 | x_t] of the Gaussian N(a, b): a teacher, or a fake score that learns mean and variance.
template <Backend B>
class ToyNetwork {
 public:
  using Tensor = typename B::Tensor;
  using Condition = ClassLabels;
  enum class Form : std::uint8_t { affine, posterior };

  ToyNetwork(const B& backend, Form form, double a, double b) : backend_(backend), form_(form) {
    base_.emplace("a", B::parameter(backend.from_host(Shape{1}, std::vector<double>{a})));
    base_.emplace("b", B::parameter(backend.from_host(Shape{1}, std::vector<double>{b})));
  }

  [[nodiscard]] Tensor predict(const Tensor& x, const Times& times, const ClassLabels&, double = 0) const {
    const PathTensors<Tensor> at = path_tensors(backend_, RectifiedFlow{}, times);
    const auto a = expr::scalar(base_.at("a"), "a");
    const auto b = expr::scalar(base_.at("b"), "b");
    const auto t = expr::per_sample(at.sigma, "t");
    const auto rest = expr::per_sample(at.alpha, "1-t");
    if (form_ == Form::affine) return expr::eval((expr::full(x) - a - b * expr::full(x)) / t);
    return expr::eval(
        (expr::full(x) - a - rest * b / (expr::square(rest) * b + expr::square(t)) * (expr::full(x) - rest * a)) / t);
  }
  [[nodiscard]] Parameters<Tensor>& base() { return base_; }
  [[nodiscard]] Parameters<Tensor>& adapter() { return adapter_; }
  [[nodiscard]] ToyNetwork clone() const {
    ToyNetwork copy = *this;
    for (auto& [name, tensor] : copy.base_) tensor = B::parameter(tensor);
    return copy;
  }
  [[nodiscard]] ToyNetwork share(RandomSource&) const { return *this; }
  [[nodiscard]] double value(const char* name) const { return B::to_host(base_.at(name))[0]; }

 private:
  B backend_;
  Form form_;
  Parameters<Tensor> base_, adapter_;
};

/// r = slope x.
struct Linear {
  using role = role::reward;
  using Condition = ClassLabels;
  static constexpr bool differentiable = true;
  static constexpr bool scores_images = true;
  static constexpr const char* name = "Linear";
};
template <Backend B>
struct LinearModel {
  double slope = 1;
  [[nodiscard]] typename B::Tensor score(const typename B::Tensor& x, const ClassLabels&) const {
    return expr::row_mean(slope * expr::full(x));
  }
};
template <class B>
struct Identity {
  struct type {
    [[nodiscard]] typename B::Tensor decode(const typename B::Tensor& x) const { return x; }
  };
};

/// Labels of one class.
inline ClassLabels one_class(RandomSource&, std::uint64_t, std::int64_t batch) {
  return ClassLabels(std::vector<std::int64_t>(static_cast<std::size_t>(batch), 0));
}

}  // namespace dmdr::toy

template <dmdr::Backend B>
struct dmdr::network_of<B, dmdr::toy::Toy> {
  using type = dmdr::toy::ToyNetwork<B>;
};
template <dmdr::Backend B>
struct dmdr::reward_model_of<B, dmdr::toy::Linear> {
  using type = dmdr::toy::LinearModel<B>;
};
template <dmdr::Backend B>
struct dmdr::decoder_of<B, dmdr::toy::Toy> : dmdr::toy::Identity<B> {};
