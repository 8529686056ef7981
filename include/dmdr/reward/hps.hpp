// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/reward/reward.hpp>

namespace dmdr {

/// HPSv2.1 (Wu et al. 2306.09341): cosine of normalised CLIP ViT-H/14 features of image and prompt, about .28; differentiable.
/// The facts only; a backend that has the tower says so by `reward_model_of`.
struct Hps21 {
  using role = role::reward;
  using Condition = TextPrompts;
  static constexpr bool differentiable = true;
  static constexpr bool scores_images = true;
  static constexpr const char* name = "Hps21";
};

}  // namespace dmdr
