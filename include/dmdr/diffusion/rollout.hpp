// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/diffusion/grid.hpp>
#include <dmdr/diffusion/transition.hpp>
#include <dmdr/expr/terminal.hpp>

namespace dmdr {

/// At which grid step a sample receives its gradient.
enum class StepIndex : std::uint8_t {
  per_sample,  ///< uniform, drawn for every sample (DMDR)
  shared,      ///< uniform, one for the batch and all ranks (DMD2, RTDMD)
  stratified,  ///< a random permutation of equal shares: every step occurs B/N times
  snapped,     ///< Beta(4, 1.5), then the nearest grid time (option of DMDR's code)
};
template <>
struct EnumNames<StepIndex> {
  static constexpr EnumName<StepIndex> table[] = {{StepIndex::per_sample, "per_sample"},
                                                  {StepIndex::shared, "shared"},
                                                  {StepIndex::stratified, "stratified"},
                                                  {StepIndex::snapped, "snapped"}};
};

/// Draws the grid step of every sample.
[[nodiscard]] inline std::vector<std::int64_t> draw_steps(RandomSource& random, std::uint64_t step, std::int64_t rows,
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

/// One step of a recorded rollout, all samples of the batch.
template <class Tensor>
struct TransitionRecord {
  Tensor state;   ///< x at `time`
  Tensor output;  ///< the network's output there
  Tensor next;    ///< x at the following time
  Time time{0};
  PathPoint from;
  TransitionCoefficients coefficients;
};

/// What backward simulation hands to the updates; nothing in it carries a gradient.
template <class Tensor>
struct Rollout {
  Tensor input;  ///< generator input at `input_times`
  Times input_times;
  std::vector<std::int64_t> steps;  ///< grid step of every sample
  Tensor clean;                     ///< clean images that the fake score trains on
  bool complete = false;
  Tensor full;                                        ///< end of the whole trajectory, where `complete`
  std::vector<TransitionRecord<Tensor>> transitions;  ///< where asked for
};

/// The student's run along its grid, without gradients; samples that have passed their own step leave the batch (compaction) unless
/// the whole trajectory is needed. Compaction changes no number: every sample has its own noise.
template <Prediction Kind, Backend B, Path P, Transition S, class Predict, class Condition>
class Trajectory {
 public:
  using Tensor = typename B::Tensor;

  struct Setup {
    const B& backend;
    const P& path;
    const Grid& grid;
    const S& sampler;
    const Predict& predict;  ///< (x, times, condition) -> output
    const Condition& condition;
    RandomSource& random;
    std::uint64_t step;  ///< number of the iteration, for the streams
    Shape sample_shape;  ///< `[B, ...]`
  };

  /// Runs to every sample's step `steps[i]`; to the end if `complete`; keeps the transitions if `record` (which needs `complete`).
  Trajectory(const Setup& setup, std::vector<std::int64_t> steps, bool complete, bool record)
      : s_(setup),
        steps_(std::move(steps)),
        complete_(complete || record),
        offsets_(static_cast<std::size_t>(setup.grid.steps()), 0) {
    const std::int64_t batch = s_.sample_shape.rows();
    const std::int64_t last = complete_ ? s_.grid.steps() - 1 : *std::max_element(steps_.begin(), steps_.end());
    std::vector<std::int64_t> rows = iota_samples(batch);
    Tensor x = normal("rollout_latent", 0, rows);
    std::vector<Tensor> states, cleans;
    for (std::int64_t k = 0, before = 0; k <= last; ++k) {
      offsets_[static_cast<std::size_t>(k)] = before;
      before += static_cast<std::int64_t>(rows.size());
      place_.push_back(rows);
      const PathPoint from = s_.path.at(s_.grid[k]);
      const Condition condition =
          static_cast<std::int64_t>(rows.size()) == batch ? s_.condition : s_.condition.take(rows);
      Tensor output = s_.predict(x, Times(static_cast<std::int64_t>(rows.size()), s_.grid[k]), condition);
      states.push_back(x);
      cleans.push_back(expr::eval(transition_mean<Kind>(x, output, from, TransitionCoefficients{1, 0, 0})));
      if (k == last && !complete_) break;
      // Who has reached the own step needs no transition, and no noise for one.
      if (!complete_) compact(rows, k + 1, x, output);
      const TransitionCoefficients c = s_.sampler.coefficients(from, s_.path.at(s_.grid[k + 1]));
      const Tensor next =
          c.std == 0 ? expr::eval(transition_mean<Kind>(x, output, from, c))
                     : expr::eval(transition_sample<Kind>(x, output,
                                                          normal("rollout_noise", static_cast<std::uint32_t>(k), rows),
                                                          from, c));
      if (record) transitions_.push_back({x, output, next, s_.grid[k], from, c});
      x = next;
    }
    if (complete_) end_ = x;
    states_ = B::concat_rows(states);
    cleans_ = B::concat_rows(cleans);
  }

  /// Noise level at which each sample enters the generator.
  [[nodiscard]] Times input_times() const {
    std::vector<double> times;
    for (const std::int64_t j : steps_) times.push_back(s_.grid[j].value);
    return Times(std::move(times));
  }
  /// The state that each sample reached at its own step.
  [[nodiscard]] Tensor state_at_step() const { return B::take_rows(states_, own_rows()); }
  /// The clean image that the student predicted from there.
  [[nodiscard]] Tensor clean_at_step() const { return B::take_rows(cleans_, own_rows()); }
  /// The end of the trajectory; only where it was run to the end.
  [[nodiscard]] const Tensor& end() const { return end_; }
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  /// An image noised to each sample's own input level, with fresh noise.
  [[nodiscard]] Tensor renoised(const Tensor& clean) const {
    const PathTensors<Tensor> at = path_tensors(s_.backend, s_.path, input_times());
    return expr::eval(
        noised(clean, normal("rollout_renoise", 0, iota_samples(s_.sample_shape.rows())), at.alpha, at.sigma));
  }
  [[nodiscard]] const std::vector<std::int64_t>& steps() const noexcept { return steps_; }
  [[nodiscard]] std::vector<TransitionRecord<Tensor>>& transitions() noexcept { return transitions_; }

 private:
  [[nodiscard]] Tensor normal(std::string_view stream, std::uint32_t use, const std::vector<std::int64_t>& rows) const {
    const Shape shape = s_.sample_shape.with_rows(static_cast<std::int64_t>(rows.size()));
    std::vector<double> values(static_cast<std::size_t>(shape.numel()));
    s_.random.normal(Draw{stream, s_.step, use}, rows, shape.row_size(), values);
    return s_.backend.from_host(shape, values);
  }
  /// Leaves the samples whose own step is `k` or later.
  void compact(std::vector<std::int64_t>& rows, std::int64_t k, Tensor& x, Tensor& output) const {
    std::vector<std::int64_t> kept, places;
    for (std::size_t place = 0; place < rows.size(); ++place)
      if (steps_[static_cast<std::size_t>(rows[place])] >= k) {
        kept.push_back(rows[place]);
        places.push_back(static_cast<std::int64_t>(place));
      }
    if (kept.size() == rows.size()) return;
    rows = std::move(kept);
    x = B::take_rows(x, places);
    output = B::take_rows(output, places);
  }
  [[nodiscard]] std::vector<std::int64_t> own_rows() const {
    std::vector<std::int64_t> own;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const auto k = static_cast<std::size_t>(steps_[i]);
      const auto at = std::lower_bound(place_[k].begin(), place_[k].end(), static_cast<std::int64_t>(i));
      own.push_back(offsets_[k] + (at - place_[k].begin()));
    }
    return own;
  }

  Setup s_;
  std::vector<std::int64_t> steps_;
  bool complete_;
  std::vector<std::int64_t> offsets_;
  std::vector<std::vector<std::int64_t>> place_;
  Tensor states_, cleans_, end_;
  std::vector<TransitionRecord<Tensor>> transitions_;
};

}  // namespace dmdr
