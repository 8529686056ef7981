// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
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
[[nodiscard]] std::vector<std::int64_t> draw_steps(RandomSource& random, std::uint64_t step, std::int64_t rows,
                                                   const Grid& grid, StepIndex law);

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

/// Which samples are in the batch at each step of a trajectory, and where their rows lie among those of all steps.
class RolloutRows {
 public:
  /// `own_steps[i]` is the step at which sample i receives its gradient.
  explicit RolloutRows(std::vector<std::int64_t> own_steps);

  [[nodiscard]] const std::vector<std::int64_t>& own_steps() const noexcept { return own_steps_; }
  [[nodiscard]] std::int64_t last_own_step() const;
  /// The samples that are still in the batch, by number.
  [[nodiscard]] const std::vector<std::int64_t>& present() const noexcept { return present_; }
  /// Notes that the next step runs with the samples that are present.
  void begin_step();
  /// Takes out the samples whose own step is before `k`. Returns the places of those that stay, or nothing where all do.
  [[nodiscard]] std::vector<std::int64_t> leave_before(std::int64_t k);
  /// Each sample's row of its own step, where the rows of all steps follow each other.
  [[nodiscard]] std::vector<std::int64_t> own_rows() const;
  /// Noise level at which each sample enters the generator.
  [[nodiscard]] Times input_times(const Grid& grid) const;

 private:
  std::vector<std::int64_t> own_steps_;
  std::vector<std::int64_t> present_;
  std::vector<std::vector<std::int64_t>> present_at_;
  std::vector<std::int64_t> offsets_;
  std::int64_t rows_ = 0;
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
      : s_(setup), rows_(std::move(steps)), complete_(complete || record) {
    const std::int64_t batch = s_.sample_shape.rows();
    const std::int64_t last = complete_ ? s_.grid.steps() - 1 : rows_.last_own_step();
    Tensor x = normal("rollout_latent", 0);
    std::vector<Tensor> states, cleans;
    for (std::int64_t k = 0; k <= last; ++k) {
      rows_.begin_step();
      const PathPoint from = s_.path.at(s_.grid[k]);
      const auto rows = static_cast<std::int64_t>(rows_.present().size());
      const Condition condition = rows == batch ? s_.condition : s_.condition.take(rows_.present());
      Tensor output = s_.predict(x, Times(rows, s_.grid[k]), condition);
      states.push_back(x);
      cleans.push_back(expr::eval(transition_mean<Kind>(x, output, from, TransitionCoefficients{1, 0, 0})));
      if (k == last && !complete_) break;
      // Who has reached the own step needs no transition, and no noise for one.
      if (!complete_) compact(k + 1, x, output);
      const TransitionCoefficients c = s_.sampler.coefficients(from, s_.path.at(s_.grid[k + 1]));
      const Tensor next =
          c.std == 0
              ? expr::eval(transition_mean<Kind>(x, output, from, c))
              : expr::eval(transition_sample<Kind>(x, output, normal("rollout_noise", static_cast<std::uint32_t>(k)),
                                                   from, c));
      if (record) transitions_.push_back({x, output, next, s_.grid[k], from, c});
      x = next;
    }
    if (complete_) end_ = x;
    states_ = B::concat_rows(states);
    cleans_ = B::concat_rows(cleans);
  }

  /// Noise level at which each sample enters the generator.
  [[nodiscard]] Times input_times() const { return rows_.input_times(s_.grid); }
  /// The state that each sample reached at its own step.
  [[nodiscard]] Tensor state_at_step() const { return B::take_rows(states_, rows_.own_rows()); }
  /// The clean image that the student predicted from there.
  [[nodiscard]] Tensor clean_at_step() const { return B::take_rows(cleans_, rows_.own_rows()); }
  /// The end of the trajectory; only where it was run to the end.
  [[nodiscard]] const Tensor& end() const { return end_; }
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  /// An image noised to each sample's own input level, with fresh noise.
  [[nodiscard]] Tensor renoised(const Tensor& clean) const {
    const PathTensors<Tensor> at = path_tensors(s_.backend, s_.path, input_times());
    return expr::eval(
        noised(clean, normal("rollout_renoise", 0, iota_samples(s_.sample_shape.rows())), at.alpha, at.sigma));
  }
  [[nodiscard]] const std::vector<std::int64_t>& steps() const noexcept { return rows_.own_steps(); }
  [[nodiscard]] std::vector<TransitionRecord<Tensor>>& transitions() noexcept { return transitions_; }

 private:
  [[nodiscard]] Tensor normal(std::string_view stream, std::uint32_t use, const std::vector<std::int64_t>& rows) const {
    const Shape shape = s_.sample_shape.with_rows(static_cast<std::int64_t>(rows.size()));
    std::vector<double> values(static_cast<std::size_t>(shape.numel()));
    s_.random.normal(Draw{stream, s_.step, use}, rows, shape.row_size(), values);
    return s_.backend.from_host(shape, values);
  }
  /// For the samples that are present.
  [[nodiscard]] Tensor normal(std::string_view stream, std::uint32_t use) const {
    return normal(stream, use, rows_.present());
  }
  /// Leaves the samples whose own step is `k` or later.
  void compact(std::int64_t k, Tensor& x, Tensor& output) {
    const std::vector<std::int64_t> places = rows_.leave_before(k);
    if (places.empty()) return;
    x = B::take_rows(x, places);
    output = B::take_rows(output, places);
  }

  Setup s_;
  RolloutRows rows_;
  bool complete_;
  Tensor states_, cleans_, end_;
  std::vector<TransitionRecord<Tensor>> transitions_;
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/diffusion/rollout.ipp>  // IWYU pragma: export
#endif
