// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "formula_check.hpp"

using namespace dmdr;
using namespace dmdr::test;

TEMPLATE_TEST_CASE("all backends agree on the losses of the fake score", "", formulas::WeightedFakeLoss,
                   formulas::EpsMseOf<Velocity>, formulas::EpsMseOf<Epsilon>) {
  check_formula<TestType>();
}
