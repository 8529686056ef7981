// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "formula_check.hpp"

using namespace dmdr;
using namespace dmdr::test;

TEMPLATE_TEST_CASE("all backends agree on the transitions of the student", "", formulas::TransitionMean<Velocity>,
                   formulas::TransitionMean<Epsilon>, formulas::TransitionSample<Velocity>) {
  check_formula<TestType>();
}
