// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "step.hpp"

#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include <dmdr/eigen/class_mlp.hpp>
#include <dmdr/train/recipe.hpp>
#include <dmdr/train/trainer.hpp>

#include "by_hand.hpp"

namespace bench {

namespace {

using namespace dmdr;
using Cpu = EigenCpu<float>;
using Network = eigen::ClassMlpNetwork<float>;

// The settings of the digits run: 4 steps, batch 64, three fake updates a generator update, both dynamics, guidance 1.5.
constexpr std::int64_t anneal = 100;
using Recipe = Dmdr<ClassMlp, DynaDg<2, .75, anneal>, BetaAnneal<4, 1.5, anneal>, Cfg<1.5>, SameStep, SingleStage>;
TrainerSettings digits_settings() {
  return {.seed = 1,
          .batch = 64,
          .ratio = 3,
          .steps = 4,
          .step_index = StepIndex::stratified,
          .generator = {.learning_rate = 1e-3},
          .fake = {.learning_rate = 2e-3},
          .ema_decay = .98};
}

ClassLabels labels_of(RandomSource& random, std::uint64_t iteration, std::int64_t batch) {
  return ClassLabels(random.index(Draw{"labels", iteration}, batch, 10));
}

/// A teacher that says something: a new network predicts nearly zero.
Network teacher_of(RandomSource& random) {
  Network teacher(Cpu{}, ClassMlp{}, random);
  Cpu::Tensor& out = teacher.base().at("out.weight");
  std::vector<double> values = random.normal({"out"}, shape_of(out)[0], shape_of(out)[1]);
  for (double& value : values) value *= .1;
  Cpu::assign(out, Cpu{}.from_host(shape_of(out), values));
  return teacher;
}

}  // namespace

void measure_step(Results& results, const TimingSettings& settings) {
  Philox random(11);
  const Network teacher = teacher_of(random);
  const TrainerSettings run = digits_settings();
  Trainer<Recipe, Cpu> trainer(Cpu{}, Recipe{}, run, {{.updates = 1000000}},
                               {.teacher = teacher, .conditions = labels_of});
  ByHand<Cpu, Network> by_hand(Cpu{}, teacher, run, {.sample_shape = {64}, .anneal = anneal});

  // Both must do the same work, or their times say nothing: across three generator updates, bit for bit.
  for (std::int64_t iteration = 0; iteration <= 3 * run.ratio; ++iteration) {
    const StepReport report = trainer.step();
    if (!report.skipped.empty())
      throw NumericError("benchmark: the trainer skipped an iteration because of: " + report.skipped);
    by_hand.step();
  }
  const NamedTensors start = store_parameters(teacher.base(), "student/"), reached = weights_of(trainer);
  if (trainer.updates() != 3 || reached.at("student/in.weight") == start.at("student/in.weight"))
    throw NumericError("benchmark: the trainer has not trained");
  require_equal(reached, by_hand.weights());

  // One sample: `ratio` iterations, of which one updates the generator.
  const std::vector<Work> works{[&] {
                                  for (std::int64_t k = 0; k < run.ratio; ++k) by_hand.step();
                                },
                                [&] {
                                  for (std::int64_t k = 0; k < run.ratio; ++k) trainer.step();
                                }};
  const Rounds rounds(works, settings);
  results.add("step/by_hand_seconds", rounds.seconds(0));
  results.add("step/trainer_seconds", rounds.seconds(1));
  results.add("step/trainer_over_by_hand", rounds.ratio(1, 0));
  std::printf(
      "\na DMDR step, %lld iterations with one generator update (batch 64, 4 steps, DynaDG, guidance 1.5):\n"
      "  by hand %.3f ms, Trainer %.3f ms, ratio %.4f (%.4f-%.4f); equal weights, bit for bit\n",
      static_cast<long long>(run.ratio), 1e3 * rounds.seconds(0).median, 1e3 * rounds.seconds(1).median,
      rounds.ratio(1, 0).median, rounds.ratio(1, 0).lower, rounds.ratio(1, 0).upper);
}

}  // namespace bench
