// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: the RL algorithm needs a reward; add one
#include "trainer_case.hpp"

using namespace dmdr;

using B = EigenCpu<>;
using Recipe = Dmdr<ClassMlp, ReFL>;

template void train<Recipe, B, ClassLabels>(const Nothing&, Nothing);
