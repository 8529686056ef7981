// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eigen/ops.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "unit/eigen/differences.hpp"

using Catch::Matchers::ContainsSubstring;
using dmdr::Shape;
using eigen_test::B64;
using eigen_test::check_gradients;
using eigen_test::normal;
using eigen_test::parameter;
using eigen_test::Tensor;
namespace eigen = dmdr::eigen;

TEST_CASE("a linear layer multiplies by the transposed weight and adds its bias") {
  const B64 backend;
  const Tensor x = backend.from_host({2, 3}, std::vector<double>{1, 2, 3, 4, 5, 6});
  const Tensor w = backend.from_host({2, 3}, std::vector<double>{1, 0, -1, 2, 1, 0});
  const Tensor b = backend.from_host({2}, std::vector<double>{10, 20});
  CHECK(B64::to_host(eigen::linear(x, w)) == std::vector<double>{-2, 4, -2, 13});
  CHECK(B64::to_host(eigen::linear(x, w, b)) == std::vector<double>{8, 24, 8, 33});
  CHECK(B64::to_host(eigen::linear_sum<double>({{x, w}, {x, w, -0.5}},
                                               {.rows = backend.from_host({2, 2}, std::vector<double>{1, 1, 0, 0})})) ==
        std::vector<double>{0, 3, -1, 6.5});
}

TEST_CASE("gradients of a sum of linear layers agree with finite differences, with an input used twice too") {
  const Tensor x = parameter("x", {4, 3}), w = parameter("w", {5, 3}), b = parameter("b", {5}),
               rows = parameter("rows", {4, 5});
  const Tensor z = parameter("z", {4, 2}), v = parameter("v", {5, 2}), square = parameter("square", {5, 5});
  check_gradients([&] { return eigen::linear(x, w); }, {x, w});
  check_gradients([&] { return eigen::linear(x, w, b); }, {x, w, b});
  check_gradients(
      [&] {
        return eigen::linear_sum<double>({{x, w}, {z, v, 0.7}}, {.rows = rows, .bias = b});
      },
      {x, w, z, v, rows, b});
  check_gradients([&] { return eigen::linear_sum<double>({{x, w}, {x, w, 2}}, {.bias = b}); }, {x, w, b});
  check_gradients([&] { return eigen::linear_sum<double>({{rows, square}}, {.rows = rows}); }, {rows, square});
  check_gradients([&] { return eigen::linear(eigen::linear(rows, square, b), square, b); }, {rows, square, b});
}

TEST_CASE("gradients of SiLU and of the root-mean-square norm agree with finite differences") {
  // 3 x 301 elements: more than one piece of the SiLU's backward loop, and a remainder.
  const Tensor x = parameter("x", {3, 301}), small = parameter("small", {3, 7});
  check_gradients([&] { return eigen::silu(x); }, {x});
  check_gradients([&] { return eigen::rms_norm(small); }, {small});
  check_gradients([&] { return eigen::rms_norm(small, 0.5); }, {small});
  check_gradients([&] { return eigen::silu(eigen::rms_norm(small)); }, {small});
  // Both uses of one tensor arrive.
  const Tensor w = parameter("w", {7, 7});
  check_gradients(
      [&] {
        return eigen::linear_sum<double>({{eigen::silu(small), w}, {eigen::rms_norm(small), w}}, {.rows = small});
      },
      {small, w});
}

TEMPLATE_TEST_CASE("SiLU keeps to its limits for large inputs and passes a value on that is not a number", "", float,
                   double) {
  using B = dmdr::EigenCpu<TestType>;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto x = B{}.from_host({3, 6}, std::vector<double>{-1e4, -1000, 0, 1000, 1e4, nan, -1e4, -1000, 0, 1000, 1e4,
                                                           nan, -1e4, -1000, 0, 1000, 1e4, nan});
  const std::vector<double> y = B::to_host(eigen::silu(x));
  for (std::size_t first = 0; first < y.size(); first += 6) {
    CHECK(std::abs(y[first]) < 1e-30);
    CHECK(std::abs(y[first + 1]) < 1e-30);
    CHECK(y[first + 2] == 0);
    CHECK(y[first + 3] == 1000);
    CHECK(y[first + 4] == 1e4);
    CHECK(std::isnan(y[first + 5]));
  }
}

