// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eval/inception_score.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"

using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
using dmdr::eval::Features;
using dmdr::eval::inception_score;
using dmdr::eval::InceptionScore;

namespace {

/// `rows` logits of which row i is certain of class i / repeat.
std::vector<double> certain(std::int64_t rows, std::int64_t classes, std::int64_t repeat) {
  std::vector<double> values(static_cast<std::size_t>(rows * classes));
  for (std::int64_t i = 0; i < rows; ++i) values[static_cast<std::size_t>(i * classes + i / repeat % classes)] = 900;
  return values;
}

}  // namespace

TEST_CASE("the inception score of equal predictions is 1") {
  std::vector<double> logits;
  for (int row = 0; row < 5; ++row)
    for (const double value : {3.0, -1.0, 700.0, 701.0}) logits.push_back(value + row * 100);
  const InceptionScore score = inception_score({logits, 5, 4});
  CHECK(score.mean == Approx(1).epsilon(1e-13));
  CHECK(score.deviation == 0);
}

TEST_CASE("the inception score of certain predictions of every class is the number of classes") {
  CHECK(inception_score({certain(12, 4, 3), 12, 4}).mean == Approx(4).epsilon(1e-14));
}

TEST_CASE("the inception score of two soft predictions is that of the formula") {
  // p = (.8, .2) and (.4, .6), marginal (.6, .4)
  const std::vector<double> logits{std::log(8.0), std::log(2.0), std::log(2.0), std::log(3.0)};
  const double divergence =
      (.8 * std::log(.8 / .6) + .2 * std::log(.2 / .4) + .4 * std::log(.4 / .6) + .6 * std::log(.6 / .4)) / 2;
  CHECK(inception_score({logits, 2, 2}).mean == Approx(std::exp(divergence)).epsilon(1e-14));
}

TEST_CASE("each split of the inception score has its own marginal") {
  // Parts in order: rows 0..2 of class 0, rows 3..5 of classes 1 and 2, so scores 1 and exp(entropy of (2/3, 1/3)).
  std::vector<double> logits = certain(6, 3, 1);
  for (std::size_t i = 0; i < 6; ++i)
    for (std::size_t c = 0; c < 3; ++c) logits[i * 3 + c] = c == (i < 3 ? 0U : i < 5 ? 1U : 2U) ? 900 : 0;
  const double second = std::exp(-(2.0 / 3 * std::log(2.0 / 3) + 1.0 / 3 * std::log(1.0 / 3)));
  const InceptionScore score = inception_score({logits, 6, 3}, {.splits = 2});
  CHECK(score.mean == Approx((1 + second) / 2).epsilon(1e-14));
  CHECK(score.deviation == Approx((second - 1) / 2).epsilon(1e-14));
  CHECK(inception_score({logits, 6, 3}, {.splits = 6}).mean == Approx(1).epsilon(1e-14));
}

TEST_CASE("the inception score refuses logits and splits that do not fit") {
  std::vector<double> logits = certain(6, 3, 1);
  CHECK_THROWS_AS(inception_score({logits, 6, 3}, {.splits = 0}), dmdr::ConfigError);
  CHECK_THROWS_WITH(inception_score({logits, 6, 3}, {.splits = 7}), ContainsSubstring("[1, 6]"));
  CHECK_THROWS_AS(inception_score({logits, 6, 4}), dmdr::ShapeError);
  CHECK_THROWS_AS(inception_score({{}, 0, 3}), dmdr::NumericError);
  logits[4] = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(inception_score({logits, 6, 3}), dmdr::NumericError);
}
