// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "letters/letter_checks.hpp"

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

/// Counts pictures, each rule where its caption states it.
void count_rules(RuleShares& shares, std::span<const LetterChecks> found);

}  // namespace letters
