// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/eigen/backend.hpp>

#include "support/analytic.hpp"
#include "support/toy.hpp"

namespace dmdr::toy {

using ToyBackend = EigenCpu<double>;

/// Mean and standard deviation of the trained generator, averaged over the last quarter of the run.
struct Fixed {
  double mean = 0;
  double deviation = 0;
  std::int64_t skips = 0;
};

struct ToyRun {
  std::int64_t updates = 1500;
  std::int64_t ratio = 5;
  double rl_weight = 0;
  double slope = 1;  ///< of the linear reward
  double start_mean = 0;
  double start_deviation = 1;
  double generator_lr = 5e-3;
  double fake_lr = 2e-2;
  bool train_fake = true;
  std::uint64_t seed = 1;
};

/// Trains the affine generator against a Gaussian teacher N(m, v), or against the recipe's own analytic scores.
template <class R>
[[nodiscard]] Fixed train_toy(R recipe, double m, double v, const ToyRun& run) {
  using B = ToyBackend;
  using Net = ToyNetwork<B>;
  const B backend;
  const Net teacher(backend, Net::Form::posterior, m, v);
  const Net student(backend, Net::Form::affine, run.start_mean, run.start_deviation);
  TrainerSettings settings{.seed = run.seed,
                           .batch = 512,
                           .ratio = run.ratio,
                           .steps = 1,
                           .generator = {.learning_rate = run.generator_lr},
                           .fake = {.learning_rate = run.fake_lr}};
  settings.generator_clip = settings.fake_clip = 1e6;
  typename Trainer<R, B>::Parts parts{.teacher = teacher, .student = &student, .conditions = one_class};
  if constexpr (R::rewarded) parts.reward.emplace(recipe.reward, std::tuple{LinearModel<B>{run.slope}});
  Trainer<R, B> trainer(backend, recipe, settings,
                        {{.updates = run.updates, .rl_weight = run.rl_weight, .train_fake = run.train_fake}}, parts);
  Fixed fixed;
  std::int64_t counted = 0;
  while (!trainer.finished()) {
    if constexpr (requires { recipe.score.own; }) {
      const double s = trainer.student().value("b");
      recipe.score.own->components = {{1, trainer.student().value("a"), s * s}};
    }
    const StepReport report = trainer.step();
    if (report.generator_updated && report.updates > run.updates * 3 / 4) {
      fixed.mean += trainer.student().value("a");
      fixed.deviation += std::abs(trainer.student().value("b"));
      ++counted;
    }
  }
  fixed.mean /= static_cast<double>(counted);
  fixed.deviation /= static_cast<double>(counted);
  fixed.skips = trainer.skips();
  return fixed;
}

}  // namespace dmdr::toy