TEST_CASE("the root-mean-square norm gives rows of mean square one, and zero for a row of zeros") {
  const B64 backend;
  const std::vector<double> y =
      B64::to_host(eigen::rms_norm(backend.from_host({2, 2}, std::vector<double>{3, -4, 0, 0})));
  CHECK(y[0] == Approx(3 / std::sqrt(12.5)).epsilon(1e-6));
  CHECK(y[1] == Approx(-4 / std::sqrt(12.5)).epsilon(1e-6));
  CHECK(y[2] == 0);
  CHECK(y[3] == 0);
}

TEST_CASE("embedding rows are copies of the table's rows, and gradients of repeated rows add up") {
  const Tensor table = parameter("table", {4, 3});
  const std::vector<double> all = B64::to_host(table);
  const std::vector<double> rows = B64::to_host(eigen::embedding_rows(table, {2, 0, 2}));
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(rows[k] == all[6 + k]);
    CHECK(rows[3 + k] == all[k]);
    CHECK(rows[6 + k] == all[6 + k]);
  }
  check_gradients([&] { return eigen::embedding_rows(table, {2, 0, 2, 3, 2}); }, {table});
}

TEST_CASE("an input that requires no gradient gets none, and nothing is recorded where none does") {
  const Tensor x = normal("x", {4, 3}), w = parameter("w", {5, 3}), b = normal("b", {5});
  const Tensor y = eigen::linear(x, w, b);
  const Tensor seed = normal("seed", {4, 5});
  B64::backward(std::span(&y, 1), std::span(&seed, 1));
  CHECK(B64::gradient(w));
  CHECK_FALSE(B64::gradient(x));
  CHECK_FALSE(B64::gradient(b));
  CHECK_FALSE(B64::requires_grad(eigen::silu(eigen::linear(x, B64::detach(w), b))));
  const B64::NoGrad no_grad;
  CHECK_FALSE(B64::requires_grad(eigen::linear(x, w)));
}

TEST_CASE("operations of networks refuse shapes that do not fit and say which") {
  const Tensor x = normal("x", {4, 3}), w = normal("w", {5, 3}), cube = normal("cube", {2, 2, 2});
  CHECK_THROWS_WITH(eigen::linear(x, normal("v", {5, 2})),
                    ContainsSubstring("shape error: linear: x [4, 3] does not fit the weight [5, 2]"));
  CHECK_THROWS_WITH(eigen::linear(cube, w), ContainsSubstring("x must be a matrix, got [2, 2, 2]"));
  CHECK_THROWS_WITH(eigen::linear(x, normal("v", {3})), ContainsSubstring("the weight must be a matrix, got [3]"));
  CHECK_THROWS_WITH(eigen::linear(x, w, normal("b", {4})), ContainsSubstring("a bias [4] is added to [4, 5]"));
  CHECK_THROWS_WITH(eigen::linear_sum<double>({{x, w}}, {.rows = normal("r", {3, 5})}),
                    ContainsSubstring("[3, 5] is added to [4, 5]"));
  CHECK_THROWS_WITH(eigen::linear_sum<double>({{x, w}, {x, normal("v", {6, 3})}}),
                    ContainsSubstring("product 2 is [4, 6], the first [4, 5]"));
  CHECK_THROWS_AS(eigen::linear_sum<double>({}), dmdr::ShapeError);
  CHECK_THROWS_AS(eigen::rms_norm(normal("empty", {2, 0})), dmdr::ShapeError);
  CHECK_THROWS_AS(eigen::embedding_rows(cube, {0}), dmdr::ShapeError);
  CHECK_THROWS_WITH(eigen::embedding_rows(w, {0, 5}),
                    ContainsSubstring("numeric error: embedding: id 5 of sample 1 is outside [0, 5)"));
  CHECK_THROWS_AS(eigen::embedding_rows(w, {-1}), dmdr::NumericError);
}
