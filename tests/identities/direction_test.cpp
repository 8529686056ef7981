// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identities 1, 2 and 4: the DMD gradient of a batch.

#include <vector>

#include "identities/direction_bench.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

TEST_CASE("where the fake score is the real one and there is no guidance, the gradient is zero") {
  for (const double w : {0.0, .5, 1.0}) CHECK(largest(Bench{}.direction(Separate<>{}, w, 0, true).g) == 0);
  CHECK(largest(Bench{}.direction(Separate<>{}, 2, 0, true).g) > 1e-3);
  CHECK(largest(Bench{}.direction(Separate<>{}, 1, 0, false).g) > 1e-3);
}

TEST_CASE("with DynaDG, equal scales of the adapter and no guidance give no gradient") {
  Dmdr<ClassMlp, DynaDg<2, 2, 10>, UniformClamp<>, SingleStage> recipe;
  CHECK(largest(Bench{}.direction(recipe, 1, 0).g) == 0);
  CHECK(largest(Bench{}.direction(recipe, 1, 5).g) > 1e-3);
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
  CHECK(largest(direction.g) == 0);
}

TEST_CASE("an injected gradient arrives as g over the number of elements") {
  const B backend;
  Philox random(2);
  const B::Tensor x = B::parameter(backend.from_host(Shape{3, 7}, random.normal({"x"}, 3, 7)));
  const B::Tensor g = backend.from_host(Shape{3, 7}, random.normal({"g"}, 3, 7));
  const B::Tensor loss = expr::mean(injected(x, g));
  B::backward(loss);
  const std::vector<double> expected = B::to_host(g), got = B::to_host(*B::gradient(x));
  double square = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(got[i] == Approx(expected[i] / 21).epsilon(1e-12).margin(1e-16));
    square += expected[i] * expected[i];
  }
  CHECK(B::to_host(loss)[0] == Approx(square / 42).epsilon(1e-12));
}
