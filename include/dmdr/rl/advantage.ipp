// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>

#include <dmdr/core/inline.hpp>
#include <dmdr/rl/advantage.hpp>

namespace dmdr::detail {

DMDR_INLINE std::vector<double> weighted_sum(const std::vector<std::vector<double>>& rewards,
                                             std::span<const double> weights) {
  std::vector<double> sum(rewards.front().size(), 0.0);
  for (std::size_t k = 0; k < rewards.size(); ++k)
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weights[k] * rewards[k][i];
  return sum;
}

DMDR_INLINE double deviation(std::span<const double> values, const std::vector<std::size_t>& members, bool sample) {
  const auto n = static_cast<double>(members.size());
  if (members.size() < 2) return 0;
  // Equal values have none: the rounding of their mean must not become a deviation.
  if (std::all_of(members.begin(), members.end(), [&](std::size_t i) { return values[i] == values[members[0]]; }))
    return 0;
  double mean = 0, square = 0;
  for (const std::size_t i : members) mean += values[i] / n;
  for (const std::size_t i : members) square += (values[i] - mean) * (values[i] - mean);
  return std::sqrt(square / (sample ? n - 1 : n));
}

DMDR_INLINE std::vector<double> standardise(std::span<const double> rewards, const Groups& groups, bool batch_std,
                                            double eps, bool sample_std) {
  std::vector<double> advantage(rewards.size(), 0.0);
  const double batch = batch_std ? deviation(rewards, Groups::whole(rewards.size()).members()[0], sample_std) : 0;
  for (const auto& group : groups.members()) {
    const double own = deviation(rewards, group, sample_std);
    if (own == 0) continue;
    double mean = 0;
    for (const std::size_t i : group) mean += rewards[i] / static_cast<double>(group.size());
    for (const std::size_t i : group) advantage[i] = (rewards[i] - mean) / ((batch_std ? batch : own) + eps);
  }
  return advantage;
}

}  // namespace dmdr::detail
