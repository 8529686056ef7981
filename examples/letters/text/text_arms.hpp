// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <dmdr/train/progress.hpp>

#include "caption_data.hpp"
#include "text_evaluator.hpp"
#include "text_network.hpp"
#include "text_settings.hpp"

namespace letters {

/// The students: distilled without a reward; with the letter's margin by ReFL in the second stage; by a fake score that rules tilt, in both;
/// without a reward by the sampler that GRPO needs, whose steps have noise of their own; and so with rules by GRPO in the second stage.
enum class TextMethod : std::uint8_t { dmd, refl, tilted_rules, dmd_cps, grpo_rules };
struct TextArm {
  std::string name{};
  TextMethod method = TextMethod::dmd;
};
/// All of them, in the order of the table, or those of these names. Throws `ConfigError` for a name that is no arm.
[[nodiscard]] std::vector<TextArm> text_arms(const std::vector<std::string>& names = {});

/// What an arm leaves.
struct TextArmResult {
  TextNetwork student;
  double eta = 1;  ///< of the sampler that it was trained with, and is drawn with
  double adapter_scale = 0;
  std::vector<study::CurvePoint> curve{};
  std::int64_t skips = 0;
};

/// What the arms share.
struct TextArmContext {
  const TextSettings& settings;
  const CaptionData& data;
  const TextNetwork& teacher;
  const Judges& judges;
  const TextEvaluator& evaluator;
  const dmdr::TextPrompts& prompts;  ///< of the table's pictures and of the curves
  const std::string& directory;      ///< of the run: logs and checkpoints go below it
  bool resume = false;
  dmdr::Progress& progress;
};

/// How a student's pictures are drawn, always from the same noise.
[[nodiscard]] TextSampling sampling_of(const TextSettings& settings, const TextArmResult& arm);

/// Trains one student. Throws `study::Stopped` where a signal ended it; its checkpoint is written then.
[[nodiscard]] TextArmResult train_text_arm(const TextArmContext& context, const TextArm& arm);

/// Trains all of them on `threads` threads.
[[nodiscard]] std::map<std::string, TextArmResult> train_text_arms(const TextArmContext& context,
                                                                   const std::vector<TextArm>& arms, unsigned threads);

}  // namespace letters
