// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/core/inline.hpp>
#include <dmdr/train/stages.hpp>

namespace dmdr {

DMDR_INLINE std::int64_t total_updates(const std::vector<Stage>& stages) {
  std::int64_t total = 0;
  for (const Stage& stage : stages) total += stage.updates;
  return total;
}

DMDR_INLINE StagePosition stage_at(const std::vector<Stage>& stages, std::int64_t updates) {
  std::int64_t begin = 0;
  for (const Stage& stage : stages) {
    if (updates < begin + stage.updates) return {stage, updates - begin};
    begin += stage.updates;
  }
  return {stages.back(), updates - (begin - stages.back().updates)};
}

DMDR_INLINE double StagePosition::generator_lr(double own) const {
  return (stage.generator_lr > 0 ? stage.generator_lr : own) * stage.generator_rate.factor(update, stage.updates);
}

DMDR_INLINE double StagePosition::fake_lr(double own) const {
  return (stage.fake_lr > 0 ? stage.fake_lr : own) * stage.fake_rate.factor(update, stage.updates);
}

}  // namespace dmdr
