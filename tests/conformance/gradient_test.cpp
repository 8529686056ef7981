// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "backends.hpp"
#include "support/catch.hpp"
#include "support/gradient_check.hpp"

// Duties of backends/README.md: "Gradients".

using namespace dmdr;
using namespace dmdr::test;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;

namespace {

using Numbers = std::vector<double>;

template <class B>
typename B::Tensor tensor(const Shape& shape, const Numbers& values) {
  return B{}.from_host(shape, values);
}
template <class B>
typename B::Tensor parameter(const Shape& shape, const Numbers& values) {
  return B::parameter(tensor<B>(shape, values));
}
/// x^2, the one formula of this file; its gradient for cotangent 1 is 2x.
template <class Tensor>
Tensor square_of(const Tensor& x) {
  return expr::eval(expr::square(expr::full(x)));
}
template <class B>
void backward_of(const typename B::Tensor& y, const Numbers& cotangent) {
  const auto seed = tensor<B>(shape_of(y), cotangent);
  B::backward(std::span(&y, 1), std::span(&seed, 1));
}
template <class B>
Numbers gradient_of(const typename B::Tensor& x) {
  const auto gradient = B::gradient(x);
  return gradient ? B::to_host(*gradient) : Numbers{};
}
/// Exact on backends that differentiate exactly; the reference takes differences.
template <class B>
bool near(const Numbers& got, const Numbers& wanted) {
  return distance(got, wanted) < Tolerance<B>::gradient;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("a parameter is a copy that collects a gradient", "", Backends) {
  auto source = tensor<TestType>({2}, {1, 2});
  const auto x = TestType::parameter(source);
  TestType::assign(source, tensor<TestType>({2}, {5, 6}));
  CHECK(TestType::to_host(x) == Numbers{1, 2});
  CHECK(TestType::requires_grad(x));
  CHECK_FALSE(TestType::gradient(x));
  const auto y = square_of(x);
  CHECK(TestType::requires_grad(y));
  backward_of<TestType>(y, {1, 10});
  CHECK(near<TestType>(gradient_of<TestType>(x), {2, 40}));
}

TEMPLATE_LIST_TEST_CASE("gradients are added up over sweeps until they are cleared", "", Backends) {
  const auto x = parameter<TestType>({2}, {1, 2});
  backward_of<TestType>(square_of(x), {1, 1});
  backward_of<TestType>(square_of(x), {1, 1});
  CHECK(near<TestType>(gradient_of<TestType>(x), {4, 8}));
  TestType::clear_gradients(std::span(&x, 1));
  CHECK_FALSE(TestType::gradient(x));
  backward_of<TestType>(square_of(x), {1, 1});
  CHECK(near<TestType>(gradient_of<TestType>(x), {2, 4}));
}

TEMPLATE_LIST_TEST_CASE("a result used twice passes both gradients on", "", Backends) {
  const auto x = parameter<TestType>({1}, {1.5});
  const auto y = square_of(x), z = square_of(y);  // x^4
  const std::vector results{y, z};
  const std::vector cotangents{tensor<TestType>({1}, {10}), tensor<TestType>({1}, {1})};
  TestType::backward(results, cotangents);
  CHECK(near<TestType>(gradient_of<TestType>(x), {10 * 2 * 1.5 + 4 * 1.5 * 1.5 * 1.5}));
  CHECK_FALSE(TestType::gradient(y));
}

TEMPLATE_LIST_TEST_CASE("backward of a loss starts with 1, for [] and for [1]", "", Backends) {
  const auto x = parameter<TestType>({1}, {3});
  TestType::backward(square_of(x));
  CHECK(near<TestType>(gradient_of<TestType>(x), {6}));
  TestType::backward(TestType::reshape(square_of(x), {}));
  CHECK(near<TestType>(gradient_of<TestType>(x), {12}));
}

TEMPLATE_LIST_TEST_CASE("a gradient that is handed out is a copy without history", "", Backends) {
  const auto x = parameter<TestType>({1}, {3});
  TestType::backward(square_of(x));
  auto gradient = TestType::gradient(x);
  REQUIRE(gradient);
  CHECK_FALSE(TestType::requires_grad(*gradient));
  TestType::assign(*gradient, tensor<TestType>({1}, {100}));
  CHECK(near<TestType>(gradient_of<TestType>(x), {6}));
}

TEMPLATE_LIST_TEST_CASE("detach shares the elements and stops the gradient", "", Backends) {
  auto x = parameter<TestType>({1}, {3});
  const auto view = TestType::detach(x);
  CHECK_FALSE(TestType::requires_grad(view));
  CHECK_FALSE(TestType::requires_grad(square_of(view)));
  CHECK_FALSE(TestType::requires_grad(TestType::detach(square_of(x))));
  TestType::assign(x, tensor<TestType>({1}, {4}));
  CHECK(TestType::to_host(view) == Numbers{4});
}

TEMPLATE_LIST_TEST_CASE("assign keeps what a tensor is: a parameter stays one", "", Backends) {
  auto x = parameter<TestType>({2}, {1, 2});
  TestType::assign(x, tensor<TestType>({2}, {3, 4}));
  CHECK(TestType::requires_grad(x));
  backward_of<TestType>(square_of(x), {1, 1});
  CHECK(near<TestType>(gradient_of<TestType>(x), {6, 8}));
  CHECK_THROWS_AS(TestType::assign(x, tensor<TestType>({3}, {1, 2, 3})), ShapeError);
  CHECK(TestType::to_host(x) == Numbers{3, 4});
}

TEMPLATE_LIST_TEST_CASE("ema moves the averages in place, or none of them where one does not fit", "", Backends) {
  using Tensors = std::vector<typename TestType::Tensor>;
  const Tensors averages{tensor<TestType>({2}, {0, 8}), tensor<TestType>({1}, {2})};
  TestType::ema(averages, Tensors{tensor<TestType>({2}, {4, 4}), tensor<TestType>({1}, {6})}, 0.75);
  CHECK(TestType::to_host(averages[0]) == Numbers{1, 7});
  CHECK(TestType::to_host(averages[1]) == Numbers{3});
  TestType::ema(averages, Tensors{parameter<TestType>({2}, {5, 5}), parameter<TestType>({1}, {9})}, 0);
  CHECK(TestType::to_host(averages[0]) == Numbers{5, 5});
  CHECK_FALSE(TestType::requires_grad(averages[0]));
  CHECK_THROWS_AS(TestType::ema(averages, Tensors{tensor<TestType>({2}, {4, 4})}, 0.5), ShapeError);
  CHECK_THROWS_AS(TestType::ema(averages, Tensors{tensor<TestType>({2}, {4, 4}), tensor<TestType>({2}, {4, 4})}, 0.5),
                  ShapeError);
  CHECK(TestType::to_host(averages[0]) == Numbers{5, 5});
  TestType::ema(Tensors{}, Tensors{}, 0.5);
}

TEMPLATE_LIST_TEST_CASE("a backward that cannot be is refused at the caller's line, and changes nothing", "",
                        Backends) {
  const auto x = parameter<TestType>({2}, {1, 2}), fixed = tensor<TestType>({1}, {1});
  CHECK_THROWS_AS(TestType::backward(square_of(x)), ShapeError);
  unsigned line = 0;
  try {
    line = __LINE__ + 1;
    TestType::backward(square_of(fixed));
  } catch (const Error& error) {
    CHECK_THAT(error.what(), ContainsSubstring("backward: ") && EndsWith("gradient_test.cpp:" + std::to_string(line)));
  }
  CHECK(line != 0);
  const std::vector results{square_of(x), square_of(fixed)};
  const std::vector seeds{tensor<TestType>({2}, {1, 1}), tensor<TestType>({1}, {1})};
  CHECK_THROWS_AS(TestType::backward(results, seeds), Error);
  CHECK_THROWS_AS(TestType::backward(results, std::span(seeds).first(1)), ShapeError);
  CHECK_THROWS_AS(TestType::backward(std::span(results).first(1), std::span(seeds).last(1)), ShapeError);
  CHECK_FALSE(TestType::gradient(x));
}

TEMPLATE_LIST_TEST_CASE("gradients are clipped to a joint norm", "", Backends) {
  const auto a = parameter<TestType>({2}, {1.5, 1.5}), b = parameter<TestType>({1}, {2}),
             idle = parameter<TestType>({1}, {1});
  backward_of<TestType>(square_of(a), {1, 1});
  backward_of<TestType>(square_of(b), {1});
  const std::vector all{a, b, idle};
  const double norm = std::sqrt(9 + 9 + 16);
  CHECK(TestType::to_host(TestType::clip_gradients(all, 6)).at(0) == Approx(norm));
  CHECK(near<TestType>(gradient_of<TestType>(a), {3, 3}));
  CHECK(TestType::to_host(TestType::clip_gradients(all, 2)).at(0) == Approx(norm));
  CHECK(near<TestType>(gradient_of<TestType>(a), {6 / (norm + 1e-6), 6 / (norm + 1e-6)}));
  CHECK(near<TestType>(gradient_of<TestType>(b), {8 / (norm + 1e-6)}));
  CHECK_FALSE(TestType::gradient(idle));
}

TEMPLATE_LIST_TEST_CASE("a gradient that is not finite is left alone by clipping, and told by the norm", "", Backends) {
  const auto a = parameter<TestType>({2}, {1, 2});
  const auto y = TestType::reshape(a, {2, 1});
  backward_of<TestType>(y, {1, std::numeric_limits<double>::infinity()});
  const auto norm = TestType::clip_gradients(std::span(&a, 1), 1);
  CHECK(shape_of(norm) == Shape{});
  CHECK_FALSE(std::isfinite(TestType::to_host(norm)[0]));
  CHECK(gradient_of<TestType>(a)[0] == 1);
}
