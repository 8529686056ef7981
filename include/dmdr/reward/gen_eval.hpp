// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/reward/reward.hpp>

namespace dmdr {

/// GenEval (Ghosh et al. 2310.11513): share of an image's object, count, colour and position checks that hold, by a detector.
/// Rules over detections: not differentiable. The facts only; a backend that has the detector says so by `reward_model_of`.
struct GenEval {
  using role = role::reward;
  using Condition = TextPrompts;
  static constexpr bool differentiable = false;
  static constexpr bool scores_images = true;
  static constexpr const char* name = "GenEval";
};

}  // namespace dmdr
