// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/core/random.hpp>
#include <dmdr/core/shape.hpp>
#include <dmdr/diffusion/backward_simulation.hpp>
#include <dmdr/diffusion/renoise.hpp>
#include <dmdr/eigen.hpp>
#include <dmdr/io/metadata.hpp>
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/train/drift_monitor.hpp>
#include <dmdr/train/rate_schedule.hpp>
#include <dmdr/train/teacher.hpp>
#include <dmdr/train/trainer_settings.hpp>

#include "classifier_run.hpp"
#include "images.hpp"

/// \file
/// The run over the Eigen backend: an MLP generator, MLP classifiers. The header of this name in `libtorch/` is its counterpart.

namespace study {

using Backend = dmdr::EigenCpu<float>;
using Tensor = Backend::Tensor;
using Spec = dmdr::ClassMlp;
using Network = dmdr::eigen::ClassMlpNetwork<float>;
using Classifier = dmdr::eigen::Classifier<float>;
using ClassifierShape = dmdr::eigen::ClassifierSettings;
using TeacherTimes = dmdr::Uniform;  ///< law of the times that a teacher is trained at
using Simulation = dmdr::SameStep;
using RewardModel = dmdr::eigen::ClassMarginModel<float>;
using dmdr::eigen::class_margin;
using dmdr::eigen::cross_entropy;

/// Nothing to set: a tensor's work is done by the thread that asks for it.
inline void prepare_process() {}

[[nodiscard]] inline std::int64_t classes_of(const Spec& spec) { return spec.classes; }
[[nodiscard]] inline Network new_network(const Spec& spec, dmdr::RandomSource& random) {
  return {Backend{}, spec, random};
}
/// What a sampler cannot read off the tensors of a saved network: nothing.
[[nodiscard]] inline dmdr::io::Metadata spec_metadata(const Spec& /*spec*/) { return {}; }
/// Images of `size` numbers as the networks take them: `[rows, size]`.
[[nodiscard]] inline dmdr::Shape batch_shape(std::int64_t rows, const Images& images) { return {rows, images.size}; }
[[nodiscard]] inline std::int64_t channels_of(const Spec& /*spec*/) { return 1; }
[[nodiscard]] inline ClassifierShape reward_shape(std::int64_t size, std::int64_t classes) {
  return {{size, 256, classes}};
}
[[nodiscard]] inline ClassifierShape judge_shape(std::int64_t size, std::int64_t classes) {
  return {{size, 256, 64, classes}};
}

/// Where the settings of the two runs differ.
struct Defaults {
  static constexpr const char* output = "runs/digits";
  static constexpr Spec network{};
  static constexpr dmdr::TeacherSettings teacher{};
  static constexpr ClassifierRun reward{.label_smoothing = 0.1};
  static constexpr ClassifierRun judge{.noise = 0.5};
  static constexpr dmdr::TrainerSettings student{.batch = 64,
                                                 .ratio = 3,
                                                 .steps = 4,
                                                 .step_index = dmdr::StepIndex::stratified,
                                                 .generator = {.learning_rate = 1e-3},
                                                 .fake = {.learning_rate = 2e-3},
                                                 .ema_decay = 0.98};
  static constexpr std::int64_t stage1_updates = 300;
  static constexpr dmdr::RateCourse stage2_generator_rate{};
  static constexpr dmdr::RateCourse stage2_fake_rate{};
  /// Long enough for RL alone to fall below the joint arm on the held-out reward.
  static constexpr std::int64_t stage2_updates = 500;
  static constexpr dmdr::DriftSettings drift{.every = 0};
  static constexpr std::int64_t class_repeats = 1;
  static constexpr double guidance = 1.5;
  static constexpr double renoise_held = 0;
  static constexpr double renoise_within = 0;
  static constexpr double rl_weight = 0.0078;
  static constexpr double tilt_beta = 1;
};

}  // namespace study
