// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/reward/reward.hpp>

namespace dmdr {

/// Margin of a classifier: `z_c - logsumexp(z over the other classes)`, for class-conditional generators.
///
/// Unlike the log-probability it does not saturate, so that reward hacking shows. The backend's classifier gives the logits.
struct ClassMargin {
  using role = role::reward;
  using Condition = ClassLabels;
  static constexpr bool differentiable = true;
  static constexpr bool scores_images = true;
  static constexpr const char* name = "ClassMargin";
};

}  // namespace dmdr
