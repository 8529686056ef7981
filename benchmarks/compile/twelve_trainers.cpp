// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Twelve recipes trained over LibTorch in one file. Only its compilation is measured.

#include <tuple>
#include <utility>

#include <dmdr/dmdr.hpp>
#include <dmdr/libtorch.hpp>

using namespace dmdr;
using G = PixelSit;

template <class Recipe>
void train(const libtorch::SitNetwork& teacher, const libtorch::ConvClassifier& classifier) {
  typename Trainer<Recipe, LibTorch>::Parts parts{.teacher = teacher};
  parts.conditions = [](RandomSource& random, auto iteration, auto batch) {
    return ClassLabels(random.index(Draw{"labels", iteration}, batch, 1000));
  };
  Recipe recipe;
  if constexpr (Recipe::rewarded)
    parts.reward.emplace(recipe.reward, std::tuple{libtorch::ClassMarginModel(classifier)});
  Trainer<Recipe, LibTorch> trainer(LibTorch{}, recipe, {}, {{.updates = 100}}, std::move(parts));
  run(trainer, {});
}
template <class... Recipes>
void train_all(const libtorch::SitNetwork& teacher, const libtorch::ConvClassifier& classifier) {
  (train<Recipes>(teacher, classifier), ...);
}
void all(const libtorch::SitNetwork& teacher, const libtorch::ConvClassifier& classifier) {
  train_all<Dmdr<G>,                                                             //
            Dmdr<G, ClassMargin, ReFL>,                                          //
            Dmdr<G, ClassMargin, ReFL, RtDm>,                                    //
            Dmdr<G, ClassMargin, ReFL, RtDmWith<ExpEmaZ>, RewardTilt<1>>,        //
            Dmdr<G, ClassMargin, Grpo, Cps<.9>>,                                 //
            Dmdr<G, ClassMargin, Grpo, FlowSde<>>,                               //
            Dmdr<G, DmCa, ForDm<Uniform>, ForCa<BelowInput>, ForFake<Uniform>>,  //
            DmdrPaper<G, ClassMargin>,                                           //
            DmdrV1<G, ClassMargin>,                                              //
            Dmd2<G, Cfg<1.5>>,                                                   //
            Gndm<G>,                                                             //
            DecoupledDmd<G, Cfg<2>>>(teacher, classifier);
}
