// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <dmdr/core/random.hpp>
#include <dmdr/core/shape.hpp>
#include <dmdr/diffusion/backward_simulation.hpp>
#include <dmdr/diffusion/renoise.hpp>
#include <dmdr/io/metadata.hpp>
#include <dmdr/libtorch.hpp>
#include <dmdr/model/sit.hpp>
#include <dmdr/train/drift_monitor.hpp>
#include <dmdr/train/rate_schedule.hpp>
#include <dmdr/train/teacher.hpp>
#include <dmdr/train/trainer_settings.hpp>

#include "classifier_run.hpp"
#include "images.hpp"

/// \file
/// The run over LibTorch: a small SiT in pixel space, convolutional classifiers. The header of this name in `eigen/` is its counterpart.

namespace study {

using Backend = dmdr::LibTorch;
using Tensor = Backend::Tensor;
using Spec = dmdr::PixelSit;
using Network = dmdr::libtorch::SitNetwork;
using Classifier = dmdr::libtorch::ConvClassifier;
using ClassifierShape = dmdr::libtorch::ConvClassifierSettings;
using TeacherTimes = dmdr::Uniform;  ///< law of the times that a teacher is trained at
using Simulation = dmdr::SameStep;
using RewardModel = dmdr::libtorch::ClassMarginModel;
using dmdr::libtorch::class_margin;
using dmdr::libtorch::cross_entropy;

/// One thread for LibTorch's operators: arms are trained side by side instead, each on a thread of its own.
inline void prepare_process() { dmdr::libtorch::set_threads(1); }

[[nodiscard]] inline std::int64_t classes_of(const Spec& spec) { return spec.network.classes; }
[[nodiscard]] inline Network new_network(const Spec& spec, dmdr::RandomSource& random) {
  return {Backend{}, spec.network, random};
}
/// What a sampler cannot read off the tensors of a saved network.
[[nodiscard]] inline dmdr::io::Metadata spec_metadata(const Spec& spec) {
  return {{"heads", std::to_string(spec.network.heads)}};
}
/// Images as the networks take them: `[rows, channels, side, side]`.
[[nodiscard]] inline dmdr::Shape batch_shape(std::int64_t rows, const Images& images) {
  const std::int64_t side = side_of(images);
  return {rows, images.channels, side, side};
}
[[nodiscard]] inline std::int64_t channels_of(const Spec& spec) { return spec.network.channels; }
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
  /// Long enough for RL alone to fall below the joint arm on the held-out reward.
  static constexpr dmdr::RateCourse stage2_generator_rate{};
  static constexpr dmdr::RateCourse stage2_fake_rate{};
  static constexpr std::int64_t stage2_updates = 370;
  static constexpr dmdr::DriftSettings drift{.every = 0};
  static constexpr std::int64_t class_repeats = 1;
  static constexpr double guidance = 1.5;
  /// The gradient of the reward on the images is about a quarter of DMD's.
  static constexpr double renoise_held = 0;
  static constexpr double renoise_within = 0;
  static constexpr double rl_weight = 0.0078;
};

}  // namespace study
