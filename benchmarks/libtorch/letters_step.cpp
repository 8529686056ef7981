// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "letters_step.hpp"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <dmdr/io/setting_check.hpp>
#include <dmdr/train/trainer.hpp>

#include "iterations.hpp"
#include "letters_study.hpp"
#include "study/arm_recipe.hpp"
#include "timing.hpp"

namespace bench {

namespace {

/// What `dmdr_step.py` must be told to do the same work.
std::vector<std::string> arguments_of(const study::Settings& run, const std::vector<std::int64_t>& widths,
                                      int threads) {
  std::vector<std::string> arguments{"--model",
                                     "letters",
                                     "--lora",
                                     "--rank",
                                     std::to_string(run.network.network.adapter.rank),
                                     "--batch",
                                     std::to_string(run.student.batch),
                                     "--repeats",
                                     std::to_string(run.class_repeats),
                                     "--steps",
                                     std::to_string(run.student.steps),
                                     "--shift",
                                     dmdr::io::number_text(run.student.shift),
                                     "--guidance",
                                     dmdr::io::number_text(run.guidance),
                                     "--simulation",
                                     "final-ode",
                                     "--tilt",
                                     dmdr::io::number_text(run.tilt_beta),
                                     "--refl",
                                     dmdr::io::number_text(run.rl_weight),
                                     "--ema",
                                     dmdr::io::number_text(run.student.ema_decay),
                                     "--threads",
                                     std::to_string(threads),
                                     "--classifier"};
  for (const std::int64_t width : widths) arguments.push_back(std::to_string(width));
  return arguments;
}

}  // namespace

void measure_letters_step(Results& results, const LettersStepSettings& settings) {
  dmdr::libtorch::set_threads(settings.threads);
  const study::Settings run{};
  const std::int64_t classes = study::classes_of(run.network);
  const study::Network teacher = letters::load_class_network(settings.teacher, run.network.network);
  // The reward's work does not depend on what it has learnt.
  dmdr::Philox random(11);
  const study::ClassifierShape shape = study::reward_shape(run.network.network.size, classes);
  const study::Classifier classifier(study::Backend{}, shape, random);

  auto recipe = study::tilted_recipe(run.tilt_beta);
  study::configure(recipe, run, study::Arm{.method = study::Method::tilted});
  using Trainer = dmdr::Trainer<decltype(recipe), study::Backend>;
  typename Trainer::Parts parts{.teacher = teacher};
  parts.conditions = study::grouped_labels(classes, run.class_repeats);
  parts.reward.emplace(recipe.reward, std::tuple{study::RewardModel(classifier)});
  Trainer trainer(study::Backend{}, recipe, run.student, {run.second_stage("joint", 1000000, run.rl_weight)},
                  std::move(parts));
  const std::unique_ptr<Peer> peer = eager_peer(settings.python, arguments_of(run, shape.widths, settings.threads));

  // A round is an update: `ratio` iterations, the last with a generator update. The first is the warm-up, with iteration 0 before it.
  Taken of_trainer, of_peer;
  const std::int64_t ratio = run.student.ratio;
  double fake_trained = 0, fake_answered = 0;
  for (std::int64_t iteration = 0; iteration <= ratio * (settings.rounds + 1); ++iteration) {
    const bool with_generator = iteration > 0 && iteration % ratio == 0;
    double trained = 0, answered = 0;
    const auto ours = [&] {
      trained = seconds_of([&] {
        const dmdr::StepReport report = trainer.step();
        if (!report.skipped.empty() || report.generator_updated != with_generator)
          throw dmdr::NumericError("benchmark: an iteration of the trainer went wrong: " + report.skipped);
      });
    };
    const bool first = iteration % 2 == 0;
    if (first) ours();
    if (peer) answered = peer->run(with_generator ? "generator" : "fake");
    if (!first) ours();
    if (iteration <= ratio) continue;
    if (!with_generator) {
      fake_trained += trained;
      fake_answered += answered;
      continue;
    }
    const auto fakes = static_cast<double>(ratio - 1);
    of_trainer.add(false, fake_trained / fakes);
    of_trainer.add(true, trained);
    of_peer.add(false, fake_answered / fakes);
    of_peer.add(true, answered);
    fake_trained = fake_answered = 0;
  }

  std::printf("letters, tilted joint, batch %lld, %lld steps, %lld iterations an update, %d thread%s, %lld rounds:\n",
              static_cast<long long>(run.student.batch), static_cast<long long>(run.student.steps),
              static_cast<long long>(ratio), settings.threads, settings.threads == 1 ? "" : "s",
              static_cast<long long>(settings.rounds));
  const std::string path = "letters/";
  results.add(path + "threads", static_cast<double>(settings.threads));
  results.add(path + "trainer_seconds/fake_iteration", spread_of(of_trainer.fake));
  results.add(path + "trainer_seconds/generator_iteration", spread_of(of_trainer.generator));
  std::printf("  Trainer: %.3f s without, %.3f s with a generator update\n", spread_of(of_trainer.fake).median,
              spread_of(of_trainer.generator).median);
  if (peer) add_ratios(results, path + "pytorch_over_trainer", of_peer, of_trainer, ratio);
  std::fflush(stdout);
}

}  // namespace bench
