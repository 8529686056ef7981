// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identities 1, 2, 4 and 10: the DMD gradient of a batch.

#include <cmath>
#include <vector>

#include <dmdr/train/direction.hpp>

#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace dmdr;

namespace {

using B = EigenCpu<double>;
using Net = eigen::ClassMlpNetwork<double>;

/// A network that predicts something, and an adapter that changes it.
struct Bench {
  Philox random{21};
  B backend;
  Net teacher{backend, tiny::spec, random};
  ClassLabels labels{{0, 1, 2, 0, 1}};
  Times input_times{std::vector<double>{1, .75, .5, .25, 1}};
  B::Tensor x0 = backend.from_host(Shape{5, 4}, random.normal({"x0"}, 5, 4));

  Bench() { randomise(teacher.base(), "teacher"); }
  void randomise(Parameters<B::Tensor>& parameters, const std::string& stream) {
    for (auto& [name, tensor] : parameters) {
      const Shape shape = shape_of(tensor);
      std::vector<double> values = random.normal({stream + name}, shape.numel());
      for (double& value : values) value *= .5;
      B::assign(tensor, backend.from_host(shape, values));
    }
  }
  template <class R>
  [[nodiscard]] Direction<B::Tensor> direction(R recipe, double w, std::int64_t updates = 0, bool same = false) {
    recipe.generator = tiny::spec;
    ScoreNetworks<typename R::Score, Net> scores(recipe.score, teacher, random);
    if (!same) randomise(scores.parameters(), "fake");
    const SampleWeights weights{std::vector<double>(5, 1.0), std::vector<double>(5, 1.0)};
    return dmd_direction<typename R::Base, B, Net>({backend, recipe, scores, labels, random, input_times, updates, 3,
                                                    w},
                                                   x0, weights, Groups::by_condition(labels));
  }
};

double largest(const B::Tensor& tensor) {
  double most = 0;
  for (const double value : B::to_host(tensor)) most = std::max(most, std::abs(value));
  return most;
}

template <class... Ps>
using Separate = Dmdr<ClassMlp, SeparateFake, UniformClamp<>, SingleStage, Ps...>;

}  // namespace

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

TEST_CASE("Decoupled-DMD with shared draws is DMD with guidance") {
  const std::vector<double> joint = B::to_host(Bench{}.direction(Separate<>{}, 2.5).g);
  const std::vector<double> split = B::to_host(Bench{}.direction(Separate<DmCa>{}, 2.5).g);
  for (std::size_t i = 0; i < joint.size(); ++i) CHECK(split[i] == Approx(joint[i]).epsilon(1e-11).margin(1e-13));
  // With draws of its own the augmentation term differs.
  const std::vector<double> apart = B::to_host(Bench{}.direction(Separate<DmCa, ForCa<BelowInput>>{}, 2.5).g);
  double most = 0;
  for (std::size_t i = 0; i < joint.size(); ++i) most = std::max(most, std::abs(apart[i] - joint[i]));
  CHECK(most > 1e-3);
}

TEST_CASE("several draws are averaged, and the group scale is the mean of their distances") {
  const std::vector<double> one = B::to_host(Bench{}.direction(Separate<Joint<1>, Unnormalised>{}, 1).g);
  const std::vector<double> four = B::to_host(Bench{}.direction(Separate<Joint<4>, Unnormalised>{}, 1).g);
  CHECK(four != one);
  const std::vector<std::vector<double>> raw{{1, 2, 3, 4, 5}, {3, 4, 5, 6, 7}};
  const Groups groups({"a", "b", "a", "c", "b"});
  const auto scales = GroupL1<0>{}.scales(raw, groups);
  CHECK(scales[0] == std::vector<double>{3, 4.5, 3, 5, 4.5});
  CHECK(scales[1] == scales[0]);
  CHECK(PerSampleL1<0>{}.scales(raw, groups) == raw);
}
