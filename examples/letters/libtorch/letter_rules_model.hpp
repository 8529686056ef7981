// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <dmdr/libtorch/backend.hpp>
#include <dmdr/libtorch/classifier.hpp>
#include <dmdr/model/condition.hpp>
#include <dmdr/reward/reward.hpp>

#include "letters/letter_checks.hpp"
#include "letters/letter_rules.hpp"

namespace letters {

/// The reward `LetterRules` on LibTorch: a classifier that the reward cannot train reads the letter, the other rules are those of `check_letter`.
class LetterRulesModel {
 public:
  /// Sees the elements of `recogniser`, without a copy. Throws `ConfigError` where it does not read 26 letters in pictures of three channels, or
  /// where a setting is out of its range.
  LetterRulesModel(const dmdr::LibTorch& backend, const dmdr::libtorch::ConvClassifier& recogniser,
                   const ShapeBounds& bounds, const RuleSettings& settings = {},
                   dmdr::Location where = dmdr::Location::current());

  /// Scores of pictures `[B, 3, 32, 32]` in [-1, 1]: `[B]`, without a history.
  ///
  /// Throws `ShapeError` where there is not one prompt a picture or the pictures have another shape, `ConfigError` for a prompt that is no
  /// caption, the empty one included.
  [[nodiscard]] at::Tensor score(const at::Tensor& pictures, const dmdr::TextPrompts& prompts,
                                 dmdr::Location where = dmdr::Location::current()) const;
  /// Which rules each picture obeys. Throws as `score`.
  [[nodiscard]] std::vector<LetterChecks> checks(const at::Tensor& pictures, const dmdr::TextPrompts& prompts,
                                                 dmdr::Location where = dmdr::Location::current()) const;

 private:
  dmdr::LibTorch backend_;
  dmdr::libtorch::ConvClassifier recogniser_;
  ShapeBounds bounds_;
  RuleSettings settings_;
};

static_assert(dmdr::RewardSpec<LetterRules>);
static_assert(dmdr::RewardModel<LetterRulesModel, at::Tensor, dmdr::TextPrompts>);

}  // namespace letters

template <>
struct dmdr::reward_model_of<dmdr::LibTorch, letters::LetterRules> {
  using type = letters::LetterRulesModel;
};
