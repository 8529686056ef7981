// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eval/frechet.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <dmdr/eigen/symmetric_eigen.hpp>
#include <dmdr/eval/jacobi.hpp>

#include "support/catch.hpp"

using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
using dmdr::EigenSymmetricSolver;
using dmdr::eval::Features;
using dmdr::eval::frechet_distance;
using dmdr::eval::JacobiEigenSolver;
using dmdr::eval::Moments;

namespace {

/// All 16 sign patterns of four features, scaled and shifted: independent features of variance scale^2 * 16 / 15.
std::vector<double> cube(const std::vector<double>& scale, const std::vector<double>& shift) {
  std::vector<double> values;
  for (unsigned pattern = 0; pattern < 16; ++pattern)
    for (std::size_t c = 0; c < 4; ++c) values.push_back(((pattern >> c) % 2 == 0 ? -1 : 1) * scale[c] + shift[c]);
  return values;
}

/// The same points turned in the plane of features 0 and 2.
std::vector<double> turned(std::vector<double> values, double angle) {
  for (std::size_t r = 0; r < values.size(); r += 4) {
    const double a = values[r], b = values[r + 2];
    values[r] = std::cos(angle) * a - std::sin(angle) * b;
    values[r + 2] = std::sin(angle) * a + std::cos(angle) * b;
  }
  return values;
}

const std::vector<double> a = cube({1, 2, .5, 3}, {0, 0, 0, 0});
const std::vector<double> b = cube({2, 2, 1.5, .25}, {1, -2, 0, .5});
/// |shift|^2 + sum (scale_a - scale_b)^2 * 16 / 15
const double known = 5.25 + (1 + 0 + 1 + 2.75 * 2.75) * 16 / 15;

}  // namespace

TEMPLATE_TEST_CASE("the Frechet distance of independent features is that of means and deviations", "",
                   JacobiEigenSolver, EigenSymmetricSolver) {
  const TestType solver{};
  CHECK(frechet_distance({a, 16, 4}, {b, 16, 4}, solver) == Approx(known).epsilon(1e-13));
  CHECK(frechet_distance({b, 16, 4}, {a, 16, 4}, solver) == Approx(known).epsilon(1e-13));
  const std::vector<double> a2 = turned(a, .8), b2 = turned(b, .8);
  CHECK(frechet_distance({a2, 16, 4}, {b2, 16, 4}, solver) == Approx(known).epsilon(1e-13));
}

TEMPLATE_TEST_CASE("the Frechet distance of a set to itself is zero to rounding, for a singular covariance too", "",
                   JacobiEigenSolver, EigenSymmetricSolver) {
  const TestType solver{};
  CHECK(frechet_distance({a, 16, 4}, {a, 16, 4}, solver) < 1e-13);
  const std::vector<double> flat = turned(cube({1, 0, 0, 3}, {5, 5, 5, 5}), .3);
  CHECK(frechet_distance({flat, 16, 4}, {flat, 16, 4}, solver) < 1e-13);
  const std::vector<double> three(a.begin(), a.begin() + 12);
  CHECK(frechet_distance({three, 3, 4}, {three, 3, 4}, solver) < 1e-13);
}

TEST_CASE("the Frechet distance to a single repeated point is the mean squared distance to it") {
  const std::vector<double> point(2 * 4, 1.0);
  // |mean|^2 = 4, trace = (1 + 4 + .25 + 9) * 16 / 15
  CHECK(frechet_distance({a, 16, 4}, {point, 2, 4}, JacobiEigenSolver{}) == Approx(4 + 14.25 * 16 / 15).epsilon(1e-14));
}

TEST_CASE("features that two sets do not share add their whole variance to the Frechet distance") {
  const std::vector<double> first = cube({1, 0, 0, 0}, {0, 0, 0, 0}), second = cube({0, 0, 2, 0}, {0, 0, 0, 0});
  CHECK(frechet_distance({first, 16, 4}, {second, 16, 4}, JacobiEigenSolver{}) == Approx(5.0 * 16 / 15).epsilon(1e-14));
}

TEST_CASE("the Frechet distance takes moments and equals that of the features they came from") {
  const Moments of_a = dmdr::eval::moments({a, 16, 4}), of_b = dmdr::eval::moments({b, 16, 4});
  CHECK(frechet_distance(of_a, of_b, JacobiEigenSolver{}) ==
        frechet_distance(Features{a, 16, 4}, Features{b, 16, 4}, JacobiEigenSolver{}));
}

TEST_CASE("the Frechet distance refuses features that do not fit") {
  const JacobiEigenSolver solver;
  CHECK_THROWS_AS(frechet_distance({a, 16, 4}, {b, 32, 2}, solver), dmdr::ShapeError);
  CHECK_THROWS_WITH(frechet_distance({a, 16, 4}, {b, 32, 2}, solver), ContainsSubstring("[16, 4]") &&
                                                                          ContainsSubstring("[32, 2]") &&
                                                                          ContainsSubstring("frechet_test.cpp"));
  CHECK_THROWS_AS(frechet_distance({a, 16, 4}, {std::span(b).first(4), 1, 4}, solver), dmdr::NumericError);
  std::vector<double> bad = b;
  bad[5] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(frechet_distance({a, 16, 4}, {bad, 16, 4}, solver), ContainsSubstring("`b` [16, 4] holds"));
}

TEST_CASE("the Frechet distance refuses moments that are none") {
  const JacobiEigenSolver solver;
  const Moments good{{0, 0}, {1, 0, 0, 1}};
  CHECK(frechet_distance(good, good, solver) < 1e-14);
  CHECK_THROWS_AS(frechet_distance(good, Moments{{0}, {1}}, solver), dmdr::ShapeError);
  CHECK_THROWS_AS(frechet_distance(good, Moments{{0, 0}, {1, 0, 1}}, solver), dmdr::ShapeError);
  CHECK_THROWS_AS(frechet_distance(Moments{}, good, solver), dmdr::ShapeError);
  CHECK_THROWS_WITH(frechet_distance(good, Moments{{0, 0}, {1, .1, 0, 1}}, solver), ContainsSubstring("not symmetric"));
  CHECK_THROWS_WITH(frechet_distance(good, Moments{{0, 0}, {1, 0, 0, -1}}, solver), ContainsSubstring("eigenvalue -1"));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(frechet_distance(Moments{{nan, 0}, {1, 0, 0, 1}}, good, solver), dmdr::NumericError);
  CHECK_THROWS_AS(frechet_distance(Moments{{0, 0}, {nan, 0, 0, 1}}, good, solver), dmdr::NumericError);
}

TEST_CASE("the example of docs/reference/eval.md compiles and measures two sets") {
  const std::vector<double>& real_values = a;
  const std::vector<double>& generated_values = b;
  const std::int64_t real_count = 16, generated_count = 16;
  // snippet begin: eval-frechet (docs/reference/eval.md)
  const dmdr::eval::Features real{real_values, real_count, 4}, generated{generated_values, generated_count, 4};
  const double distance = dmdr::eval::frechet_distance(real, generated, dmdr::EigenSymmetricSolver{});
  // snippet end
  CHECK(distance == Approx(known).epsilon(1e-13));
}
