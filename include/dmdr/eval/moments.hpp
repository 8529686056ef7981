// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <dmdr/core/location.hpp>
#include <dmdr/eval/features.hpp>

namespace dmdr::eval {

/// Mean and covariance of features: what a reference statistics file of the Fréchet distance holds.
struct Moments {
  std::vector<double> mean;        ///< [D]
  std::vector<double> covariance;  ///< [D, D], row-major, symmetric

  /// D, the number of features.
  [[nodiscard]] std::int64_t dimension() const noexcept { return static_cast<std::int64_t>(mean.size()); }
};

/// Mean over the rows and unbiased covariance `sum (x - mean)(x - mean)^T / (N - 1)`, in two passes.
///
/// Throws `ShapeError` where the sizes do not fit, `NumericError` for fewer than two rows or a value that is not
/// finite.
/// Complexity: N D^2 / 2 multiplications, D^2 memory.
[[nodiscard]] inline Moments moments(const Features& features, Location where = Location::current()) {
  check_features(features, "moments", "features", 2, where);
  const auto columns = static_cast<std::size_t>(features.columns);
  Moments result{std::vector<double>(columns), std::vector<double>(columns * columns)};
  for (std::int64_t r = 0; r < features.rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) result.mean[c] += features.row(r)[c];
  for (double& mean : result.mean) mean /= static_cast<double>(features.rows);

  // A block of centred rows is added to one row of the covariance at a time, so that this row stays in the cache.
  constexpr std::int64_t block = 64;
  std::vector<double> centred(static_cast<std::size_t>(block) * columns);
  for (std::int64_t start = 0; start < features.rows; start += block) {
    const auto rows = static_cast<std::size_t>(std::min(block, features.rows - start));
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < columns; ++c)
        centred[r * columns + c] = features.row(start + static_cast<std::int64_t>(r))[c] - result.mean[c];
    for (std::size_t i = 0; i < columns; ++i) {
      double* const target = result.covariance.data() + i * columns;
      for (std::size_t r = 0; r < rows; ++r) {
        const double* const source = centred.data() + r * columns;
        const double factor = source[i];
        for (std::size_t j = i; j < columns; ++j) target[j] += factor * source[j];
      }
    }
  }
  const double scale = 1.0 / static_cast<double>(features.rows - 1);
  for (std::size_t i = 0; i < columns; ++i)
    for (std::size_t j = i; j < columns; ++j)
      result.covariance[j * columns + i] = result.covariance[i * columns + j] *= scale;
  return result;
}

}  // namespace dmdr::eval
