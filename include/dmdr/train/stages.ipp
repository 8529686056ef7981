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

DMDR_INLINE const Stage& stage_at(const std::vector<Stage>& stages, std::int64_t updates) {
  std::int64_t end = 0;
  for (const Stage& stage : stages)
    if (updates < (end += stage.updates)) return stage;
  return stages.back();
}

}  // namespace dmdr
