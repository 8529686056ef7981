// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eigen/classifier.hpp>

#include <cmath>
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

namespace {

eigen::Classifier<double> classifier(std::vector<std::int64_t> sizes) {
  dmdr::Philox random(11);
  return {B64{}, {.sizes = std::move(sizes)}, random};
}

}  // namespace

TEST_CASE("a classifier's logits are its last layer applied to its features") {
  const auto net = classifier({6, 9, 5, 3});
  const Tensor x = normal("x", {4, 6});
  const Tensor features = net.features(x);
  CHECK(dmdr::shape_of(features) == dmdr::Shape{4, 5});
  CHECK(B64::to_host(net.logits(x)) == B64::to_host(eigen::linear(features, net.parameters().at("layers.2.weight"),
                                                                  net.parameters().at("layers.2.bias"))));
  CHECK(net.parameters().size() == 6);
  CHECK(net.classes() == 3);
  // The first hidden layer by hand.
  const auto shallow = classifier({2, 1, 2});
  const std::vector<double> w = B64::to_host(shallow.parameters().at("layers.0.weight"));
  const double h = 0.5 * w[0] - 2 * w[1];
  CHECK(B64::to_host(shallow.features(B64{}.from_host({1, 2}, std::vector<double>{0.5, -2})))[0] ==
        Approx(h / (1 + std::exp(-h))).epsilon(1e-14));
}

TEST_CASE("gradients of a classifier agree with finite differences") {
  auto net = classifier({4, 5, 3});
  const Tensor x = parameter("x", {6, 4});
  const ClassLabels labels({0, 1, 2, 2, 1, 0});
  std::vector<Tensor> inputs = dmdr::tensors_of(net.parameters());
  inputs.push_back(x);
  check_gradients([&] { return eigen::cross_entropy(net.logits(x), labels, 0.1); }, inputs);
}

TEST_CASE("cross-entropy is the mean negative log-probability, and with full smoothing that of all classes") {
  const B64 backend;
  const Tensor logits = backend.from_host({2, 3}, std::vector<double>{0, std::log(2.0), std::log(5.0), 1000, 0, -1000});
  const ClassLabels labels({1, 0});
  CHECK(B64::to_host(eigen::cross_entropy(logits, labels))[0] == Approx(0.5 * std::log(4.0)).epsilon(1e-14));
  // Row 1: log 8 - log(10)/3; row 2: 1000 - 0.
  CHECK(B64::to_host(eigen::cross_entropy(logits, labels, 1))[0] ==
        Approx(0.5 * (std::log(8.0) - std::log(10.0) / 3 + 1000)).epsilon(1e-14));
  CHECK(B64::to_host(eigen::cross_entropy(logits, labels, 0.2))[0] ==
        Approx(0.8 * 0.5 * std::log(4.0) + 0.2 * 0.5 * (std::log(8.0) - std::log(10.0) / 3 + 1000)).epsilon(1e-14));
  CHECK(dmdr::shape_of(eigen::cross_entropy(logits, labels)) == dmdr::Shape{});
}

TEST_CASE("gradients of cross-entropy agree with finite differences, with and without smoothing") {
  const Tensor z = parameter("z", {4, 5});
  const ClassLabels labels({4, 0, 2, 2});
  for (const double smoothing : {0.0, 0.1, 1.0})
    check_gradients([&] { return eigen::cross_entropy(z, labels, smoothing); }, {z});
}

TEST_CASE("cross-entropy is not a number where a logit is not") {
  const double nan = std::nan("");
  const Tensor logits = B64{}.from_host({1, 2}, std::vector<double>{nan, nan});
  CHECK(std::isnan(B64::to_host(eigen::cross_entropy(logits, ClassLabels({0})))[0]));
}

TEST_CASE("no gradient reaches a classifier through its frozen view, which shares its elements") {
  auto net = classifier({4, 5, 3});
  const auto view = net.frozen();
  const Tensor x = parameter("x", {2, 4});
  B64::backward(eigen::cross_entropy(view.logits(x), ClassLabels({0, 1})));
  CHECK(B64::gradient(x));
  for (const auto& [name, tensor] : net.parameters()) {
    CHECK_FALSE(B64::gradient(tensor));
    CHECK(tensor.node->values == view.parameters().at(name).node->values);
    CHECK_FALSE(B64::requires_grad(view.parameters().at(name)));
  }
}

TEST_CASE("a classifier trained by AdamW separates the inside of a ring from its outside") {
  using B = dmdr::EigenCpu<float>;
  dmdr::Philox random(3);
  eigen::Classifier<float> net(B{}, {.sizes = {2, 16, 2}}, random);
  std::vector<double> points = random.normal(dmdr::Draw{.stream = "points"}, 64, 2);
  std::vector<std::int64_t> ids(64);
  // No line separates them.
  for (std::size_t i = 0; i < 64; ++i) {
    ids[i] = static_cast<std::int64_t>(i % 2);
    const double radius = std::hypot(points[2 * i], points[2 * i + 1]), wanted = i % 2 == 0 ? 0.5 : 2.0;
    points[2 * i] *= wanted / radius;
    points[2 * i + 1] *= wanted / radius;
  }
  const ClassLabels labels(ids);
  const auto x = B{}.from_host({64, 2}, points);
  const auto parameters = dmdr::tensors_of(net.parameters());
  B::AdamW optimiser(parameters, {});
  double first = 0, last = 0;
  for (int k = 0; k < 300; ++k) {
    const auto loss = eigen::cross_entropy(net.logits(x), labels);
    last = B::to_host(loss)[0];
    if (k == 0) first = last;
    B::clear_gradients(parameters);
    B::backward(loss);
    optimiser.step(1e-2);
  }
  CHECK(first > 0.5);
  CHECK(last < 0.05);
}

TEST_CASE("a classifier and its loss refuse what does not fit") {
  const auto net = classifier({4, 5, 3});
  CHECK_THROWS_WITH(net.logits(normal("x", {2, 3})),
                    ContainsSubstring("shape error: classifier: x must be [B, 4], got [2, 3]"));
  CHECK_THROWS_AS(classifier({4, 3}), dmdr::ConfigError);
  CHECK_THROWS_AS(classifier({4, 0, 3}), dmdr::ConfigError);
  const Tensor z = normal("z", {2, 3});
  CHECK_THROWS_WITH(eigen::cross_entropy(z, ClassLabels({0})), ContainsSubstring("logits [2, 3] come with 1 labels"));
  CHECK_THROWS_WITH(eigen::cross_entropy(z, ClassLabels({0, 3})),
                    ContainsSubstring("label 3 of sample 1 is outside [0, 3)"));
  CHECK_THROWS_AS(eigen::cross_entropy(z, ClassLabels({0, ClassLabels::null_label})), dmdr::NumericError);
  CHECK_THROWS_AS(eigen::cross_entropy(z, ClassLabels({0, 1}), 1.5), dmdr::NumericError);
  CHECK_THROWS_AS(eigen::cross_entropy(z, ClassLabels({0, 1}), std::nan("")), dmdr::NumericError);
  CHECK_THROWS_AS(eigen::cross_entropy(normal("none", {0, 3}), ClassLabels()), dmdr::NumericError);
}
