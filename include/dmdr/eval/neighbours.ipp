// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <dmdr/eval/neighbours.hpp>

namespace dmdr::eval::detail {

DMDR_INLINE void squared_distances(std::span<const double> row, const double* tile, double* sums) {
  std::fill(sums, sums + distance_tile, 0.0);
  for (const double value : row) {
    for (std::size_t j = 0; j < distance_tile; ++j) {
      const double difference = value - tile[j];
      sums[j] += difference * difference;
    }
    tile += distance_tile;
  }
}

}  // namespace dmdr::eval::detail
