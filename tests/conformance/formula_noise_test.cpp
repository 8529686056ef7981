// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "formula_check.hpp"

using namespace dmdr;
using namespace dmdr::test;

TEMPLATE_TEST_CASE("all backends agree on the noise of an output", "", formulas::NoiseOf<Velocity>,
                   formulas::NoiseOf<Epsilon>, formulas::NoiseOf<CleanSample>, formulas::NoiseOf<VpVelocity>) {
  check_formula<TestType>();
}
