// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: this backend has no model for the reward: choose another backend, or specialise dmdr::reward_model_of
#include "trainer_case.hpp"

using namespace dmdr;

/// Scores pictures by nobody's model.
struct Beauty {
  using role = role::reward;
  using Condition = ClassLabels;
  static constexpr bool differentiable = true;
  static constexpr bool scores_images = true;
  static constexpr const char* name = "Beauty";
};

using B = EigenCpu<>;
using Recipe = Dmdr<ClassMlp, Beauty, ReFL>;

template void train<Recipe, B, ClassLabels>(const Nothing&, Nothing);
