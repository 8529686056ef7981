// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eval/precision_recall.hpp>

#include <limits>
#include <vector>

#include "support/catch.hpp"

using dmdr::eval::Features;
using dmdr::eval::precision_recall;
using dmdr::eval::PrecisionRecall;
using Boundary = dmdr::eval::PrecisionRecallSettings::Boundary;
using Catch::Matchers::ContainsSubstring;

namespace {

/// `count` points one apart on a line.
std::vector<double> line(double start, int count) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(start + i);
  return values;
}

std::vector<double> joined(std::vector<double> first, const std::vector<double>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Features points(const std::vector<double>& values) { return {values, static_cast<std::int64_t>(values.size()), 1}; }

}  // namespace

TEST_CASE("a set has precision and recall 1 against itself, and 0 against one far away") {
  const std::vector<double> near = line(0, 100), far = line(1000, 80);
  const PrecisionRecall same = precision_recall(points(near), points(near));
  CHECK(same.precision == 1);
  CHECK(same.recall == 1);
  const PrecisionRecall apart = precision_recall(points(near), points(far));
  CHECK(apart.precision == 0);
  CHECK(apart.recall == 0);
}

TEST_CASE("generated points that miss one of two modes have full precision and half the recall") {
  const std::vector<double> real = joined(line(0, 90), line(1000, 90)), generated = line(0, 90);
  const PrecisionRecall result = precision_recall(points(real), points(generated));
  CHECK(result.precision == 1);
  CHECK(result.recall == .5);
  const PrecisionRecall swapped = precision_recall(points(generated), points(real));
  CHECK(swapped.precision == .5);
  CHECK(swapped.recall == 1);
}

TEST_CASE("a point on a ball counts only where the boundary is inclusive") {
  // k = 1: every ball has radius 1; the generated point 4 lies on the ball around 3, the point 9 on none.
  const std::vector<double> real = line(0, 4), generated{4, 9};
  const PrecisionRecall inclusive = precision_recall(points(real), points(generated), {.neighbours = 1});
  const PrecisionRecall exclusive =
      precision_recall(points(real), points(generated), {.neighbours = 1, .boundary = Boundary::exclusive});
  CHECK(inclusive.precision == .5);
  CHECK(exclusive.precision == 0);
  // The ball around 4 reaches 9, radius 5: -1 would lie on it, 0..3 inside.
  CHECK(inclusive.recall == 1);
  CHECK(exclusive.recall == 1);
}

TEST_CASE("more neighbours make larger balls") {
  const std::vector<double> real = line(0, 10), generated = line(12, 10);
  CHECK(precision_recall(points(real), points(generated), {.neighbours = 2}).precision == 0);
  CHECK(precision_recall(points(real), points(generated), {.neighbours = 3}).precision == .1);
  CHECK(precision_recall(points(real), points(generated), {.neighbours = 4}).precision == .2);
}

TEST_CASE("precision and recall refuse what they cannot measure") {
  const std::vector<double> three = line(0, 3), six = line(0, 6);
  CHECK_THROWS_AS(precision_recall(points(three), points(six)), dmdr::NumericError);
  CHECK_THROWS_WITH(precision_recall(points(six), points(three)),
                    ContainsSubstring("`generated` [3, 1] has fewer than 4 rows") &&
                        ContainsSubstring("precision_recall_test.cpp"));
  CHECK_NOTHROW(precision_recall(points(six), points(three), {.neighbours = 2}));
  CHECK_THROWS_AS(precision_recall(points(six), points(six), {.neighbours = 0}), dmdr::ConfigError);
  CHECK_THROWS_AS(precision_recall(points(six), {six, 2, 3}, {.neighbours = 1}), dmdr::ShapeError);
  CHECK_THROWS_AS(precision_recall(points(six), {six, 5, 1}), dmdr::ShapeError);
  std::vector<double> bad = six;
  bad[2] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(precision_recall(points(six), points(bad)), dmdr::NumericError);
}
