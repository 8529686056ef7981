// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <dmdr/core/inline.hpp>
#include <dmdr/eval/features.hpp>

namespace dmdr::eval {
namespace detail {

inline constexpr std::size_t distance_tile = 64;

/// Squared distances of a row to `distance_tile` others, whose elements lie column by column in `tile`.
void squared_distances(std::span<const double> row, const double* tile, double* sums);

}  // namespace detail

/// Calls `visit(i, first, distances)` with the squared Euclidean distances of row i of `left` to rows first, first + 1,
/// ... of `right`.
///
/// All pairs are visited once, tile by tile: up to 64 rows of `right` are transposed and stay in the cache while all
/// rows of `left` pass, and the sum over the features runs in their order for 64 distances side by side. So the
/// distance of two rows has the same bits in either order and in every tile, and equal rows have distance 0. Both sets
/// must have been checked, with equal `columns`.
/// Complexity: N M D multiplications, 64 D memory.
template <class Visit>
void for_each_squared_distance(const Features& left, const Features& right, Visit&& visit) {
  constexpr std::size_t width = detail::distance_tile;
  const auto columns = static_cast<std::size_t>(left.columns);
  std::vector<double> tile(columns * width);
  for (std::int64_t first = 0; first < right.rows; first += static_cast<std::int64_t>(width)) {
    const std::size_t count = std::min(width, static_cast<std::size_t>(right.rows - first));
    for (std::size_t j = 0; j < count; ++j)
      for (std::size_t c = 0; c < columns; ++c)
        tile[c * width + j] = right.row(first + static_cast<std::int64_t>(j))[c];
    for (std::int64_t i = 0; i < left.rows; ++i) {
      std::array<double, width> sums;
      detail::squared_distances(left.row(i), tile.data(), sums.data());
      visit(i, first, std::span<const double>(sums.data(), count));
    }
  }
}

/// Squared distance of every row to its k-th nearest other row of the same set; 1 <= k < rows.
[[nodiscard]] inline std::vector<double> squared_neighbour_distances(const Features& features, std::int64_t k) {
  const auto kept = static_cast<std::size_t>(k);
  // `nearest` holds, for each row, the k smallest distances so far in ascending order.
  std::vector<std::vector<double>> nearest(static_cast<std::size_t>(features.rows));
  for_each_squared_distance(features, features,
                            [&](std::int64_t i, std::int64_t first, std::span<const double> distances) {
                              std::vector<double>& best = nearest[static_cast<std::size_t>(i)];
                              for (std::size_t j = 0; j < distances.size(); ++j) {
                                if (first + static_cast<std::int64_t>(j) == i) continue;
                                if (best.size() == kept && distances[j] >= best.back()) continue;
                                if (best.size() == kept) best.pop_back();
                                best.insert(std::upper_bound(best.begin(), best.end(), distances[j]), distances[j]);
                              }
                            });
  std::vector<double> result;
  result.reserve(nearest.size());
  for (const std::vector<double>& best : nearest) result.push_back(best.back());
  return result;
}

}  // namespace dmdr::eval

#ifndef DMDR_COMPILED
#include <dmdr/eval/neighbours.ipp>  // IWYU pragma: export
#endif
