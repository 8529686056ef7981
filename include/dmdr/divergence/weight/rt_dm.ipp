// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <dmdr/core/inline.hpp>
#include <dmdr/divergence/weight/rt_dm.hpp>

namespace dmdr {

DMDR_INLINE void ExpSelfNormalised::apply(std::span<const double> r, const std::vector<std::size_t>& group,
                                          std::vector<double>& w, State&) const {
  double largest = -std::numeric_limits<double>::infinity();
  for (const std::size_t i : group) largest = std::max(largest, r[i]);
  double sum = 0;
  for (const std::size_t i : group) sum += w[i] = std::exp((r[i] - largest) / beta);
  for (const std::size_t i : group) w[i] *= static_cast<double>(group.size()) / sum;
}

DMDR_INLINE void ExpEmaZ::apply(std::span<const double> r, const std::vector<std::size_t>& group,
                                std::vector<double>& w, State& state) const {
  double largest = -std::numeric_limits<double>::infinity();
  for (const std::size_t i : group) largest = std::max(largest, r[i] / beta);
  double sum = 0;
  for (const std::size_t i : group) sum += std::exp(r[i] / beta - largest);
  const double now = largest + std::log(sum / static_cast<double>(group.size()));
  if (!state.started) {
    state.log_z = now;
    state.started = true;
  } else {
    const double top = std::max(state.log_z, now);
    state.log_z = top + std::log(decay * std::exp(state.log_z - top) + (1 - decay) * std::exp(now - top));
  }
  for (const std::size_t i : group) w[i] = std::exp(r[i] / beta - state.log_z);
}

DMDR_INLINE void SoftplusAffine::apply(std::span<const double> r, const std::vector<std::size_t>& group,
                                       std::vector<double>& w, State&) const {
  for (const std::size_t i : group) {
    const double x = scale * r[i] + offset;
    w[i] = std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
  }
}

DMDR_INLINE void OnePlusAdvantage::apply(std::span<const double> r, const std::vector<std::size_t>& group,
                                         std::vector<double>& w, State&) const {
  const auto n = static_cast<double>(group.size());
  double mean = 0, square = 0;
  for (const std::size_t i : group) mean += r[i] / n;
  for (const std::size_t i : group) square += (r[i] - mean) * (r[i] - mean) / n;
  for (const std::size_t i : group) w[i] = std::max(0.0, 1 + (r[i] - mean) / (std::sqrt(square) + 1e-4));
}

DMDR_INLINE void detail::standardise_batch(std::vector<double>& rewards) {
  const auto n = static_cast<double>(rewards.size());
  double mean = 0, square = 0;
  for (const double r : rewards) mean += r / n;
  for (const double r : rewards) square += (r - mean) * (r - mean) / n;
  const double std = std::sqrt(square);
  for (double& r : rewards) r = std > 0 ? (r - mean) / std : 0;
}

}  // namespace dmdr
