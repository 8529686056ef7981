// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <dmdr/diffusion/mixture.hpp>
#include <dmdr/diffusion/within_input.hpp>
#include <dmdr/dmdr.hpp>

#include "arms.hpp"

/// \file
/// The recipes of the arms, and what a batch of theirs is: for those who train them, and for those who time them.

namespace study {

using DynaRs = dmdr::BetaAnneal<4, 1.5, 100>;
/// Some of the times may keep the first law while the others are annealed, and some may be held below the generator's input.
using PartlyHeld = dmdr::Mixture<DynaRs, DynaRs, 0>;
using Renoising = dmdr::Mixture<dmdr::WithinInput<PartlyHeld>, PartlyHeld, 0>;

/// What all arms share; the weights `Ps` tell methods apart.
template <class... Ps>
using ArmRecipe = dmdr::Dmdr<Spec, dmdr::ClassMargin, dmdr::ReFL, Renoising, Simulation, dmdr::DynaDg<2, .75, 100>,
                             dmdr::Cfg<1.5>, dmdr::SingleStage, Ps...>;

/// The recipe of `Method::tilted`.
[[nodiscard]] inline ArmRecipe<dmdr::RewardTilt<1>> tilted_recipe(double beta) {
  ArmRecipe<dmdr::RewardTilt<1>> recipe;
  recipe.fake_weight.beta = beta;
  return recipe;
}

/// Everything in the recipe of `arm` that the settings decide and that its method leaves alone.
template <class Recipe>
void configure(Recipe& recipe, const Settings& settings, const Arm& arm) {
  recipe.generator = settings.network;
  recipe.rl.hinge = false;
  recipe.guidance.w = settings.guidance;
  recipe.score.real_scale0 = settings.real_scale0;
  const std::int64_t anneal_updates = arm.random_start ? settings.cold_anneal_updates : settings.anneal_updates;
  recipe.score.anneal_updates = arm.dyna_dg ? anneal_updates : 0;
  DynaRs law;
  law.anneal_updates = anneal_updates;
  if (!arm.dyna_rs) law.a0 = law.b0 = 1;  // Beta(1, 1) is the uniform law
  DynaRs held = law;
  held.anneal_updates = 0;
  const PartlyHeld times{.first = held, .second = law, .share = settings.renoise_held};
  for (Renoising* const slot :
       {static_cast<Renoising*>(&recipe.renoise_dm), static_cast<Renoising*>(&recipe.renoise_fake)})
    *slot = {.first = {times}, .second = times, .share = settings.renoise_within};
}

/// Labels of an iteration: classes drawn with replacement, each for `repeats` samples in a row.
[[nodiscard]] inline auto grouped_labels(std::int64_t classes, std::int64_t repeats) {
  return [classes, repeats](dmdr::RandomSource& random, std::uint64_t iteration, std::int64_t batch) {
    std::vector<std::int64_t> labels;
    for (const std::int64_t label : random.index(dmdr::Draw{"labels", iteration}, batch / repeats, classes))
      labels.insert(labels.end(), static_cast<std::size_t>(repeats), label);
    return dmdr::ClassLabels(std::move(labels));
  };
}

}  // namespace study
