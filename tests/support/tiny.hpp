// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include <dmdr/eigen.hpp>
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/train/methods.hpp>
#include <dmdr/train/run.hpp>

namespace dmdr::tiny {

using Backend = EigenCpu<float>;
using Network = eigen::ClassMlpNetwork<float>;

inline const ClassMlp spec{.data_size = 4, .classes = 3, .width = 8, .blocks = 1, .adapter_rank = 2};

/// A teacher, a classifier and a trainer small enough for hundreds of runs in a test.
template <class R, class T = float>
struct Tiny {
  using Backend = EigenCpu<T>;
  using Network = eigen::ClassMlpNetwork<T>;
  using Trainer = dmdr::Trainer<R, Backend>;

  explicit Tiny(R recipe = {}, TrainerSettings settings = defaults(), std::vector<Stage> stages = two_stages());

  static TrainerSettings defaults() {
    TrainerSettings settings{.seed = 3, .batch = 6, .ratio = 2, .steps = 3};
    settings.generator.learning_rate = settings.fake.learning_rate = 1e-2;
    settings.ema_decay = .9;
    return settings;
  }
  static std::vector<Stage> two_stages() {
    return {{.name = "first", .updates = 4},
            {.name = "second", .updates = 100, .rl_weight = .5, .sample_weight = false}};
  }

  Philox random;
  Network teacher;
  eigen::Classifier<T> classifier;
  std::unique_ptr<Trainer> trainer;
};

template <class R, class T>
Tiny<R, T>::Tiny(R recipe, TrainerSettings settings, std::vector<Stage> stages)
    : random(11), teacher(Backend{}, spec, random), classifier(Backend{}, {{4, 6, 3}}, random) {
  recipe.generator = spec;
  // A network starts as nearly zero; a teacher that says something makes the gradients differ.
  for (auto& [name, tensor] : teacher.base())
    if (name == "out.weight")
      Backend::assign(tensor, Backend{}.from_host(shape_of(tensor),
                                                  random.normal({"out"}, shape_of(tensor)[0], shape_of(tensor)[1])));
  typename Trainer::Parts parts{.teacher = teacher};
  parts.conditions = [](RandomSource& source, std::uint64_t iteration, std::int64_t batch) {
    return ClassLabels(source.index(Draw{"labels", iteration}, batch, spec.classes));
  };
  if constexpr (R::rewarded) parts.reward.emplace(recipe.reward, std::tuple{eigen::ClassMarginModel<T>(classifier)});
  trainer = std::make_unique<Trainer>(Backend{}, recipe, settings, stages, std::move(parts));
}

// One recipe a family.
using Full = Dmdr<ClassMlp, ClassMargin, ReFL, RtDmWith<ExpEmaZ>, RewardTilt<1>, BetaAnneal<4, 1.5, 5>,
                  DynaDg<2, .75, 5>, CfgUniform<1.2, 1.8>>;
using GrpoRun = DmdrGrpo<ClassMlp, ClassMargin, Cps<.9>, NormThenSum<>>;
using Dmd2Run = Dmd2<ClassMlp, Cfg<1.5>>;
using GndmRun = Gndm<ClassMlp>;
using DecoupledRun = DecoupledDmd<ClassMlp, Cfg<2>>;
using OneStepRun = Dmdr<ClassMlp, PureNoise, SingleStage>;

}  // namespace dmdr::tiny

// Compiled once, in support/tiny_*.cpp.
#define DMDR_TINY(prefix, R)                                                                       \
  prefix template class dmdr::BasicTrainer<dmdr::canonical_t<dmdr::tiny::R>, dmdr::tiny::Backend>; \
  prefix template struct dmdr::tiny::Tiny<dmdr::tiny::R>;
DMDR_TINY(extern, Full)
DMDR_TINY(extern, GrpoRun)
DMDR_TINY(extern, Dmd2Run)
DMDR_TINY(extern, GndmRun)
DMDR_TINY(extern, DecoupledRun)
DMDR_TINY(extern, OneStepRun)
