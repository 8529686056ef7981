// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <numeric>
#include <utility>

#include <dmdr/core/inline.hpp>
#include <dmdr/diffusion/rollout.hpp>

namespace dmdr {

DMDR_INLINE std::vector<std::int64_t> draw_steps(RandomSource& random, std::uint64_t step, std::int64_t rows,
                                                 const Grid& grid, StepIndex law) {
  const std::int64_t n = grid.steps();
  std::vector<std::int64_t> j(static_cast<std::size_t>(rows), 0);
  if (n == 1) return j;
  switch (law) {
    case StepIndex::per_sample: return random.index(Draw{"step_index", step}, rows, n);
    case StepIndex::shared: std::fill(j.begin(), j.end(), random.index(Draw{"step_index", step}, 1, n)[0]); return j;
    case StepIndex::stratified: {
      const std::vector<double> keys = random.uniform(Draw{"step_index", step}, rows);
      std::vector<std::size_t> order(keys.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
      for (std::size_t place = 0; place < order.size(); ++place)
        j[order[place]] = static_cast<std::int64_t>(place) * n / rows;
      return j;
    }
    case StepIndex::snapped: {
      const std::vector<double> t = random.beta(Draw{"step_index", step}, rows, 4, 1.5);
      for (std::size_t i = 0; i < j.size(); ++i) j[i] = grid.nearest(Time(t[i]));
      return j;
    }
  }
  return j;
}

DMDR_INLINE RolloutRows::RolloutRows(std::vector<std::int64_t> own_steps)
    : own_steps_(std::move(own_steps)), present_(iota_samples(static_cast<std::int64_t>(own_steps_.size()))) {}

DMDR_INLINE std::int64_t RolloutRows::last_own_step() const {
  return *std::max_element(own_steps_.begin(), own_steps_.end());
}

DMDR_INLINE void RolloutRows::begin_step() {
  offsets_.push_back(rows_);
  rows_ += static_cast<std::int64_t>(present_.size());
  present_at_.push_back(present_);
}

DMDR_INLINE std::vector<std::int64_t> RolloutRows::leave_before(std::int64_t k) {
  std::vector<std::int64_t> kept, places;
  for (std::size_t place = 0; place < present_.size(); ++place)
    if (own_steps_[static_cast<std::size_t>(present_[place])] >= k) {
      kept.push_back(present_[place]);
      places.push_back(static_cast<std::int64_t>(place));
    }
  if (kept.size() == present_.size()) return {};
  present_ = std::move(kept);
  return places;
}

DMDR_INLINE std::vector<std::int64_t> RolloutRows::own_rows() const {
  std::vector<std::int64_t> own;
  for (std::size_t i = 0; i < own_steps_.size(); ++i) {
    const auto k = static_cast<std::size_t>(own_steps_[i]);
    const std::vector<std::int64_t>& present = present_at_[k];
    const auto at = std::lower_bound(present.begin(), present.end(), static_cast<std::int64_t>(i));
    own.push_back(offsets_[k] + (at - present.begin()));
  }
  return own;
}

DMDR_INLINE Times RolloutRows::input_times(const Grid& grid) const {
  std::vector<double> times;
  for (const std::int64_t step : own_steps_) times.push_back(grid[step].value);
  return Times(std::move(times));
}

}  // namespace dmdr
