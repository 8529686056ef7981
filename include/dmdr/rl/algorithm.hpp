// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <vector>

#include <dmdr/core/role.hpp>
#include <dmdr/diffusion/rollout.hpp>
#include <dmdr/divergence/groups.hpp>

namespace dmdr {

/// What an RL algorithm sees in one generator update.
///
/// `predict(x, times, condition)` is the student with gradients; `scores(images)` every reward of the pack, differentiable where the reward is;
/// `images(x0)` decodes and clamps. `x0` is the clean image of the generator step that the DMD term uses, with its gradient.
template <class PredictionKind, class Student, class Scores, class Images, class Tensor, class Condition,
          class Advantage>
struct RlContext {
  using Prediction = PredictionKind;
  const Student& predict;
  const Scores& scores;
  const Images& images;
  const Tensor& x0;
  const Condition& condition;
  const Groups& groups;
  const Rollout<Tensor>& rollout;
  const Advantage& advantage;
  std::vector<double> reward_weights;
  std::vector<double> reward_margins;
};

/// What an algorithm hands back: its loss (a scalar with a gradient, or none) and figures to log.
template <class Tensor>
struct RlOutcome {
  std::optional<Tensor> loss;
  double reward = 0;           ///< mean weighted reward of the images that it scored
  double ratio_deviation = 0;  ///< largest |ratio - 1| of a likelihood ratio; 0 for algorithms without
};

/// The traits that the composition asks of an RL algorithm; its `loss(backend, context)` is a template.
template <class A>
concept RlAlgorithm = std::copyable<A> && std::same_as<role_of_t<A>, role::rl> && requires {
  { A::needs_reward } -> std::convertible_to<bool>;
  { A::needs_differentiable_reward } -> std::convertible_to<bool>;
  { A::needs_transitions } -> std::convertible_to<bool>;
};

/// No reward term: distillation alone.
struct NoRl {
  using role = role::rl;
  static constexpr bool needs_reward = false;
  static constexpr bool needs_differentiable_reward = false;
  static constexpr bool needs_transitions = false;

  template <class B, class Context>
  [[nodiscard]] RlOutcome<typename B::Tensor> loss(const B&, const Context&) const {
    return {};
  }
};

}  // namespace dmdr
