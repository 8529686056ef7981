// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <dmdr/eigen.hpp>
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/train/methods.hpp>
#include <dmdr/train/trainer.hpp>

using namespace dmdr;

using B = EigenCpu<>;
using Recipe = Dmdr<ClassMlp, ReFL, ClassMargin>;

void train(const network_of_t<B, ClassMlp>& teacher, RewardPack<B, ClassMargin> reward) {
  Trainer<Recipe, B> trainer{B{},
                             Recipe{},
                             {.batch = 8},
                             PaperStages{}.plan(),
                             {.teacher = teacher,
                              .conditions = [](RandomSource&, std::uint64_t, std::int64_t) { return ClassLabels(); },
                              .reward = std::move(reward)}};
  while (!trainer.finished()) trainer.step();
}
