// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "trainer_run.hpp"

// A differentiable reward with every reward weight, on each backend.

using namespace dmdr;
using namespace dmdr::test;
using toy::Linear;
using toy::Toy;

TEST_CASE("ReFL with a weighted DMD gradient and a tilted fake score trains alike on every backend") {
  check_method<Dmdr<Toy, Linear, ReFL, RtDmWith<ExpEmaZ>, RewardTilt<1>, SeparateFake, BetaAnneal<4, 1.5, 5>,
                    CfgUniform<1.2, 1.8>, FinalOde>>();
}
TEST_CASE("an advantage on the augmentation term trains alike on every backend") {
  check_method<Dmdr<Toy, Linear, AdvantageCa, DmCa, SeparateFake, Cfg<2>, LogitNormal<>, BatchL1<>>>();
}
