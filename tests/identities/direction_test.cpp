// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identity 1: where the DMD gradient of a batch vanishes.

#include <vector>

#include "identities/direction_bench.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

TEST_CASE("where the fake score is the real one and there is no guidance, the gradient is zero") {
  for (const double w : {0.0, .5, 1.0}) CHECK(largest(Bench{}.direction(Separate<>{}, w, 0, true).g()) == 0);
  CHECK(largest(Bench{}.direction(Separate<>{}, 2, 0, true).g()) > 1e-3);
  CHECK(largest(Bench{}.direction(Separate<>{}, 1, 0, false).g()) > 1e-3);
}

TEST_CASE("an image that equals the teacher's estimate gets no gradient and is counted, whatever the fake score says") {
  // A teacher that predicts nothing: x0_real = x_t, and at t = 0 that is the image itself.
  Bench bench;
  for (auto& [name, tensor] : bench.teacher.base())
    B::assign(tensor,
              bench.backend.from_host(shape_of(tensor),
                                      std::vector<double>(static_cast<std::size_t>(shape_of(tensor).numel()), 0.0)));
  Separate<PerSampleL1<0>> recipe;
  recipe.renoise_dm.low = recipe.renoise_dm.high = 0;
  const Direction<B::Tensor> direction = bench.direction(recipe, 1);
  CHECK(direction.zero_normalisers == 5);
  CHECK(largest(direction.g()) == 0);
}
