// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eigen/class_mlp.hpp>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "support/catch.hpp"
#include "unit/eigen/differences.hpp"

using Catch::Matchers::ContainsSubstring;
using dmdr::ClassLabels;
using dmdr::Times;
using eigen_test::normal;
namespace eigen = dmdr::eigen;

namespace {

using B = dmdr::EigenCpu<float>;
using Net = dmdr::network_of_t<B, dmdr::ClassMlp>;
using Tensor = B::Tensor;

static_assert(dmdr::DenoiserNetwork<Net>);
static_assert(dmdr::HasNetwork<dmdr::EigenCpu<double>, dmdr::ClassMlp>);
static_assert(!std::is_copy_constructible_v<Net>, "a copy would share its tensors unseen");

const dmdr::ClassMlp spec{.data_size = 6, .classes = 3, .width = 8, .blocks = 2, .adapter_rank = 2};
const Times times{{0.1, 0.4, 0.4, 1}};
const ClassLabels labels{{0, 2, ClassLabels::null_label, 1}};

Tensor input() { return normal<float>("x", {4, 6}); }

Net network(std::uint64_t seed = 1) {
  dmdr::Philox random(seed);
  return Net(B{}, spec, random);
}
/// Another number in every element, so that nothing is zero by its initial value.
void disturb(dmdr::Parameters<Tensor>& parameters) {
  for (auto& [name, tensor] : parameters) {
    const Tensor values = normal<float>(name, dmdr::shape_of(tensor));
    for (std::size_t i = 0; i < values.values().size(); ++i)
      tensor.node->values->span()[i] += 0.3F * values.values()[i];
  }
}
std::vector<double> predict(const Net& net, double scale, const ClassLabels& of = labels) {
  return B::to_host(net.predict(input(), times, of, scale));
}
void backward(const Tensor& value) {
  const Tensor seed = normal<float>("seed", dmdr::shape_of(value));
  B::backward(std::span(&value, 1), std::span(&seed, 1));
}

}  // namespace

TEST_CASE("the default network has 169,728 base parameters and starts near zero") {
  dmdr::Philox random(3);
  const Net net(B{}, dmdr::ClassMlp{}, random);
  std::int64_t count = 0;
  for (const auto& [name, tensor] : net.base()) {
    CHECK(B::requires_grad(tensor));
    count += dmdr::shape_of(tensor).numel();
  }
  CHECK(count == 64 * 128 + 32 * 128 + 11 * 128 + 3 * (3 * 128 * 128 + 128) + 128 * 64);
  CHECK(count == 169728);
  const Tensor x = normal<float>("x", {16, 64});
  const std::vector<double> v =
      B::to_host(net.predict(x, Times(16, dmdr::Time(0.5)), ClassLabels(std::vector<std::int64_t>(16, 4))));
  double sum = 0;
  for (const double value : v) sum += value * value;
  CHECK(std::sqrt(sum / static_cast<double>(v.size())) < 2e-3);
  CHECK(sum > 0);
}

TEST_CASE("a network's parameters have the names of the golden files and depend on the seed alone") {
  const Net net = network(), same = network(), other = network(2);
  std::set<std::string> names;
  for (const auto& [name, tensor] : net.base()) {
    names.insert(name);
    CHECK(B::to_host(tensor) == B::to_host(same.base().at(name)));
    if (name != "blocks.0.b" && name != "blocks.1.b") CHECK(B::to_host(tensor) != B::to_host(other.base().at(name)));
  }
  CHECK(names == std::set<std::string>{"in.weight", "time.weight", "class.weight", "out.weight", "blocks.0.w1.weight",
                                       "blocks.0.w2.weight", "blocks.0.u.weight", "blocks.0.b", "blocks.1.w1.weight",
                                       "blocks.1.w2.weight", "blocks.1.u.weight", "blocks.1.b"});
  CHECK(net.adapter().size() == 12);
  CHECK(dmdr::shape_of(net.adapter().at("blocks.1.w2.lora_a")) == dmdr::Shape{2, 8});
  CHECK(dmdr::shape_of(net.adapter().at("blocks.1.w2.lora_b")) == dmdr::Shape{8, 2});
  CHECK(B::to_host(net.adapter().at("blocks.0.u.lora_b")) == std::vector<double>(16));
}

TEST_CASE("scale 0 is the base bit for bit and does not touch the adapter") {
  Net net = network();
  disturb(net.base());
  const std::vector<double> base = predict(net, 0);
  disturb(net.adapter());
  CHECK(predict(net, 0) == base);
  CHECK(predict(net, 0.5) != base);
  for (auto& [name, tensor] : net.adapter())
    for (float& value : tensor.node->values->span()) value = std::numeric_limits<float>::quiet_NaN();
  CHECK(predict(net, 0) == base);
  backward(net.predict(input(), times, labels, 0));
  for (const auto& [name, tensor] : net.adapter()) CHECK_FALSE(B::gradient(tensor));
}

