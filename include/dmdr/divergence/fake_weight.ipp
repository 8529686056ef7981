// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>

#include <dmdr/core/inline.hpp>
#include <dmdr/divergence/fake_weight.hpp>

namespace dmdr {

DMDR_INLINE std::vector<double> detail::tilt(std::span<const double> rewards, const Groups& groups, double beta,
                                             double max_exponent, double max_weight) {
  std::vector<double> u(rewards.size());
  const Groups used = groups.or_whole();
  for (const auto& group : used.members()) {
    const auto n = static_cast<double>(group.size());
    double mean = 0, sum = 0;
    for (const std::size_t i : group) mean += rewards[i] / n;
    for (const std::size_t i : group)
      sum += u[i] = std::exp(std::clamp(-(rewards[i] - mean) / beta, -max_exponent, max_exponent));
    for (const std::size_t i : group) u[i] = std::min(u[i] * n / sum, max_weight);
  }
  return u;
}

}  // namespace dmdr
