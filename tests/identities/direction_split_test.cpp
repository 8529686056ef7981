// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identity 10, and what the split and the draws do to the DMD gradient.

#include <cmath>
#include <vector>

#include "identities/direction_bench.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

TEST_CASE("Decoupled-DMD with shared draws is DMD with guidance") {
  const std::vector<double> joint = B::to_host(Bench{}.direction(Separate<>{}, 2.5).g());
  const std::vector<double> split = B::to_host(Bench{}.direction(Separate<DmCa>{}, 2.5).g());
  for (std::size_t i = 0; i < joint.size(); ++i) CHECK(split[i] == Approx(joint[i]).epsilon(1e-11).margin(1e-13));
  // With draws of its own the augmentation term differs.
  const std::vector<double> apart = B::to_host(Bench{}.direction(Separate<DmCa, ForCa<BelowInput>>{}, 2.5).g());
  double most = 0;
  for (std::size_t i = 0; i < joint.size(); ++i) most = std::max(most, std::abs(apart[i] - joint[i]));
  CHECK(most > 1e-3);
}

TEST_CASE("several draws are averaged, and the group scale is the mean of their distances") {
  Separate<Joint<>, Unnormalised> recipe;
  const std::vector<double> one = B::to_host(Bench{}.direction(recipe, 1).g());
  recipe.split.draws = 4;
  const std::vector<double> four = B::to_host(Bench{}.direction(recipe, 1).g());
  CHECK(four != one);
  const std::vector<std::vector<double>> raw{{1, 2, 3, 4, 5}, {3, 4, 5, 6, 7}};
  const Groups groups({"a", "b", "a", "c", "b"});
  const auto scales = GroupL1<0>{}.scales(raw, groups);
  CHECK(scales[0] == std::vector<double>{3, 4.5, 3, 5, 4.5});
  CHECK(scales[1] == scales[0]);
  CHECK(PerSampleL1<0>{}.scales(raw, groups) == raw);
}