TEST_CASE("a network that shares a base starts as that base at every scale and follows its elements") {
  Net net = network();
  disturb(net.base());
  dmdr::Philox random(5);
  const Net shared = net.share(random);
  CHECK(predict(shared, 2) == predict(net, 0));
  for (const auto& [name, tensor] : net.base()) CHECK(tensor.node->values == shared.base().at(name).node->values);
  for (const auto& [name, tensor] : net.adapter()) CHECK(tensor.node->values != shared.adapter().at(name).node->values);
  const std::vector<double> before = predict(shared, 2);
  disturb(net.base());
  CHECK(predict(shared, 2) == predict(net, 0));
  CHECK(predict(shared, 2) != before);
}

TEST_CASE("no gradient reaches a base through a network that shares it") {
  Net net = network();
  disturb(net.base());
  dmdr::Philox random(5);
  Net shared = net.share(random);
  const Tensor x = B::parameter(input());
  backward(shared.predict(x, times, labels, 2));
  CHECK(B::gradient(x));
  for (const auto& [name, tensor] : net.base()) CHECK_FALSE(B::gradient(tensor));
  for (const auto& [name, tensor] : shared.base()) {
    CHECK_FALSE(B::requires_grad(tensor));
    CHECK_FALSE(B::gradient(tensor));
  }
  // B is zero, so A's gradient is; B's is not.
  for (const auto& [name, tensor] : shared.adapter()) {
    INFO(name);
    const auto gradient = B::gradient(tensor);
    REQUIRE(gradient);
    double sum = 0;
    for (const float value : gradient->values()) sum += std::abs(value);
    CHECK((sum > 0) == (name.back() == 'b'));
  }
  CHECK_FALSE(B::requires_grad(shared.predict(input(), times, labels, 0)));
}

TEST_CASE("a clone is equal and independent, and requires gradients where its origin does") {
  Net net = network();
  disturb(net.base());
  disturb(net.adapter());
  dmdr::Philox random(5);
  const Net shared = net.share(random);
  const Net copy = net.clone(), frozen = shared.clone();
  const std::vector<double> before = predict(net, 0.5);
  CHECK(predict(copy, 0.5) == before);
  disturb(net.base());
  disturb(net.adapter());
  CHECK(predict(copy, 0.5) == before);
  CHECK(predict(net, 0.5) != before);
  for (const auto& [name, tensor] : copy.base()) CHECK(B::requires_grad(tensor));
  for (const auto& [name, tensor] : copy.adapter()) CHECK(B::requires_grad(tensor));
  for (const auto& [name, tensor] : frozen.base()) CHECK_FALSE(B::requires_grad(tensor));
  for (const auto& [name, tensor] : frozen.adapter()) CHECK(B::requires_grad(tensor));
  for (const auto& [name, tensor] : frozen.base()) CHECK(tensor.node->values != shared.base().at(name).node->values);
}

TEST_CASE("a frozen view of a network predicts the same and records nothing") {
  Net net = network();
  disturb(net.base());
  const std::vector<double> expected = predict(net, 0);
  const dmdr::Frozen<Net> frozen(net.clone());
  const Tensor v = frozen.predict(B::parameter(input()), times, labels);
  CHECK(B::to_host(v) == expected);
  CHECK_FALSE(B::requires_grad(v));
  for (const auto& [name, tensor] : frozen.network().base()) CHECK_FALSE(B::requires_grad(tensor));
}

TEST_CASE("a checkpoint over a network gives the same gradients bit for bit") {
  Net net = network();
  disturb(net.base());
  disturb(net.adapter());
  std::vector<Tensor> all = dmdr::tensors_of(net.base());
  for (const Tensor& tensor : dmdr::tensors_of(net.adapter())) all.push_back(tensor);
  const Tensor x = B::parameter(input());
  all.push_back(x);
  const auto gradients = [&](bool checkpoint) {
    B::clear_gradients(all);
    const auto block = [&](std::span<const Tensor> inputs) { return net.predict(inputs[0], times, labels, 0.7); };
    backward(checkpoint ? B::checkpoint(block, std::span(&x, 1)) : block(std::span(&x, 1)));
    std::vector<std::vector<double>> values;
    for (const Tensor& tensor : all) {
      const auto gradient = B::gradient(tensor);
      REQUIRE(gradient);
      values.push_back(B::to_host(*gradient));
    }
    return values;
  };
  CHECK(gradients(true) == gradients(false));
}

