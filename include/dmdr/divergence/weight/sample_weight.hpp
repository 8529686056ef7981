// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <dmdr/core/role.hpp>
#include <dmdr/divergence/groups.hpp>

namespace dmdr {

/// What a sample weight may look at: rewards of complete trajectories, detached, one a sample.
struct WeightContext {
  std::span<const double> rewards;
  const Groups& groups;
  std::span<const std::int64_t> steps;  ///< grid step at which each sample's gradient is taken
};
/// The weights of the two terms of the DMD gradient, one a sample; a joint gradient uses `dm`.
struct SampleWeights {
  std::vector<double> dm;
  std::vector<double> ca;
};

/// Weight of each sample in the generator's DMD gradient. `State` is what it remembers between updates (empty for most); it must be
/// storable, so that a resumed run goes on as if nothing had happened.
template <class W>
concept SampleWeight = std::copyable<W> &&
    requires(const W& weight, typename W::State& state, const WeightContext& context) {
  { W::needs_reward } -> std::convertible_to<bool>;
  { weight.weights(context, state) } -> std::same_as<SampleWeights>;
  { std::as_const(state).store() } -> std::same_as<std::vector<double>>;
  state.restore(std::span<const double>{});
};

/// A policy without memory.
struct NoState {
  [[nodiscard]] std::vector<double> store() const { return {}; }
  void restore(std::span<const double>) {}
};

/// Every sample counts the same: plain DMD.
struct Unweighted {
  using role = role::sample_weight;
  using State = NoState;
  static constexpr bool needs_reward = false;
  [[nodiscard]] SampleWeights weights(const WeightContext& context, State&) const {
    return {std::vector<double>(context.groups.rows(), 1.0), std::vector<double>(context.groups.rows(), 1.0)};
  }
};

}  // namespace dmdr
