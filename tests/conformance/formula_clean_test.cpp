// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "formula_check.hpp"

using namespace dmdr;
using namespace dmdr::test;

TEMPLATE_TEST_CASE("all backends agree on the noised image and on the clean image of an output", "", formulas::Noised,
                   formulas::CleanOf<Velocity>, formulas::CleanOf<Epsilon>, formulas::CleanOf<CleanSample>,
                   formulas::CleanOf<VpVelocity>) {
  check_formula<TestType>();
}
