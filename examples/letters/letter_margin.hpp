// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/core/role.hpp>
#include <dmdr/model/condition.hpp>

namespace letters {

/// Margin of a classifier of letters for the caption's letter, `z_c - logsumexp(z over the others)`: what `ClassMargin` is for labels. It has a
/// gradient and sees nothing of colours and style.
struct LetterMargin {
  using Condition = dmdr::TextPrompts;
  static constexpr bool differentiable = true;
  static constexpr bool scores_images = true;
  static constexpr const char* name = "LetterMargin";
};

}  // namespace letters

template <>
struct dmdr::role_of<letters::LetterMargin> {
  using type = dmdr::role::reward;
};
