// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identity 15: Gaussian teacher N(m, v), linear reward r = c x, joint loss. The fixed point is
// mu* = m + lambda c / E_t[t^2 / ((1-t)^2 v + t^2)], s* = sqrt(v), for t uniform on (.02, .98).

#include <cmath>

#include <dmdr/rl/refl.hpp>

#include "support/catch.hpp"
#include "support/train_toy.hpp"

using namespace dmdr;
using namespace dmdr::toy;

namespace {

using Recipe = Dmdr<Toy, Linear, ReFL, AnalyticScores, Unnormalised, UniformClamp<>, PureNoise, SingleStage, Dmd2Turns>;

double closed_form_shift(double v) {
  double sum = 0;
  constexpr int n = 100000;
  for (int i = 0; i < n; ++i) {
    const double t = .02 + .96 * (i + .5) / n;
    sum += t * t / ((1 - t) * (1 - t) * v + t * t) / n;
  }
  return 1 / sum;
}

void check(double m, double v, double c, double lambda) {
  Recipe recipe;
  recipe.score.teacher.components = {{1, m, v}};
  recipe.rl.hinge = false;
  const Fixed fixed = train_toy(recipe, m, v,
                                {.updates = 3000,
                                 .ratio = 1,
                                 .rl_weight = lambda,
                                 .slope = c,
                                 .start_mean = m,
                                 .start_deviation = 1,
                                 .generator_lr = .01,
                                 .train_fake = false});
  CAPTURE(m, v, c, lambda);
  CHECK(fixed.mean == Approx(m + lambda * c * closed_form_shift(v)).margin(.01));
  CHECK(fixed.deviation == Approx(std::sqrt(v)).margin(.01));
  CHECK(fixed.skips == 0);
}

}  // namespace

TEST_CASE("the closed form of the shift has the published factors") {
  CHECK(closed_form_shift(1) == Approx(2.0).margin(2e-3));
  CHECK(closed_form_shift(.25) == Approx(1.536).margin(2e-3));
  CHECK(closed_form_shift(4) == Approx(2.864).margin(2e-3));
}
TEST_CASE("joint training of a unit Gaussian ends at m + 2 lambda c") {
  check(0, 1, 1, .1);
  check(.5, 1, 1, .2);
}
TEST_CASE("joint training of a narrow Gaussian ends at the closed form") { check(0, .25, 1, .1); }
TEST_CASE("joint training of a wide Gaussian ends at the closed form") { check(0, 4, 1, .1); }
