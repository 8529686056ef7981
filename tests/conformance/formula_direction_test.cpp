// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "formula_check.hpp"

using namespace dmdr;
using namespace dmdr::test;

TEMPLATE_TEST_CASE("all backends agree on guidance and on the parts of the DMD gradient", "", formulas::Guided,
                   formulas::ScoreDifference, formulas::CfgAugmentation, formulas::TeacherDistance,
                   formulas::WeightedDirection) {
  check_formula<TestType>();
}
