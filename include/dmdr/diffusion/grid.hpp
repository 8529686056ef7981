// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/diffusion/time.hpp>

namespace dmdr {

/// How the times of a sampler are laid.
struct GridSettings {
  std::int64_t steps = 4;
  /// Timestep shift k of `sigma = k u / (1 + (k-1) u)` (SD3): more steps at high noise for k > 1.
  double shift = 1;
  /// Where the even division of u ends: the few-step code of DMDR for SD3 ends it at .001.
  double ends_at = 0;
};

/// Decreasing times `t_0 = 1 > ... > t_{N-1} > 0` of the N evaluations, and the end 0.
class Grid {
 public:
  /// u = 1, then even steps down to `ends_at` (excluded), each shifted. N = 4: k=1 gives 1, .75, .5, .25; k=3 gives 1, .9, .75, .5.
  /// Throws `ConfigError` on zero steps or a shift that is not positive.
  explicit Grid(const GridSettings& settings, Location where = Location::current()) {
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
  /// Explicit times; they must fall strictly from at most 1 and stay positive.
  explicit Grid(std::vector<double> times, Location where = Location::current()) : times_(std::move(times)) {
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

  [[nodiscard]] std::int64_t steps() const noexcept { return static_cast<std::int64_t>(times_.size()); }
  /// t_i for i in 0..N; t_N = 0.
  [[nodiscard]] Time operator[](std::int64_t i) const {
    return Time(i == steps() ? 0.0 : times_.at(static_cast<std::size_t>(i)));
  }
  /// The index whose time is nearest to `t`.
  [[nodiscard]] std::int64_t nearest(Time t) const {
    std::int64_t best = 0;
    for (std::int64_t i = 1; i < steps(); ++i)
      if (std::abs(times_[static_cast<std::size_t>(i)] - t.value) <
          std::abs(times_[static_cast<std::size_t>(best)] - t.value))
        best = i;
    return best;
  }

 private:
  std::vector<double> times_;
};

}  // namespace dmdr
