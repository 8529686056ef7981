// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/extrema.hpp>
#include <dmdr/divergence/weight/sample_weight.hpp>
#include <dmdr/rl/advantage.hpp>

namespace dmdr {

/// The CFG-augmentation term times the sample's advantage: `g = DM + (offset + A) CA` (an author's second recipe for GRPO with DMD).
///
/// DM stays as the regulariser; no likelihood ratio. With mixed grid steps in a batch the advantage is confounded with the step;
/// `by_step` compares samples of the same group and step only.
struct AdvantageCa {
  using role = role::sample_weight;
  using State = NoState;
  static constexpr bool needs_reward = true;
  static constexpr bool needs_split = true;
  double offset = 0;
  double eps = 1e-4;
  double clip = 5;
  bool by_step = false;

  [[nodiscard]] SampleWeights weights(const WeightContext& context, State&) const {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < context.rewards.size(); ++i)
      ids.push_back(std::to_string(context.groups.group_of(i)) +
                    (by_step ? "/" + std::to_string(context.steps[i]) : ""));
    std::vector<double> a = detail::standardise(context.rewards, Groups(ids), false, eps, false);
    for (double& value : a) value = offset + detail::clamped(value, -clip, clip);
    return {std::vector<double>(a.size(), 1.0), a};
  }
  template <class V>
  void visit(V&& v) {
    v("offset", offset);
    v("eps", eps, at_least(0));
    v("clip", clip, positive);
    v("by_step", by_step);
  }
};

}  // namespace dmdr
