// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eval/neighbours.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/catch.hpp"

using dmdr::eval::Features;
using dmdr::eval::for_each_squared_distance;
using dmdr::eval::squared_neighbour_distances;

namespace {

std::vector<double> scattered(std::size_t count, double frequency) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = std::sin(frequency * static_cast<double>(i * i % 1009));
  return values;
}

double squared_distance(const Features& a, std::int64_t i, const Features& b, std::int64_t j) {
  double sum = 0;
  for (std::size_t c = 0; c < static_cast<std::size_t>(a.columns); ++c) sum += std::pow(a.row(i)[c] - b.row(j)[c], 2);
  return sum;
}

}  // namespace

TEST_CASE("every pair of rows is visited once with its distance, over tile borders") {
  const std::vector<double> left_values = scattered(33 * 3, 1.3), right_values = scattered(150 * 3, 2.1);
  const Features left{left_values, 33, 3}, right{right_values, 150, 3};
  std::vector<int> visits(33 * 150);
  double worst = 0;
  for_each_squared_distance(left, right, [&](std::int64_t i, std::int64_t first, std::span<const double> distances) {
    for (std::size_t j = 0; j < distances.size(); ++j) {
      const std::int64_t other = first + static_cast<std::int64_t>(j);
      ++visits[static_cast<std::size_t>(i * 150 + other)];
      worst = std::max(worst, std::abs(distances[j] - squared_distance(left, i, right, other)));
    }
  });
  CHECK(std::count(visits.begin(), visits.end(), 1) == 33 * 150);
  CHECK(worst < 1e-14);
}

TEST_CASE("a distance has the same bits in either order") {
  const std::vector<double> values = scattered(70 * 5, .9);
  const Features features{values, 70, 5};
  std::vector<double> table(70 * 70);
  for_each_squared_distance(features, features, [&](std::int64_t i, std::int64_t first, std::span<const double> d) {
    for (std::size_t j = 0; j < d.size(); ++j) table[static_cast<std::size_t>(i * 70 + first) + j] = d[j];
  });
  for (std::size_t i = 0; i < 70; ++i) {
    CHECK(table[i * 70 + i] == 0);
    for (std::size_t j = 0; j < i; ++j) CHECK(table[i * 70 + j] == table[j * 70 + i]);
  }
}

TEST_CASE("the distance to the k-th neighbour equals that of a sorted list") {
  const std::vector<double> values = scattered(140 * 2, 1.7);
  const Features features{values, 140, 2};
  for (const std::int64_t k : {1, 3, 139}) {
    const std::vector<double> found = squared_neighbour_distances(features, k);
    double worst = 0;
    for (std::int64_t i = 0; i < 140; ++i) {
      std::vector<double> others;
      for (std::int64_t j = 0; j < 140; ++j)
        if (j != i) others.push_back(squared_distance(features, i, features, j));
      std::sort(others.begin(), others.end());
      worst = std::max(worst, std::abs(others[static_cast<std::size_t>(k - 1)] - found[static_cast<std::size_t>(i)]));
    }
    CHECK(worst < 1e-14);
  }
}

TEST_CASE("coinciding rows are neighbours of each other at distance zero") {
  const std::vector<double> values{1, 1, 1, 5};
  CHECK(squared_neighbour_distances({values, 4, 1}, 2) == std::vector<double>{0, 0, 0, 16});
}
