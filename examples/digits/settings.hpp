// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <dmdr/model/class_mlp.hpp>
#include <dmdr/train/teacher.hpp>
#include <dmdr/train/trainer_settings.hpp>

namespace digits {

/// A small classifier's training: the reward, or the held-out judge.
struct ClassifierRun {
  std::int64_t updates = 1500;
  std::int64_t batch = 128;
  dmdr::AdamWSettings optimiser{.learning_rate = 3e-3, .weight_decay = 0.01};
  double label_smoothing = 0;
  double noise = 0;  ///< images are x + noise * u * n with u uniform and n normal, drawn anew for every batch

  template <class V>
  void visit(V&& v) {
    v("updates", updates, dmdr::at_least(1));
    v("batch", batch, dmdr::at_least(1));
    v("optimiser", optimiser);
    v("label_smoothing", label_smoothing, dmdr::Range{.low = 0, .high = 1, .high_open = true});
    v("noise", noise, dmdr::at_least(0));
  }
};

/// Everything that the main job can be told by its TOML file and by `--set key=value`.
struct Settings {
  std::uint64_t seed = 1;
  std::int64_t stage1_updates = 300;
  std::int64_t stage2_updates = 500;  ///< long enough for RL alone to fall below the joint arm on the held-out reward
  std::int64_t anneal_updates = 100;  ///< of DynaRS and DynaDG
  std::int64_t cold_updates = 600;    ///< of a student that starts from random weights
  std::int64_t cold_anneal_updates = 150;  ///< the same for students that start from random weights
  std::int64_t cold_steps = 1;             ///< evaluations of such a student
  double real_scale0 = 0.75;               ///< DynaDG's scale of the adapter in the real score at the start
  double guidance = 1.5;                   ///< of the real score, and of the teacher when it is sampled
  double rl_weight = 0.0078;               ///< lambda of the ReFL loss
  double tilt_beta = 1;
  double rt_dm_beta = 1;
  std::int64_t teacher_steps = 50;
  std::int64_t curve_every = 50;  ///< generator updates between two points of the curves
  std::int64_t curve_samples = 600;
  std::int64_t checkpoint_every = 300;         ///< iterations of an arm
  std::int64_t model_checkpoint_every = 1000;  ///< updates of the teacher and of each classifier
  dmdr::ClassMlp network{};
  dmdr::TeacherSettings teacher{};
  ClassifierRun reward{.label_smoothing = 0.1};
  ClassifierRun judge{.noise = 0.5};
  dmdr::TrainerSettings student{.batch = 64,
                                .ratio = 3,
                                .steps = 4,
                                .step_index = dmdr::StepIndex::stratified,
                                .generator = {.learning_rate = 1e-3},
                                .fake = {.learning_rate = 2e-3},
                                .ema_decay = 0.98};

  template <class V>
  void visit(V&& v) {
    v("seed", seed, dmdr::at_least(0));
    v("stage1_updates", stage1_updates, dmdr::at_least(1));
    v("stage2_updates", stage2_updates, dmdr::at_least(1));
    v("anneal_updates", anneal_updates, dmdr::at_least(0));
    v("cold_updates", cold_updates, dmdr::at_least(1));
    v("cold_anneal_updates", cold_anneal_updates, dmdr::at_least(0));
    v("cold_steps", cold_steps, dmdr::at_least(1));
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
    v("network", network);
    v("teacher", teacher);
    v("reward", reward);
    v("judge", judge);
    v("student", student);
  }
};

}  // namespace digits
