// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/core/random.hpp>
#include <dmdr/diffusion/backward_simulation.hpp>
#include <dmdr/diffusion/mixture.hpp>
#include <dmdr/train/drift_monitor.hpp>
#include <dmdr/train/rate_schedule.hpp>
#include <dmdr/train/teacher.hpp>
#include <dmdr/train/trainer_settings.hpp>

#include "classifier_run.hpp"
#include "libtorch/sit_backend.hpp"

/// \file
/// The letters over LibTorch: a SiT in pixel space, convolutional classifiers.

namespace study {

/// Edges and forms are decided at middle and high noise, so 70 % of the times lie there.
using TeacherTimes = dmdr::Mixture<dmdr::LogitNormal<0.4, 1.2>, dmdr::Uniform, 0.7>;
/// The fake score sees the pictures that a student ends with. That of every step's prediction leaves the mean colour of each step free
/// (docs/explanation/drift.md).
using Simulation = dmdr::FinalOde;

/// Class embeddings start with the standard deviation .5 instead of SiT's .02: so small a network, trained for so short a time, tells its
/// classes apart much earlier then.
[[nodiscard]] inline Network new_network(const Spec& spec, dmdr::RandomSource& random) {
  Network network(Backend{}, spec.network, random);
  Tensor& table = network.base().at("y_embedder.embedding_table.weight");
  const Backend::NoGrad no_grad;
  Backend::assign(table, dmdr::expr::eval(25.0 * dmdr::expr::full(table)));
  return network;
}
[[nodiscard]] inline ClassifierShape reward_shape(std::int64_t /*size*/, std::int64_t classes) {
  return {3, {16, 32, 64, 96, 128}, classes};
}
[[nodiscard]] inline ClassifierShape judge_shape(std::int64_t /*size*/, std::int64_t classes) {
  return {3, {24, 48, 64, 64}, classes};
}

/// The settings of the run.
struct Defaults {
  static constexpr const char* output = "runs/letters";
  static constexpr Spec network{{.size = 32,
                                 .channels = 3,
                                 .patch = 4,
                                 .width = 128,
                                 .depth = 4,
                                 .heads = 4,
                                 .classes = 26,
                                 .frequencies = 64,
                                 .adapter = {.form = dmdr::SitAdapterForm::lora, .rank = 16, .alpha = 16}}};
  static constexpr dmdr::TeacherSettings teacher{.updates = 16000,
                                                 .batch = 32,
                                                 .optimiser = {.learning_rate = 1.5e-3, .beta2 = 0.99},
                                                 .warm_up = 200,
                                                 .schedule = dmdr::RateSchedule::hold_linear,
                                                 .hold = 0.4,
                                                 .ema_decay = 0.998};
  static constexpr ClassifierRun reward{.updates = 900, .batch = 96, .label_smoothing = 0.1};
  static constexpr ClassifierRun judge{.updates = 900, .batch = 96, .noise = 0.5};
  static constexpr dmdr::TrainerSettings student{.batch = 24,
                                                 .ratio = 3,
                                                 .steps = 4,
                                                 .shift = 2,
                                                 .step_index = dmdr::StepIndex::stratified,
                                                 .generator = {.learning_rate = 1e-4},
                                                 .fake = {.learning_rate = 8e-4},
                                                 .ema_decay = 0.98};
  static constexpr std::int64_t stage1_updates = 80;
  /// A student whose rate stays goes on wandering, and may lose its colours (docs/explanation/drift.md).
  static constexpr dmdr::RateCourse stage2_generator_rate{.schedule = dmdr::RateSchedule::hold_linear};
  static constexpr dmdr::RateCourse stage2_fake_rate{};
  static constexpr std::int64_t stage2_updates = 220;
  static constexpr dmdr::DriftSettings drift{};
  static constexpr std::int64_t class_repeats = 4;
  /// None: a reward takes its place (docs/explanation/letters.md).
  static constexpr double guidance = 1;
  static constexpr double renoise_held = 0;
  static constexpr double renoise_within = 0;
  static constexpr double rl_weight = 0.003;
  static constexpr double tilt_beta = 0.07;
};

}  // namespace study