TEST_CASE("the null label has its own row of the table, after the classes") {
  Net net = network();
  disturb(net.base());
  const std::vector<double> before = predict(net, 0), null = predict(net, 0, labels.unconditional());
  Tensor& table = net.base().at("class.weight");
  for (std::int64_t k = 0; k < spec.width; ++k) table.node->data()[spec.classes * spec.width + k] += 1;
  const std::vector<double> after = predict(net, 0), null_after = predict(net, 0, labels.unconditional());
  for (std::size_t i = 0; i < 24; ++i) {
    const bool null_row = i / 6 == 2;
    CHECK((after[i] == before[i]) == !null_row);
    CHECK(null_after[i] != null[i]);
  }
}

TEMPLATE_TEST_CASE("a time embedding does not depend on the times beside it", "", float, double) {
  using Backend = dmdr::EigenCpu<TestType>;
  const std::vector<double> t{0.25, 0.25, 1, 0, 0.25};
  const std::vector<double> together = Backend::to_host(eigen::time_embedding<TestType>(Times(t)));
  REQUIRE(together.size() == 5 * 32);
  for (std::size_t i = 0; i < t.size(); ++i) {
    const std::vector<double> alone = Backend::to_host(eigen::time_embedding<TestType>(Times({t[i]})));
    CHECK(std::vector<double>(together.begin() + static_cast<std::ptrdiff_t>(32 * i),
                              together.begin() + static_cast<std::ptrdiff_t>(32 * i + 32)) == alone);
  }
  CHECK(together[15] == Approx(std::sin(25.0)).epsilon(1e-6));
  CHECK(together[16] == Approx(std::cos(0.25)).epsilon(1e-6));
}

TEST_CASE("a network trained by AdamW learns a velocity that depends on the label") {
  Net net = network();
  const std::vector<Tensor> parameters = dmdr::tensors_of(net.base());
  B::AdamW optimiser(parameters, {});
  const Tensor x = input();
  const ClassLabels classes{{0, 1, 2, ClassLabels::null_label}};
  const std::vector<double> wanted = B::to_host(normal<float>("wanted", {4, 6}));
  const auto step = [&] {
    const Tensor v = net.predict(x, times, classes);
    std::vector<double> residual = B::to_host(v);
    double loss = 0;
    for (std::size_t i = 0; i < residual.size(); ++i) {
      residual[i] -= wanted[i];
      loss += residual[i] * residual[i];
    }
    const Tensor seed = B{}.from_host({4, 6}, residual);
    B::clear_gradients(parameters);
    B::backward(std::span(&v, 1), std::span(&seed, 1));
    optimiser.step(1e-2);
    return loss;
  };
  const double first = step();
  double last = first;
  for (int k = 0; k < 200; ++k) last = step();
  CHECK(first > 1);
  CHECK(last < 1e-2 * first);
}

TEST_CASE("a network refuses inputs that do not fit and says what it expected") {
  const Net net = network();
  CHECK_THROWS_WITH(net.predict(normal<float>("x", {4, 5}), times, labels, 0),
                    ContainsSubstring("shape error: ClassMlp: x must be [B, 6], got [4, 5]"));
  CHECK_THROWS_AS(net.predict(normal<float>("x", {4, 2, 3}), times, labels, 0), dmdr::ShapeError);
  CHECK_THROWS_WITH(net.predict(normal<float>("x", {3, 6}), times, labels, 0),
                    ContainsSubstring("x [3, 6] comes with 4 times and 4 labels"));
  CHECK_THROWS_AS(net.predict(input(), Times(3, dmdr::Time(0.5)), labels, 0), dmdr::ShapeError);
  CHECK_THROWS_AS(net.predict(input(), times, labels.take(std::vector<std::int64_t>{0}), 0), dmdr::ShapeError);
  CHECK_THROWS_WITH(predict(net, 0, ClassLabels({0, 3, 1, 1})),
                    ContainsSubstring(
                        "numeric error: ClassMlp: label 3 of sample 1 is outside [0, 3) and not the null label -1"));
  CHECK_THROWS_AS(predict(net, 0, ClassLabels({0, -2, 1, 1})), dmdr::NumericError);
  CHECK_THROWS_WITH(net.predict(normal<float>("x", {0, 6}), Times(), ClassLabels(), 0),
                    ContainsSubstring("the batch is empty"));
  dmdr::Philox random(1);
  CHECK_THROWS_AS(Net(B{}, dmdr::ClassMlp{.width = 0}, random), dmdr::ConfigError);
  CHECK_THROWS_AS(Net(B{}, dmdr::ClassMlp{.blocks = -1}, random), dmdr::ConfigError);
  CHECK_NOTHROW(Net(B{}, dmdr::ClassMlp{.blocks = 0}, random));
}
