// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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
  explicit Grid(const GridSettings& settings, Location where = Location::current());
  /// Explicit times; they must fall strictly from at most 1 and stay positive.
  explicit Grid(std::vector<double> times, Location where = Location::current());

  [[nodiscard]] std::int64_t steps() const noexcept { return static_cast<std::int64_t>(times_.size()); }
  /// t_i for i in 0..N; t_N = 0.
  [[nodiscard]] Time operator[](std::int64_t i) const {
    return Time(i == steps() ? 0.0 : times_.at(static_cast<std::size_t>(i)));
  }
  /// The index whose time is nearest to `t`.
  [[nodiscard]] std::int64_t nearest(Time t) const;

 private:
  std::vector<double> times_;
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/diffusion/grid.ipp>  // IWYU pragma: export
#endif
