// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eval/moments.hpp>

#include <limits>
#include <vector>

#include "support/catch.hpp"

using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
using dmdr::eval::Features;
using dmdr::eval::Moments;
using dmdr::eval::moments;

namespace {

std::vector<double> wave(std::int64_t rows, std::int64_t columns) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < rows * columns; ++i)
    values.push_back(static_cast<double>((i * i * 7 + i * 3) % 23) / 5 + 100);
  return values;
}

}  // namespace

TEST_CASE("moments of three points are their mean and unbiased covariance") {
  const std::vector<double> values{1, 2, 3, 6, 5, 1};
  const Moments result = moments({values, 3, 2});
  CHECK(result.dimension() == 2);
  CHECK(result.mean == std::vector<double>{3, 3});
  CHECK(result.covariance == std::vector<double>{4, -1, -1, 7});
}

TEST_CASE("moments over several blocks equal the textbook double sum") {
  const std::int64_t rows = 150, columns = 5;
  const std::vector<double> values = wave(rows, columns);
  const Moments result = moments({values, rows, columns});
  for (std::size_t a = 0; a < 5; ++a) {
    double mean_a = 0;
    for (std::size_t r = 0; r < 150; ++r) mean_a += values[r * 5 + a] / 150;
    CHECK(result.mean[a] == Approx(mean_a).epsilon(1e-14));
    for (std::size_t b = 0; b < 5; ++b) {
      double expected = 0;
      for (std::size_t r = 0; r < 150; ++r)
        expected += (values[r * 5 + a] - result.mean[a]) * (values[r * 5 + b] - result.mean[b]) / 149;
      CHECK(result.covariance[a * 5 + b] == Approx(expected).margin(1e-13));
      CHECK(result.covariance[a * 5 + b] == result.covariance[b * 5 + a]);
    }
  }
}

TEST_CASE("moments refuse what they cannot measure") {
  std::vector<double> values = wave(4, 3);
  CHECK_THROWS_AS(moments({values, 4, 2}), dmdr::ShapeError);
  CHECK_THROWS_AS(moments({values, -4, -3}), dmdr::ShapeError);
  CHECK_THROWS_AS(moments({{}, 4, 0}), dmdr::ShapeError);
  CHECK_THROWS_AS(moments({{}, 0, 3}), dmdr::NumericError);
  CHECK_THROWS_WITH(moments({std::span(values).first(3), 1, 3}),
                    ContainsSubstring("`features` [1, 3] has fewer than 2 rows") &&
                        ContainsSubstring("moments_test.cpp"));
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    values[7] = bad;
    CHECK_THROWS_AS(moments({values, 4, 3}), dmdr::NumericError);
    CHECK_THROWS_WITH(moments({values, 4, 3}), ContainsSubstring("row 2, column 1"));
  }
}
