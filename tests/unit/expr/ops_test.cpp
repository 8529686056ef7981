// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include <dmdr/expr/ops.hpp>

#include "support/catch.hpp"
#include "support/gradient_check.hpp"

using namespace dmdr::expr;
using dmdr::test::slope_of;

namespace {

constexpr double adjoint = 1.75;

template <std::size_t N>
using Point = std::array<double, N>;

template <class Op, class F, std::size_t N>
void check_at(F oracle, const Point<N>& x) {
  Point<N> d;
  d.fill(std::nan(""));
  const double y = std::apply(oracle, x);
  INFO(std::string(Op::name) << " at " << x[0]);
  CHECK(std::apply([](auto... a) { return Op::value(a...); }, x) == y);
  if constexpr (N == 1) Op::partials(adjoint, y, x[0], d[0]);
  if constexpr (N == 2) Op::partials(adjoint, y, x[0], x[1], d[0], d[1]);
  if constexpr (N == 3) Op::partials(adjoint, y, x[0], x[1], x[2], d[0], d[1], d[2]);
  for (std::size_t k = 0; k < N; ++k) {
    const double slope = slope_of(
        [&](double moved) {
          Point<N> at = x;
          at[k] = moved;
          return std::apply(oracle, at);
        },
        x[k]);
    INFO("argument " << k);
    CHECK(d[k] == Approx(passes_gradient<Op>(static_cast<int>(k)) ? adjoint * slope : 0.0).epsilon(1e-9).margin(1e-9));
  }
}

/// Compares an operation with a function at points that lie away from its kinks: the value exactly, the partials with differences.
template <class Op, std::size_t N, class F>
void check(F oracle, const std::vector<Point<N>>& points) {
  for (const Point<N>& x : points) check_at<Op>(oracle, x);
}

const std::vector<Point<1>> reals{{-2.3}, {-0.4}, {0.7}, {1.9}};
const std::vector<Point<1>> positives{{0.2}, {0.9}, {3.1}};
const std::vector<Point<2>> pairs{{-1.2, 0.7}, {0.6, -1.4}, {1.3, 2.1}, {-2.2, -0.9}};

}  // namespace

TEST_CASE("the arithmetic operations have their values and partials") {
  check<Add, 2>([](double a, double b) { return a + b; }, pairs);
  check<Sub, 2>([](double a, double b) { return a - b; }, pairs);
  check<Mul, 2>([](double a, double b) { return a * b; }, pairs);
  check<Div, 2>([](double a, double b) { return a / b; }, pairs);
  check<Neg, 1>([](double a) { return -a; }, reals);
  check<Square, 1>([](double a) { return a * a; }, reals);
}

TEST_CASE("the functions of one number have their values and partials") {
  check<Abs, 1>([](double a) { return std::abs(a); }, reals);
  check<Sqrt, 1>([](double a) { return std::sqrt(a); }, positives);
  check<Exp, 1>([](double a) { return std::exp(a); }, reals);
  check<Log, 1>([](double a) { return std::log(a); }, positives);
  check<Tanh, 1>([](double a) { return std::tanh(a); }, reals);
  check<Sigmoid, 1>([](double a) { return 1 / (1 + std::exp(-a)); }, reals);
  check<Relu, 1>([](double a) { return std::max(a, 0.0); }, reals);
  check<NanToNum, 1>([](double a) { return a; }, reals);
  check<StopGradient, 1>([](double a) { return a; }, reals);
}

TEST_CASE("the choosing operations have their values and partials") {
  check<Minimum, 2>([](double a, double b) { return std::min(a, b); }, pairs);
  check<Maximum, 2>([](double a, double b) { return std::max(a, b); }, pairs);
  check<Greater, 2>([](double a, double b) { return a > b ? 1.0 : 0.0; }, pairs);
  check<Clamp, 3>([](double a, double lo, double hi) { return std::clamp(a, lo, hi); },
                  {{-2.0, -1.0, 1.5}, {0.3, -1.0, 1.5}, {2.0, -1.0, 1.5}});
  check<Select, 3>([](double c, double a, double b) { return c != 0 ? a : b; }, {{1.0, 0.4, -0.8}, {0.0, 0.4, -0.8}});
}

TEST_CASE("at a tie the first argument of minimum and maximum takes the whole gradient") {
  double a = -1, b = -1;
  Minimum::partials(1.0, 2.0, 2.0, 2.0, a, b);
  CHECK(a == 1);
  CHECK(b == 0);
  Maximum::partials(1.0, 2.0, 2.0, 2.0, a, b);
  CHECK(a == 1);
  CHECK(b == 0);
}

TEST_CASE("at their kinks abs and relu have derivative 0, and clamp passes the gradient at its bounds") {
  double a = -1, lo = -1, hi = -1;
  Abs::partials(1.0, 0.0, 0.0, a);
  CHECK(a == 0);
  Relu::partials(1.0, 0.0, 0.0, a);
  CHECK(a == 0);
  Clamp::partials(1.0, -1.0, -1.0, -1.0, 1.0, a, lo, hi);
  CHECK(a == 1);
  Clamp::partials(1.0, 1.0, 1.0, -1.0, 1.0, a, lo, hi);
  CHECK(a == 1);
  CHECK(lo == 0);
  CHECK(hi == 0);
}

TEST_CASE("nan_to_num replaces what is not finite, and passes no gradient there") {
  constexpr float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(NanToNum::value(nan) == 0.0F);
  CHECK(NanToNum::value(infinity) == std::numeric_limits<float>::max());
  CHECK(NanToNum::value(-infinity) == std::numeric_limits<float>::lowest());
  for (const float x : {nan, infinity, -infinity}) {
    float d = -1;
    NanToNum::partials(1.0F, NanToNum::value(x), x, d);
    CHECK(d == 0);
  }
}

TEST_CASE("sigmoid and tanh stay finite far from 0") {
  CHECK(Sigmoid::value(-1000.0) == 0);
  CHECK(Sigmoid::value(1000.0) == 1);
  double d = -1;
  Sigmoid::partials(1.0, Sigmoid::value(-1000.0), -1000.0, d);
  CHECK(d == 0);
  Tanh::partials(1.0, Tanh::value(1000.0), 1000.0, d);
  CHECK(d == 0);
}
