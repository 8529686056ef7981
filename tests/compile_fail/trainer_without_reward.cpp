// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
// expect: dmdr: this backend has no model for the reward: choose another backend, or specialise dmdr::reward_model_of
#include <utility>

#include <dmdr/eigen.hpp>
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/train/methods.hpp>
#include <dmdr/train/trainer.hpp>

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

struct Network {};
struct Reward {};

void train(const Network& teacher, Reward reward) {
  Trainer<Recipe, B> trainer{B{},
                             Recipe{},
                             {.batch = 8},
                             PaperStages{}.plan(),
                             {.teacher = teacher,
                              .conditions = [](RandomSource&, std::uint64_t, std::int64_t) { return ClassLabels(); },
                              .reward = std::move(reward)}};
  while (!trainer.finished()) trainer.step();
}
