// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/extrema.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/rl/advantage.hpp>
#include <dmdr/rl/algorithm.hpp>

namespace dmdr {

/// PPO's clipped objective a sample: `max(-A rho, -A clip(rho, 1-c, 1+c))`, `rho = exp(logp - logp_old)`; tensors `[B]`.
template <TensorHandle Tensor>
[[nodiscard]] auto clipped_objective(Tensor log_prob, Tensor old_log_prob, Tensor advantage, double clip) {
  const auto rho = expr::exp(expr::full(log_prob, "log_prob") - expr::full(old_log_prob, "old_log_prob"));
  const auto gain = -expr::full(advantage, "advantage");
  return expr::maximum(gain * rho, gain * expr::clamp(rho, 1 - clip, 1 + clip));
}

/// Group-relative policy optimisation over the student's own stochastic transitions (Flow-GRPO 2505.05470 in the few-step form of DMDR):
/// the KL term is replaced by the DMD loss that the trainer adds.
///
/// Every transition with noise counts, averaged; the final, noiseless step gets its gradient from DMD. One optimiser step follows a rollout,
/// so the ratio is 1 when its gradient is taken; its deviation from 1 is reported, because anything else means that rollout and update see
/// different students. Zero-variance groups have advantage 0.
template <class Likelihood = GaussianLogProb>
struct GrpoWith {
  using role = role::rl;
  static constexpr bool needs_reward = true;
  static constexpr bool needs_differentiable_reward = false;
  static constexpr bool needs_transitions = true;
  double clip = 1e-4;

  template <class B, class Context>
  [[nodiscard]] RlOutcome<typename B::Tensor> loss(const B& backend, const Context& context) const {
    using Tensor = typename B::Tensor;
    using Kind = typename Context::Prediction;
    RlOutcome<Tensor> outcome;
    std::vector<std::vector<double>> rewards;
    {
      const typename B::NoGrad no_grad;
      for (const Tensor& score : context.scores(context.images(context.rollout.full)))
        rewards.push_back(B::to_host(score));
    }
    const std::vector<double> advantage = context.advantage.advantages(rewards, context.reward_weights, context.groups);
    for (const double r : detail::weighted_sum(rewards, context.reward_weights))
      outcome.reward += r / static_cast<double>(advantage.size());
    const Shape batch{static_cast<std::int64_t>(advantage.size())};
    const Tensor gain = backend.from_host(batch, advantage);
    std::int64_t stochastic = 0;
    for (const TransitionRecord<Tensor>& step : context.rollout.transitions)
      stochastic += step.coefficients.std > 0 ? 1 : 0;
    for (const TransitionRecord<Tensor>& step : context.rollout.transitions) {
      if (step.coefficients.std == 0) continue;
      Tensor old_log_prob;
      {
        const typename B::NoGrad no_grad;
        old_log_prob = expr::row_mean(
            Likelihood::template elements<Kind>(step.state, step.output, step.next, step.from, step.coefficients));
      }
      const Tensor output = context.predict(step.state, Times(batch[0], step.time), context.condition);
      const Tensor log_prob = expr::row_mean(
          Likelihood::template elements<Kind>(step.state, output, step.next, step.from, step.coefficients));
      const Tensor part =
          expr::mean(clipped_objective(log_prob, old_log_prob, gain, clip) / static_cast<double>(stochastic));
      outcome.loss = outcome.loss ? expr::eval(expr::scalar(*outcome.loss) + expr::scalar(part)) : part;
      const std::vector<double> now = B::to_host(log_prob), before = B::to_host(old_log_prob);
      for (std::size_t i = 0; i < now.size(); ++i)
        outcome.ratio_deviation =
            dmdr::detail::larger(outcome.ratio_deviation, std::abs(std::exp(now[i] - before[i]) - 1));
    }
    return outcome;
  }
  template <class V>
  void visit(V&& v) {
    v("clip", clip, positive);
  }
};
using Grpo = GrpoWith<>;

}  // namespace dmdr
