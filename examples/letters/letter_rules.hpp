// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/core/role.hpp>
#include <dmdr/model/condition.hpp>

namespace letters {

/// Share of a caption's rules that a picture obeys: letter, ink, paper, slant, weight (`letter_checks.hpp`), in [0, 1].
///
/// Rules hold or not: there is no gradient, so that `Grpo` and `RewardTilt` can use it and `ReFL` cannot.
struct LetterRules {
  using Condition = dmdr::TextPrompts;
  static constexpr bool differentiable = false;
  static constexpr bool scores_images = true;
  static constexpr const char* name = "LetterRules";
};

}  // namespace letters

template <>
struct dmdr::role_of<letters::LetterRules> {
  using type = dmdr::role::reward;
};
