// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eigen/class_margin.hpp>

#include <cmath>
#include <type_traits>
#include <vector>

#include "support/catch.hpp"
#include "unit/eigen/differences.hpp"

using Catch::Matchers::ContainsSubstring;
using dmdr::ClassLabels;
using eigen_test::B64;
using eigen_test::check_gradients;
using eigen_test::normal;
using eigen_test::parameter;
using eigen_test::Tensor;
namespace eigen = dmdr::eigen;

static_assert(dmdr::HasRewardModel<B64, dmdr::ClassMargin>);
static_assert(std::is_same_v<dmdr::reward_model_of_t<B64, dmdr::ClassMargin>, eigen::ClassMarginModel<double>>);

TEST_CASE("a margin is the logit minus the log of the summed exponentials of the other logits") {
  const Tensor z =
      B64{}.from_host({3, 3}, std::vector<double>{1, std::log(2.0), std::log(3.0), 2000, 0, -2000, 0, 2000, 2000});
  const std::vector<double> margin = B64::to_host(eigen::class_margin(z, ClassLabels({0, 0, 0})));
  CHECK(margin[0] == Approx(1 - std::log(5.0)).epsilon(1e-14));
  CHECK(margin[1] == Approx(2000).epsilon(1e-14));
  CHECK(margin[2] == Approx(-2000 - std::log(2.0)).epsilon(1e-14));
}

TEST_CASE("a margin equals the difference of the log-probabilities of its class and of the others") {
  const Tensor z = normal("z", {5, 4});
  const std::vector<double> all = B64::to_host(z),
                            margin = B64::to_host(eigen::class_margin(z, ClassLabels({0, 1, 2, 3, 0})));
  const std::vector<std::size_t> label{0, 1, 2, 3, 0};
  for (std::size_t i = 0; i < 5; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < 4; ++k) sum += std::exp(all[4 * i + k]);
    const double p = std::exp(all[4 * i + label[i]]) / sum;
    CHECK(margin[i] == Approx(std::log(p) - std::log(1 - p)).epsilon(1e-12));
  }
}

TEST_CASE("gradients of a margin agree with finite differences") {
  const Tensor z = parameter("z", {4, 5}), pair = parameter("pair", {2, 2});
  check_gradients([&] { return eigen::class_margin(z, ClassLabels({4, 0, 2, 2})); }, {z});
  check_gradients([&] { return eigen::class_margin(pair, ClassLabels({0, 1})); }, {pair});
}

TEST_CASE("a margin reward is differentiable in the images and cannot train its classifier") {
  dmdr::Philox random(4);
  const eigen::Classifier<double> classifier(B64{}, {.sizes = {6, 8, 3}}, random);
  const eigen::ClassMarginModel<double> model(classifier);
  const Tensor images = parameter("images", {5, 6});
  const ClassLabels labels({0, 1, 2, 1, 0});
  CHECK(dmdr::shape_of(model.score(images, labels)) == dmdr::Shape{5});
  CHECK(B64::to_host(model.score(images, labels)) ==
        B64::to_host(eigen::class_margin(classifier.logits(images), labels)));
  check_gradients([&] { return model.score(images, labels); }, {images});
  for (const auto& [name, tensor] : classifier.parameters()) CHECK_FALSE(B64::gradient(tensor));
  CHECK_FALSE(B64::requires_grad(model.score(B64::detach(images), labels)));
}

TEST_CASE("a margin reward is not a number where an image is not") {
  dmdr::Philox random(4);
  const eigen::ClassMarginModel<double> model(eigen::Classifier<double>(B64{}, {.sizes = {2, 3, 2}}, random));
  CHECK(std::isnan(
      B64::to_host(model.score(B64{}.from_host({1, 2}, std::vector<double>{0, std::nan("")}), ClassLabels({1})))[0]));
}

TEST_CASE("a margin refuses what does not fit") {
  const Tensor z = normal("z", {2, 3});
  CHECK_THROWS_WITH(eigen::class_margin(z, ClassLabels({0})),
                    ContainsSubstring("shape error: class margin: logits [2, 3] come with 1 labels"));
  CHECK_THROWS_WITH(eigen::class_margin(z, ClassLabels({0, 3})),
                    ContainsSubstring("label 3 of sample 1 is outside [0, 3)"));
  CHECK_THROWS_AS(eigen::class_margin(z, ClassLabels({0, ClassLabels::null_label})), dmdr::NumericError);
  CHECK_THROWS_WITH(eigen::class_margin(normal("one", {1, 1}), ClassLabels({0})),
                    ContainsSubstring("have no other class"));
}
