// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <dmdr/train/drift_monitor.hpp>
#include <dmdr/train/rate_schedule.hpp>
#include <dmdr/train/stages.hpp>
#include <dmdr/train/teacher.hpp>
#include <dmdr/train/trainer_settings.hpp>

#include "classifier_run.hpp"
#include "study_backend.hpp"

namespace study {

/// Everything that a study can be told by its TOML file and by `--set key=value`; `Defaults` is the application's and backend's part.
struct Settings {
  std::uint64_t seed = 1;
  std::int64_t stage1_updates = Defaults::stage1_updates;
  std::int64_t stage2_updates = Defaults::stage2_updates;
  dmdr::RateCourse stage2_generator_rate = Defaults::stage2_generator_rate;  ///< of an arm's last stage
  dmdr::RateCourse stage2_fake_rate = Defaults::stage2_fake_rate;
  std::int64_t anneal_updates = 100;                 ///< of DynaRS and DynaDG
  std::int64_t cold_updates = 600;                   ///< of a student that starts from random weights
  std::int64_t cold_anneal_updates = 150;            ///< the same for students that start from random weights
  std::int64_t cold_steps = 1;                       ///< evaluations of such a student
  double renoise_held = Defaults::renoise_held;      ///< share of the times that stay at DynaRS's first law
  double renoise_within = Defaults::renoise_within;  ///< share of the times that lie within the generator's input
  std::int64_t class_repeats =
      Defaults::class_repeats;             ///< samples of every class that a batch has: the groups of the tilt
  double real_scale0 = 0.75;               ///< DynaDG's scale of the adapter in the real score at the start
  double guidance = Defaults::guidance;    ///< of the real score, and of the teacher when it is sampled
  double rl_weight = Defaults::rl_weight;  ///< lambda of the ReFL loss
  double tilt_beta = Defaults::tilt_beta;
  double rt_dm_beta = 1;
  std::int64_t teacher_steps = 50;
  std::int64_t curve_every = 50;  ///< generator updates between two points of the curves
  std::int64_t curve_samples = 600;
  std::int64_t checkpoint_every = 300;         ///< iterations of an arm
  std::int64_t model_checkpoint_every = 1000;  ///< updates of the teacher and of each classifier
  dmdr::DriftSettings drift = Defaults::drift;
  Spec network = Defaults::network;
  dmdr::TeacherSettings teacher = Defaults::teacher;
  ClassifierRun reward = Defaults::reward;
  ClassifierRun judge = Defaults::judge;
  dmdr::TrainerSettings student = Defaults::student;

  template <class V>
  void visit(V&& v) {
    v("seed", seed, dmdr::at_least(0));
    v("stage1_updates", stage1_updates, dmdr::at_least(1));
    v("stage2_updates", stage2_updates, dmdr::at_least(1));
    v("stage2_generator_rate", stage2_generator_rate);
    v("stage2_fake_rate", stage2_fake_rate);
    v("anneal_updates", anneal_updates, dmdr::at_least(0));
    v("cold_updates", cold_updates, dmdr::at_least(1));
    v("cold_anneal_updates", cold_anneal_updates, dmdr::at_least(0));
    v("cold_steps", cold_steps, dmdr::at_least(1));
    v("renoise_held", renoise_held, dmdr::Range{.low = 0, .high = 1});
    v("renoise_within", renoise_within, dmdr::Range{.low = 0, .high = 1});
    v("class_repeats", class_repeats, dmdr::at_least(1));
    v("real_scale0", real_scale0, dmdr::at_least(0));
    v("guidance", guidance, dmdr::at_least(0));
    v("rl_weight", rl_weight, dmdr::at_least(0));
    v("tilt_beta", tilt_beta, dmdr::positive);
    v("rt_dm_beta", rt_dm_beta, dmdr::positive);
    v("teacher_steps", teacher_steps, dmdr::at_least(1));
    v("curve_every", curve_every, dmdr::at_least(1));
    v("curve_samples", curve_samples, dmdr::at_least(10));
    v("checkpoint_every", checkpoint_every, dmdr::at_least(0));
    v("model_checkpoint_every", model_checkpoint_every, dmdr::at_least(0));
    v("drift", drift);
    v("network", network);
    v("teacher", teacher);
    v("reward", reward);
    v("judge", judge);
    v("student", student);
  }
  /// The last stage of an arm, `updates` long, by distillation and the reward: its rates go as the settings say.
  [[nodiscard]] dmdr::Stage second_stage(std::string name, std::int64_t updates, double reward_weight) const {
    return {.name = std::move(name),
            .updates = updates,
            .rl_weight = reward_weight,
            .generator_rate = stage2_generator_rate,
            .fake_rate = stage2_fake_rate};
  }
  /// A last stage by the reward alone, which shows what it does to pictures that nothing holds: without distillation, so that the fake score
  /// is not trained, and at a constant rate, however those of the other arms fall.
  [[nodiscard]] static dmdr::Stage reward_stage(std::string name, std::int64_t updates, double reward_weight) {
    return {
        .name = std::move(name), .updates = updates, .dm_weight = 0, .rl_weight = reward_weight, .train_fake = false};
  }
  [[nodiscard]] std::string contradiction() const {
    return student.batch % class_repeats == 0 ? "" : "student.batch must be a multiple of class_repeats";
  }
};

}  // namespace study
