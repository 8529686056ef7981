// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <span>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/number.hpp>
#include <dmdr/core/role.hpp>
#include <dmdr/divergence/groups.hpp>

namespace dmdr {

/// Weight of each sample in the fake score's loss, from detached rewards of the clean images that it trains on.
template <class W>
concept FakeWeight = std::copyable<W> &&
    requires(const W& weight, std::span<const double> rewards, const Groups& groups) {
  { W::needs_reward } -> std::convertible_to<bool>;
  { weight.weights(rewards, groups) } -> std::same_as<std::vector<double>>;
};

/// The fake score estimates the generator's own distribution.
struct UnweightedFake {
  using role = role::fake_weight;
  static constexpr bool needs_reward = false;
  [[nodiscard]] std::vector<double> weights(std::span<const double>, const Groups& groups) const {
    return std::vector<double>(groups.rows(), 1.0);
  }
};

namespace detail {
/// The weights of `RewardTilt`.
[[nodiscard]] std::vector<double> tilt(std::span<const double> rewards, const Groups& groups, double beta,
                                       double max_exponent, double max_weight);
}  // namespace detail

/// Tilted fake score (ours): `u = exp(-(r - mean_group r)/beta)`, exponent clamped, divided by its group mean, at most `max_weight`.
///
/// The fake score then estimates `p_theta exp(-r/beta)`, and DMD drives that to `p_real`: at the fixed point `p_theta` is proportional to
/// `p_real exp(r/beta)`, with no gradient of the reward. A group is a prompt (or class) with several samples in the batch, else the batch.
template <Number Beta = 1>
struct RewardTilt {
  using role = role::fake_weight;
  static constexpr bool needs_reward = true;
  double beta = Beta;
  double max_exponent = 6;
  double max_weight = 10;

  [[nodiscard]] std::vector<double> weights(std::span<const double> rewards, const Groups& groups) const {
    return detail::tilt(rewards, groups, beta, max_exponent, max_weight);
  }
  template <class V>
  void visit(V&& v) {
    v("beta", beta, positive);
    v("max_exponent", max_exponent, positive);
    v("max_weight", max_weight, positive);
  }
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/divergence/fake_weight.ipp>  // IWYU pragma: export
#endif
