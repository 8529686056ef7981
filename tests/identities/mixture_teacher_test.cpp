// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identity 14: an affine generator against the two-bump teacher .5 N(-2, .4^2) + .5 N(2, .4^2), with closed-form scores.

#include <dmdr/divergence/weight/rt_dm.hpp>
#include <dmdr/rl/refl.hpp>

#include "support/catch.hpp"
#include "support/train_toy.hpp"

using namespace dmdr;
using namespace dmdr::toy;

namespace {

template <class... Ps>
using Recipe =
    Dmdr<Toy, AnalyticScores, ClippedJoint, Unnormalised, UniformClamp<>, PureNoise, SingleStage, Dmd2Turns, Ps...>;

const ToyRun run{.updates = 4000, .ratio = 1, .generator_lr = .02, .train_fake = false};

template <class R>
R with_teacher(R recipe) {
  recipe.score.teacher.components = {{.5, -2, .16}, {.5, 2, .16}};
  return recipe;
}

}  // namespace

TEST_CASE("DMD covers both bumps from the middle") {
  const Fixed fixed = train_toy(with_teacher(Recipe<>{}), 0, 1, run);
  CHECK(fixed.mean == Approx(0).margin(.03));
  CHECK(fixed.deviation == Approx(1.87).margin(.03));
}

TEST_CASE("RT-DM shifts the generator towards the reward and narrows it") {
  auto recipe = with_teacher(Recipe<Linear, RtDm>{});
  recipe.sample_weight.max_weight = 20;
  const Fixed fixed = train_toy(recipe, 0, 1, run);
  CHECK(fixed.mean == Approx(.50).margin(.03));
  CHECK(fixed.deviation == Approx(1.19).margin(.03));
}

TEST_CASE("the joint loss shifts the generator and keeps its width") {
  auto recipe = with_teacher(Recipe<Linear, ReFL>{});
  recipe.rl.hinge = false;
  ToyRun joint = run;
  joint.rl_weight = .1;
  const Fixed fixed = train_toy(recipe, 0, 1, joint);
  CHECK(fixed.mean == Approx(.27).margin(.03));
  CHECK(fixed.deviation == Approx(1.86).margin(.03));
}
