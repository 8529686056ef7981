// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/model/text_sit.hpp>
#include <dmdr/train/methods.hpp>

#include "../../examples/letters/letter_margin.hpp"
#include "../../examples/letters/letter_rules.hpp"

using namespace dmdr;

int main() {
  [[maybe_unused]] const Dmdr<PixelTextSit, letters::LetterRules, RewardTilt<>, Grpo, Cps<.9>> by_rules;
  [[maybe_unused]] const Dmdr<PixelTextSit, letters::LetterMargin, RewardTilt<>, ReFL> by_gradient;
}
