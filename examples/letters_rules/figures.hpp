// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <dmdr/core/random.hpp>

#include "letters/libtorch/letter_rules_model.hpp"
#include "letters/rule_shares.hpp"
#include "settings.hpp"

namespace letters {

/// What the rules say of painted letters.
struct Figures {
  RuleShares own{};    ///< with their own captions
  RuleShares noisy{};  ///< the same with noise on the pictures
  RuleShares wrong{};  ///< with captions that say something else there: ideally 0
  Share all{};         ///< pictures that obey every rule of their own caption
  double score = 0;    ///< the mean of `score_of` with their own captions
};

/// Draws `settings.pictures` captioned letters of these faces and looks at them.
[[nodiscard]] Figures figures_of(const LetterRulesModel& model, const LetterMasks& masks,
                                 std::span<const CaptionStyle> styles, std::span<const std::int64_t> faces,
                                 const Settings& settings, dmdr::RandomSource& random);

/// As a table.
[[nodiscard]] std::string text_of(const Figures& figures);

}  // namespace letters
