// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <dmdr/core/adamw_settings.hpp>
#include <dmdr/core/describe.hpp>
#include <dmdr/model/text_sit.hpp>
#include <dmdr/train/drift_monitor.hpp>
#include <dmdr/train/rate_schedule.hpp>
#include <dmdr/train/teacher.hpp>
#include <dmdr/train/trainer_settings.hpp>

#include "classifier_run.hpp"
#include "letters/captioned.hpp"
#include "letters/letter_checks.hpp"
#include "study_backend.hpp"

namespace letters {

/// How the text-conditioned teacher starts from a class-conditional one: the image's part is taken over, and the text encoder is fitted to
/// the class table by captions.
struct WarmStartSettings {
  bool enabled = true;
  std::int64_t updates = 600;
  std::int64_t batch = 256;  ///< captions
  dmdr::AdamWSettings optimiser{.learning_rate = 2e-3, .beta2 = 0.99};

  template <class V>
  void visit(V&& v) {
    v("enabled", enabled);
    v("updates", updates, dmdr::at_least(1));
    v("batch", batch, dmdr::at_least(1));
    v("optimiser", optimiser);
  }
};

/// The network of the class-conditional teacher with a text encoder that reads captions in the place of the class table.
[[nodiscard]] dmdr::PixelTextSit caption_network();

/// How a student of captions is trained: as one by class, but at the generator's rate 1.5e-4, and in batches that hold groups of eight pictures of a
/// prompt, of which rules tell more apart than of four.
[[nodiscard]] dmdr::TrainerSettings caption_student();

/// Everything that `letters_text` can be told.
struct TextSettings {
  std::uint64_t seed = 1;
  dmdr::PixelTextSit network = caption_network();
  dmdr::TeacherSettings teacher{.updates = 16000,
                                .batch = 32,
                                .optimiser = {.learning_rate = 1e-3, .beta2 = 0.99},
                                .warm_up = 200,
                                .schedule = dmdr::RateSchedule::hold_linear,
                                .hold = 0.4,
                                .ema_decay = 0.998};
  WarmStartSettings warm_start{};
  CaptionSettings captions{};
  RuleSettings rules{};
  study::ClassifierRun reward = study::Defaults::reward;
  study::ClassifierRun judge = study::Defaults::judge;
  dmdr::TrainerSettings student = caption_student();
  dmdr::DriftSettings drift = study::Defaults::drift;
  std::int64_t group = 8;  ///< samples of a prompt in a row: the groups of the tilt and of the advantages
  std::int64_t stage1_updates = study::Defaults::stage1_updates;
  std::int64_t stage2_updates = 220;
  dmdr::RateCourse stage2_generator_rate = study::Defaults::stage2_generator_rate;
  std::int64_t anneal_updates = 100;  ///< of DynaRS and DynaDG
  double real_scale0 = 0.75;          ///< DynaDG's scale of the adapter in the real score at the start
  double guidance = 1.1;              ///< of the real score
  double teacher_guidance = 1.2;      ///< of the teacher at `teacher_steps`
  double few_steps_guidance = 1.3;    ///< the same at as few steps as a student has
  double tilt_beta = 0.4;             ///< in units of the score of rules, which lies in [0, 1]
  double refl_weight = 0.01;          ///< lambda of the ReFL loss in the second stage
  double grpo_weight = 20;            ///< the same of GRPO, whose squared errors are means over the elements
  std::int64_t teacher_steps = 50;
  std::int64_t curve_every = 20;              ///< generator updates between two points of the curves
  std::int64_t teacher_curve_every = 1000;    ///< the teacher's updates between two looks at its pictures
  std::int64_t samples = 520;                 ///< generated pictures of every row, and of every point of a curve
  std::int64_t real_samples = 2600;           ///< real pictures that generated ones are compared with
  std::int64_t checkpoint_every = 100;        ///< iterations of an arm
  std::int64_t model_checkpoint_every = 500;  ///< updates of the teacher and of each classifier

  template <class V>
  void visit(V&& v) {
    v("seed", seed, dmdr::at_least(0));
    v("network", network);
    v("teacher", teacher);
    v("warm_start", warm_start);
    v("captions", captions);
    v("rules", rules);
    v("reward", reward);
    v("judge", judge);
    v("student", student);
    v("drift", drift);
    v("group", group, dmdr::at_least(1));
    v("stage1_updates", stage1_updates, dmdr::at_least(1));
    v("stage2_updates", stage2_updates, dmdr::at_least(1));
    v("stage2_generator_rate", stage2_generator_rate);
    v("anneal_updates", anneal_updates, dmdr::at_least(0));
    v("real_scale0", real_scale0, dmdr::at_least(0));
    v("guidance", guidance, dmdr::at_least(0));
    v("teacher_guidance", teacher_guidance, dmdr::at_least(0));
    v("few_steps_guidance", few_steps_guidance, dmdr::at_least(0));
    v("tilt_beta", tilt_beta, dmdr::positive);
    v("refl_weight", refl_weight, dmdr::at_least(0));
    v("grpo_weight", grpo_weight, dmdr::at_least(0));
    v("teacher_steps", teacher_steps, dmdr::at_least(1));
    v("curve_every", curve_every, dmdr::at_least(1));
    v("teacher_curve_every", teacher_curve_every, dmdr::at_least(1));
    v("samples", samples, dmdr::at_least(26));
    v("real_samples", real_samples, dmdr::at_least(52));
    v("checkpoint_every", checkpoint_every, dmdr::at_least(0));
    v("model_checkpoint_every", model_checkpoint_every, dmdr::at_least(0));
  }
  /// A sentence where the values contradict each other or the captions, else empty.
  [[nodiscard]] std::string contradiction() const;
};

/// The class-conditional network whose image's part is that of `network`.
[[nodiscard]] dmdr::SitSettings class_network(const dmdr::TextSitSettings& network);

}  // namespace letters
