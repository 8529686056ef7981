// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "trainer_case.hpp"

using namespace dmdr;

using B = EigenCpu<>;
using Recipe = Dmdr<ClassMlp, ClassMargin, ReFL>;
using Network = network_of_t<B, ClassMlp>;
using Reward = RewardPack<B, ClassMargin>;

template void train<Recipe, B, ClassLabels>(const Network&, Reward);
