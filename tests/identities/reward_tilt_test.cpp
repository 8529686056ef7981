// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identity 16: the tilted fake score. Gaussian teacher N(m, v), r = c x, weight exp(-c x / beta) on the fake objective, a fake score that
// learns mean and variance by regression: the fixed point is mu* = m + c v / beta, s* = sqrt(v).

#include <cmath>

#include "support/catch.hpp"
#include "support/train_toy.hpp"

using namespace dmdr;
using namespace dmdr::toy;

namespace {

template <class... Ps>
using Recipe = Dmdr<Toy, SeparateFake, Unnormalised, UniformClamp<>, PureNoise, SingleStage, Ps...>;

void check(double m, double v, double c, double beta) {
  Recipe<Linear, RewardTilt<1>> recipe;
  recipe.fake_weight.beta = beta;
  const Fixed fixed =
      train_toy(recipe, m, v,
                {.updates = 2500, .ratio = 3, .slope = c, .start_mean = m, .start_deviation = std::sqrt(v)});
  CAPTURE(m, v, c, beta);
  CHECK(fixed.mean == Approx(m + c * v / beta).margin(.025 * std::sqrt(v)));
  CHECK(fixed.deviation == Approx(std::sqrt(v)).margin(.03 * std::sqrt(v)));
}

}  // namespace

TEST_CASE("a tilted fake score moves the fixed point by c v / beta (m = .5, v = 1, c = 1, beta = 2)") {
  check(.5, 1, 1, 2);
}
TEST_CASE("a tilted fake score moves the fixed point by c v / beta (m = 0, v = .25, c = .5, beta = 1)") {
  check(0, .25, .5, 1);
}
TEST_CASE("a tilted fake score moves the fixed point by c v / beta (m = -1, v = 4, c = .2, beta = .5)") {
  check(-1, 4, .2, .5);
}

TEST_CASE("with a constant reward or a large beta the tilted fake score is the plain one, bit for bit") {
  const ToyRun run{.updates = 40, .ratio = 3, .slope = 0};
  const Fixed plain = train_toy(Recipe<>{}, .5, 1, run);
  const Fixed constant = train_toy(Recipe<Linear, RewardTilt<1>>{}, .5, 1, run);
  CHECK(constant.mean == plain.mean);
  CHECK(constant.deviation == plain.deviation);
  Recipe<Linear, RewardTilt<1>> recipe;
  recipe.fake_weight.beta = 1e300;
  ToyRun sloped = run;
  sloped.slope = 1;
  const Fixed flat = train_toy(recipe, .5, 1, sloped);
  CHECK(flat.mean == plain.mean);
  CHECK(flat.deviation == plain.deviation);
}
