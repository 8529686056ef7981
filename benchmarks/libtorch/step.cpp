// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "step.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/libtorch/sit.hpp>
#include <dmdr/train/recipe.hpp>
#include <dmdr/train/trainer.hpp>

#include "by_hand.hpp"
#include "iterations.hpp"
#include "timing.hpp"

namespace bench {

namespace {

using namespace dmdr;
using Network = libtorch::SitNetwork;

constexpr std::int64_t anneal = 100;
constexpr std::int64_t ratio_of_cycle = 5;  ///< iterations a generator update in the figure `cycle`
using Recipe = Dmdr<Sit, DynaDg<2, .75, anneal>, BetaAnneal<4, 1.5, anneal>, Cfg<1.5>, SameStep, SingleStage>;

SitSettings network_of_name(const std::string& name) {
  const std::map<std::string, std::function<SitSettings()>> named{
      {"SiT-S/2", sit_s2},
      {"SiT-B/2", sit_b2},
      {"SiT-L/2", sit_l2},
      {"SiT-XL/2", sit_xl2},
      // The network of examples/letters, in pixel space.
      {"letters",
       [] {
         return SitSettings{.size = 32, .channels = 3, .patch = 4, .width = 128, .depth = 4, .heads = 4, .classes = 26};
       }},
      {"tiny", [] { return SitSettings{.size = 8, .width = 32, .depth = 2, .heads = 4, .classes = 5}; }}};
  const auto found = named.find(name);
  if (found == named.end())
    throw ConfigError("benchmark: unknown model '" + name +
                      "'; there are SiT-S/2, SiT-B/2, SiT-L/2, SiT-XL/2, letters and tiny");
  return found->second();
}

/// A teacher that says something: a new network predicts zero, and has layers that no gradient passes.
Network teacher_of(const SitSettings& settings) {
  Philox random(11);
  Network teacher(LibTorch{}, settings, random);
  for (auto& [name, tensor] : teacher.base()) {
    const bool starts_at_zero = name.find("adaLN") != std::string::npos || name.starts_with("final_layer");
    if (!starts_at_zero) continue;
    const Shape shape = shape_of(tensor);
    std::vector<double> values = random.normal(Draw{"teacher/" + name}, 1, shape.numel());
    for (double& value : values) value *= .02;
    LibTorch::assign(tensor, LibTorch{}.from_host(shape, values));
  }
  return teacher;
}

void measure(Results& results, const SitStepSettings& settings, std::int64_t steps) {
  const Sit generator{network_of_name(settings.model)};
  const SitSettings& network = generator.network;
  // A ratio of 2 gives both kinds of iteration equally often; a cycle of 5 is added up from them.
  const TrainerSettings run{.seed = 1,
                            .batch = settings.batch,
                            .ratio = 2,
                            .steps = steps,
                            .generator = {.learning_rate = 2e-5, .weight_decay = 0.01},
                            .fake = {.learning_rate = 2e-5}};
  const Network teacher = teacher_of(network);
  Recipe recipe;
  recipe.generator = generator;
  const std::int64_t classes = network.classes;
  Trainer<Recipe, LibTorch> trainer(
      LibTorch{}, recipe, run, {{.updates = 1000000}},
      {.teacher = teacher, .conditions = [classes](RandomSource& random, std::uint64_t iteration, std::int64_t batch) {
         return ClassLabels(random.index(Draw{"labels", iteration}, batch, classes));
       }});
  ByHand<LibTorch, Network> by_hand(LibTorch{}, teacher, run,
                                    {.sample_shape = generator.sample_shape(), .classes = classes, .anneal = anneal});
  const std::unique_ptr<Peer> peer =
      eager_peer(settings.python, {"--model", settings.model, "--batch", std::to_string(settings.batch), "--steps",
                                   std::to_string(steps), "--threads", std::to_string(settings.threads)});

  // Iterations 0 to 2 are the warm-up, then one without and one with a generator update in turn.
  constexpr std::int64_t warm_up = 3;
  Taken of_trainer, of_hand, of_peer;
  for (std::int64_t iteration = 0; iteration < warm_up + 2 * settings.rounds; ++iteration) {
    const bool with_generator = iteration > 0 && iteration % run.ratio == 0;
    double trained = 0, written = 0, answered = 0;
    const auto go = [&](std::int64_t who) {
      if (who == 0)
        trained = seconds_of([&] {
          const StepReport report = trainer.step();
          if (!report.skipped.empty() || report.generator_updated != with_generator)
            throw NumericError("benchmark: an iteration of the trainer went wrong: " + report.skipped);
        });
      else if (who == 1)
        written = seconds_of([&] { by_hand.step(); });
      else if (peer)
        answered = peer->run(with_generator ? "generator" : "fake");
    };
    for (std::int64_t turn = 0; turn < 3; ++turn) go((turn + iteration / 2) % 3);
    if (iteration < warm_up) continue;
    of_trainer.add(with_generator, trained);
    of_hand.add(with_generator, written);
    if (peer) of_peer.add(with_generator, answered);
  }
  NamedTensors reached = weights_of(trainer);
  require_equal(reached, by_hand.weights());
  if (reached.at("student/blocks.0.attn.qkv.weight") ==
      store_parameters(teacher.base(), "student/").at("student/blocks.0.attn.qkv.weight"))
    throw NumericError("benchmark: the trainer has not trained");

  const std::string path = "step/" + std::to_string(steps) + "_steps/";
  std::printf("%s, batch %lld, %lld step%s, %d thread%s, %lld rounds:\n", settings.model.c_str(),
              static_cast<long long>(settings.batch), static_cast<long long>(steps), steps == 1 ? "" : "s",
              settings.threads, settings.threads == 1 ? "" : "s", static_cast<long long>(settings.rounds));
  results.add(path + "trainer_seconds/fake_iteration", spread_of(of_trainer.fake));
  results.add(path + "trainer_seconds/generator_iteration", spread_of(of_trainer.generator));
  std::printf(
      "  Trainer: %.3f s without, %.3f s with a generator update; weights equal to those by hand, bit for bit\n",
      spread_of(of_trainer.fake).median, spread_of(of_trainer.generator).median);
  add_ratios(results, path + "trainer_over_by_hand", of_trainer, of_hand, ratio_of_cycle);
  if (peer) add_ratios(results, path + "pytorch_over_trainer", of_peer, of_trainer, ratio_of_cycle);
  std::fflush(stdout);
}

}  // namespace

void measure_sit_step(Results& results, const SitStepSettings& settings) {
  libtorch::set_threads(settings.threads);
  results.add("step/model", settings.model);
  results.add("step/batch", static_cast<double>(settings.batch));
  results.add("step/threads", static_cast<double>(settings.threads));
  for (const std::int64_t steps : settings.steps) measure(results, settings, steps);
}

}  // namespace bench
