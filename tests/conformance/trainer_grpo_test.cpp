// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "trainer_run.hpp"

// Policy gradients over stochastic transitions, on each backend.

using namespace dmdr;
using namespace dmdr::test;
using toy::Linear;
using toy::Toy;

TEST_CASE("GRPO over CPS transitions trains alike on every backend") {
  check_method<DmdrGrpo<Toy, Linear, Cps<.9>, NormThenSum<>, SeparateFake>>();
}
TEST_CASE("GRPO over Flow-SDE transitions trains alike on every backend") {
  check_method<DmdrGrpo<Toy, Linear, FlowSde<>, SeparateFake>>();
}
