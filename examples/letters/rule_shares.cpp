// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/rule_shares.hpp"

#include <cstddef>
#include <optional>

namespace letters {

void count_rules(RuleShares& shares, std::span<const LetterChecks> found) {
  for (const LetterChecks& checks : found) {
    const std::array<std::optional<bool>, 5> rules{checks.letter, checks.ink, checks.paper, checks.slant,
                                                   checks.weight};
    for (std::size_t rule = 0; rule < rules.size(); ++rule) {
      if (!rules[rule]) continue;
      ++shares[rule].stated;
      if (*rules[rule]) ++shares[rule].held;
    }
  }
}

}  // namespace letters
