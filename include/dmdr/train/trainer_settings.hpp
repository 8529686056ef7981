// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <dmdr/core/adamw_settings.hpp>
#include <dmdr/core/describe.hpp>
#include <dmdr/diffusion/rollout.hpp>

namespace dmdr {

/// Numbers of a run that belong to no policy. Defaults are those of DMDR's code where it has them.
struct TrainerSettings {
  std::uint64_t seed = 0;
  std::int64_t batch = 64;
  std::int64_t ratio = 5;  ///< fake updates a generator update
  std::int64_t steps = 4;  ///< student evaluations an image
  double shift = 1;        ///< of the student's grid
  double grid_ends_at = 0;
  StepIndex step_index = StepIndex::per_sample;
  AdamWSettings generator{.learning_rate = 1e-6, .weight_decay = 0.01};
  AdamWSettings fake{.learning_rate = 5e-7};
  double generator_clip = 1;  ///< largest 2-norm of the gradient
  double fake_clip = 1;
  double ema_decay = 0;          ///< of the student, per generator update; 0: no average is kept
  bool student_adapter = false;  ///< train an adapter over the frozen base instead of all weights
  std::int64_t max_skips_in_row = 10;

  [[nodiscard]] GridSettings grid() const { return {.steps = steps, .shift = shift, .ends_at = grid_ends_at}; }
  template <class V>
  void visit(V&& v) {
    v("seed", seed, at_least(0));
    v("batch", batch, at_least(1));
    v("ratio", ratio, at_least(1));
    v("steps", steps, at_least(1));
    v("shift", shift, positive);
    v("grid_ends_at", grid_ends_at, Range{.low = 0, .high = 1, .high_open = true});
    v("step_index", step_index);
    v("generator", generator);
    v("fake", fake);
    v("generator_clip", generator_clip, positive);
    v("fake_clip", fake_clip, positive);
    v("ema_decay", ema_decay, Range{.low = 0, .high = 1, .high_open = true});
    v("student_adapter", student_adapter);
    v("max_skips_in_row", max_skips_in_row, at_least(1));
  }
};

/// What one iteration did.
struct StepReport {
  std::int64_t iteration = 0;  ///< the iteration that this reports, from 0
  std::int64_t updates = 0;    ///< generator updates done after it
  std::string stage{};
  bool fake_updated = false;
  bool generator_updated = false;
  double fake_loss = 0;
  double fake_gradient_norm = 0;  ///< before clipping
  double fake_lr = 0;             ///< learning rates that the updates took
  double generator_lr = 0;
  double dm_loss = 0;  ///< injected loss, unweighted by the stage
  double rl_loss = 0;
  double generator_gradient_norm = 0;
  double reward = 0;       ///< mean weighted reward that the update saw, where it saw one
  double mean_weight = 1;  ///< of the sample weights
  double ratio_deviation = 0;
  std::int64_t zero_normalisers = 0;  ///< samples whose teacher estimate equals the image: no gradient for them
  std::string skipped{};              ///< what was not finite, or empty
};

}  // namespace dmdr
