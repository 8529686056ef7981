// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/rl/algorithm.hpp>

namespace dmdr {

/// Mean of `relu(margin - r)` over the batch: ReFL's loss of one reward; above the margin a sample no longer pulls.
template <TensorHandle Tensor>
[[nodiscard]] auto reward_hinge(Tensor reward, double margin) {
  return expr::relu(margin - expr::full(reward, "reward"));
}

/// Reward feedback learning (ImageReward 2304.05977) in the few-step form of DMDR: the reward's gradient through the clean image of
/// one generator step, `L = sum_k weight_k mean relu(margin_k - r_k)`. The DMD term takes the regulariser's place.
///
/// `hinge = false` drops the hinge (`mean(-r)`); a finite margin of a `Term` overrides `margin`.
struct ReFL {
  using role = role::rl;
  static constexpr bool needs_reward = true;
  static constexpr bool needs_differentiable_reward = true;
  static constexpr bool needs_transitions = false;
  double margin = 0.7;
  bool hinge = true;

  template <class B, class Context>
  [[nodiscard]] RlOutcome<typename B::Tensor> loss(const B&, const Context& context) const {
    using Tensor = typename B::Tensor;
    const std::vector<Tensor> scores = context.scores(context.images(context.x0));
    RlOutcome<Tensor> outcome;
    for (std::size_t k = 0; k < scores.size(); ++k) {
      const double weight = context.reward_weights[k];
      const double own = context.reward_margins[k];
      const Tensor part = hinge ? expr::mean(weight * reward_hinge(scores[k], std::isfinite(own) ? own : margin))
                                : expr::mean(-weight * expr::full(scores[k], "reward"));
      outcome.loss = outcome.loss ? expr::eval(expr::scalar(*outcome.loss) + expr::scalar(part)) : part;
      for (const double r : B::to_host(scores[k]))
        outcome.reward += weight * r / static_cast<double>(shape_of(scores[k]).rows());
    }
    return outcome;
  }
  template <class V>
  void visit(V&& v) {
    v("margin", margin);
    v("hinge", hinge);
  }
};

}  // namespace dmdr
