// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include <dmdr/core/random.hpp>

#include "letters/libtorch/letter_rules_model.hpp"
#include "settings.hpp"

namespace letters {

/// Of how many pictures whose caption states a rule it holds.
struct Share {
  std::int64_t held = 0;
  std::int64_t stated = 0;

  [[nodiscard]] double value() const noexcept {
    return stated > 0 ? static_cast<double>(held) / static_cast<double>(stated) : 0;
  }
};

/// The rules letter, ink, paper, slant and weight.
using RuleShares = std::array<Share, 5>;
inline constexpr std::array<const char*, 5> rule_names{"letter", "ink", "paper", "slant", "weight"};

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
