// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include <dmdr/libtorch.hpp>
#include <dmdr/train/methods.hpp>
#include <dmdr/train/run.hpp>

namespace dmdr::tiny_sit {

inline const SitSettings settings{.size = 4,
                                  .channels = 1,
                                  .width = 8,
                                  .depth = 2,
                                  .heads = 2,
                                  .classes = 3,
                                  .frequencies = 4,
                                  .adapter = {.rank = 2}};

/// A SiT teacher, a classifier and a trainer over LibTorch, small enough for hundreds of runs in a test.
template <class R>
struct Tiny {
  using Trainer = dmdr::Trainer<R, LibTorch>;

  explicit Tiny(LibTorch backend = {}, TrainerSettings run = defaults(), SitSettings network = settings)
      : random(11),
        teacher(backend, network, random),
        classifier(backend, {.channels = 1, .widths = {4}, .classes = 3}, random) {
    // A new network predicts zero; a teacher that says something makes the gradients differ.
    for (auto& [name, tensor] : teacher.base())
      if (name != "pos_embed")
        LibTorch::assign(tensor,
                         backend.from_host(shape_of(tensor), random.normal({.stream = name}, shape_of(tensor).rows(),
                                                                           shape_of(tensor).row_size())));
    R recipe;
    recipe.generator.network = network;
    typename Trainer::Parts parts{.teacher = teacher};
    parts.conditions = [](RandomSource& source, std::uint64_t iteration, std::int64_t batch) {
      return ClassLabels(source.index(Draw{"labels", iteration}, batch, settings.classes));
    };
    if constexpr (R::rewarded) parts.reward.emplace(recipe.reward, std::tuple{libtorch::ClassMarginModel(classifier)});
    trainer = std::make_unique<Trainer>(backend, recipe, run, two_stages(), std::move(parts));
  }

  static TrainerSettings defaults() {
    TrainerSettings run{.seed = 3, .batch = 6, .ratio = 2, .steps = 3};
    run.generator.learning_rate = run.fake.learning_rate = 1e-3;
    run.ema_decay = .9;
    return run;
  }
  static std::vector<Stage> two_stages() {
    return {{.name = "first", .updates = 4},
            {.name = "second", .updates = 100, .rl_weight = .5, .sample_weight = false}};
  }

  Philox random;
  libtorch::SitNetwork teacher;
  libtorch::ConvClassifier classifier;
  std::unique_ptr<Trainer> trainer;
};

// One recipe a family.
using Full = Dmdr<PixelSit, ClassMargin, ReFL, RtDmWith<ExpEmaZ>, RewardTilt<1>, BetaAnneal<4, 1.5, 5>,
                  DynaDg<2, .75, 5>, CfgUniform<1.2, 1.8>>;
using GrpoRun = DmdrGrpo<PixelSit, ClassMargin, Cps<.9>, NormThenSum<>>;
using Dmd2Run = Dmd2<PixelSit, Cfg<1.5>>;
using GndmRun = Gndm<PixelSit>;
using DecoupledRun = DecoupledDmd<PixelSit, Cfg<2>>;

}  // namespace dmdr::tiny_sit
