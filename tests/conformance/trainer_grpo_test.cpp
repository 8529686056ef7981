// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "trainer_run.hpp"

// Policy gradients over stochastic transitions, on each backend. The likelihood of a transition with little noise is so steep that the differences
// of `Reference` step over the clip of the ratio; the third backend's gradients are exact.

using namespace dmdr;
using namespace dmdr::test;
using toy::Linear;
using toy::Toy;

TEST_CASE("GRPO over CPS transitions trains alike on every backend") {
  check_method<DmdrGrpo<Toy, Linear, Cps<.9>, NormThenSum<>, SeparateFake>, minimal::Backend>();
}
TEST_CASE("GRPO over Flow-SDE transitions trains alike on every backend") {
  check_method<DmdrGrpo<Toy, Linear, FlowSde<>, SeparateFake>, minimal::Backend>();
}
