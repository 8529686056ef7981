// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <string>
#include <utility>

#include <dmdr/diffusion/grid.hpp>

namespace dmdr {

DMDR_INLINE Grid::Grid(const GridSettings& settings, Location where) {
  if (settings.steps < 1)
    throw ConfigError("grid: a sampler needs at least one step, got " + std::to_string(settings.steps), where);
  if (!(settings.shift > 0) || !std::isfinite(settings.shift))
    throw ConfigError("grid: the shift must be positive, got " + std::to_string(settings.shift), where);
  if (!(settings.ends_at >= 0 && settings.ends_at < 1))
    throw ConfigError("grid: ends_at must lie in [0, 1), got " + std::to_string(settings.ends_at), where);
  for (std::int64_t i = 0; i < settings.steps; ++i) {
    const double u = 1 - (1 - settings.ends_at) * static_cast<double>(i) / static_cast<double>(settings.steps);
    times_.push_back(settings.shift * u / (1 + (settings.shift - 1) * u));
  }
}

DMDR_INLINE Grid::Grid(std::vector<double> times, Location where) : times_(std::move(times)) {
  if (times_.empty()) throw ConfigError("grid: a sampler needs at least one step, got 0", where);
  double before = std::nextafter(1.0, 2.0);
  for (std::size_t i = 0; i < times_.size(); ++i) {
    if (!(times_[i] > 0 && times_[i] < before))
      throw ConfigError("grid: times must fall strictly within (0, 1]; t_" + std::to_string(i) + " = " +
                            std::to_string(times_[i]) + " does not",
                        where);
    before = times_[i];
  }
}

DMDR_INLINE std::int64_t Grid::nearest(Time t) const {
  std::int64_t best = 0;
  for (std::int64_t i = 1; i < steps(); ++i)
    if (std::abs(times_[static_cast<std::size_t>(i)] - t.value) <
        std::abs(times_[static_cast<std::size_t>(best)] - t.value))
      best = i;
  return best;
}

}  // namespace dmdr
