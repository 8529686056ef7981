// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "formula_check.hpp"

using namespace dmdr;
using namespace dmdr::test;

TEMPLATE_TEST_CASE("all backends agree on the squared error of an output", "", formulas::SquaredErrorOf<Velocity>,
                   formulas::SquaredErrorOf<Epsilon>, formulas::SquaredErrorOf<CleanSample>,
                   formulas::SquaredErrorOf<VpVelocity>) {
  check_formula<TestType>();
}
