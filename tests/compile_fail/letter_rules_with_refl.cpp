// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: the RL algorithm needs a differentiable reward and this one is not: use Grpo, or add a differentiable reward
#include <dmdr/model/text_sit.hpp>
#include <dmdr/train/methods.hpp>

#include "../../examples/letters/letter_margin.hpp"
#include "../../examples/letters/letter_rules.hpp"

using namespace dmdr;

// Rules over a picture, a reward of another namespace: the tilted fake score and GRPO take it, ReFL asks for its gradient.
int main() { [[maybe_unused]] const Dmdr<PixelTextSit, letters::LetterRules, RewardTilt<>, ReFL> recipe; }
