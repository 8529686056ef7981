// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/libtorch/classifier.hpp>
#include <dmdr/model/condition.hpp>
#include <dmdr/reward/reward.hpp>

#include "letters/letter_margin.hpp"

namespace letters {

/// The reward `LetterMargin` on LibTorch, by a classifier that the reward cannot train.
class LetterMarginModel {
 public:
  /// Sees the elements of `recogniser`, without a copy.
  explicit LetterMarginModel(const dmdr::libtorch::ConvClassifier& recogniser) : margin_(recogniser) {}

  /// Margins of pictures `[B, channels, h, w]` in [-1, 1]: `[B]`, differentiable in the pictures. Throws as `ClassMarginModel`, and `ConfigError`
  /// for a prompt that is no caption.
  [[nodiscard]] at::Tensor score(const at::Tensor& pictures, const dmdr::TextPrompts& prompts,
                                 dmdr::Location where = dmdr::Location::current()) const;

 private:
  dmdr::libtorch::ClassMarginModel margin_;
};

static_assert(dmdr::RewardSpec<LetterMargin>);
static_assert(dmdr::RewardModel<LetterMarginModel, at::Tensor, dmdr::TextPrompts>);

}  // namespace letters

template <>
struct dmdr::reward_model_of<dmdr::LibTorch, letters::LetterMargin> {
  using type = letters::LetterMarginModel;
};
