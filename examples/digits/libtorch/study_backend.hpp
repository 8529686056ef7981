// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/core/random.hpp>
#include <dmdr/diffusion/backward_simulation.hpp>
#include <dmdr/diffusion/renoise.hpp>
#include <dmdr/train/drift_monitor.hpp>
#include <dmdr/train/rate_schedule.hpp>
#include <dmdr/train/teacher.hpp>
#include <dmdr/train/trainer_settings.hpp>

#include "classifier_run.hpp"
#include "libtorch/sit_backend.hpp"

/// \file
/// The run over LibTorch: a small SiT in pixel space, convolutional classifiers. The header of this name in `eigen/` is its counterpart.

namespace study {

using TeacherTimes = dmdr::Uniform;  ///< law of the times that a teacher is trained at
using Simulation = dmdr::SameStep;

[[nodiscard]] inline Network new_network(const Spec& spec, dmdr::RandomSource& random) {
  return {Backend{}, spec.network, random};
}
[[nodiscard]] inline ClassifierShape reward_shape(std::int64_t /*size*/, std::int64_t classes) {
  return {1, {32, 64}, classes};
}
[[nodiscard]] inline ClassifierShape judge_shape(std::int64_t /*size*/, std::int64_t classes) {
  return {1, {24, 48, 64}, classes};
}

/// Where the settings of the two runs differ.
struct Defaults {
  static constexpr const char* output = "runs/digits-libtorch";
  static constexpr Spec network{{.size = 8,
                                 .channels = 1,
                                 .patch = 4,
                                 .width = 96,
                                 .depth = 2,
                                 .heads = 2,
                                 .classes = 10,
                                 .frequencies = 16,
                                 .adapter = {.form = dmdr::SitAdapterForm::lora, .rank = 16, .alpha = 16}}};
  static constexpr dmdr::TeacherSettings teacher{.updates = 2500, .batch = 96};
  static constexpr ClassifierRun reward{.label_smoothing = 0.1};
  static constexpr ClassifierRun judge{.noise = 0.5};
  static constexpr dmdr::TrainerSettings student{.batch = 32,
                                                 .ratio = 3,
                                                 .steps = 4,
                                                 .step_index = dmdr::StepIndex::stratified,
                                                 .generator = {.learning_rate = 7e-4},
                                                 .fake = {.learning_rate = 2e-3},
                                                 .ema_decay = 0.98};
  static constexpr std::int64_t stage1_updates = 200;
  static constexpr dmdr::RateCourse stage2_generator_rate{};
  static constexpr dmdr::RateCourse stage2_fake_rate{};
  /// Long enough for RL alone to fall below the joint arm on the held-out reward.
  static constexpr std::int64_t stage2_updates = 370;
  static constexpr dmdr::DriftSettings drift{.every = 0};
  static constexpr std::int64_t class_repeats = 1;
  static constexpr double guidance = 1.5;
  static constexpr double renoise_held = 0;
  static constexpr double renoise_within = 0;
  /// The gradient of the reward on the images is about a quarter of DMD's.
  static constexpr double rl_weight = 0.0078;
  static constexpr double tilt_beta = 1;
};

}  // namespace study
