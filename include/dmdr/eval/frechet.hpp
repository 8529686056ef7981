// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/core/shape.hpp>
#include <dmdr/eval/features.hpp>
#include <dmdr/eval/moments.hpp>
#include <dmdr/eval/symmetric_eigen.hpp>

namespace dmdr::eval {

namespace detail {

inline void check_moments(const Moments& moments, const std::string& name, Location where) {
  const std::size_t n = moments.mean.size();
  const std::string text = "Frechet distance: `" + name + "`";
  if (n == 0) throw ShapeError(text + " has an empty mean", where);
  if (moments.covariance.size() != n * n)
    throw ShapeError(text + " has a mean of " + std::to_string(n) + " features, so its covariance needs " +
                         std::to_string(n * n) + " values, got " + std::to_string(moments.covariance.size()),
                     where);
  double largest = 0;
  for (const double value : moments.mean)
    if (!std::isfinite(value)) throw NumericError(text + " has a mean that is not finite", where);
  for (const double value : moments.covariance) {
    if (!std::isfinite(value)) throw NumericError(text + " has a covariance that is not finite", where);
    largest = std::max(largest, std::abs(value));
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (std::abs(moments.covariance[i * n + j] - moments.covariance[j * n + i]) > 1e-6 * largest)
        throw NumericError(text + " has a covariance that is not symmetric in row " + std::to_string(i) + ", column " +
                               std::to_string(j),
                           where);
}

/// Rows `sqrt(lambda_k) u_k` of a factor F [r, n] with `F^T F = covariance`; eigenvalues at the level of rounding are
/// left out.
template <SymmetricEigenSolver Solver>
std::vector<double> covariance_factor(const std::vector<double>& covariance, std::size_t n, const Solver& solver,
                                      const std::string& name, Location where) {
  const SymmetricEigenSystem system = solver.decompose(covariance, static_cast<std::int64_t>(n));
  double largest = 0, smallest = 0;
  for (const double value : system.values) {
    largest = std::max(largest, value);
    smallest = std::min(smallest, value);
  }
  if (smallest < -1e-4 * largest)
    throw NumericError("Frechet distance: the covariance of `" + name + "` has the eigenvalue " +
                           std::to_string(smallest) + ", so it is none",
                       where);
  const double rounding = static_cast<double>(n) * std::numeric_limits<double>::epsilon() * largest;
  std::vector<double> factor;
  for (std::size_t k = 0; k < n; ++k) {
    if (system.values[k] <= rounding) continue;
    const double root = std::sqrt(system.values[k]);
    for (std::size_t c = 0; c < n; ++c) factor.push_back(root * system.vectors[k * n + c]);
  }
  return factor;
}

/// Sum of the singular values of `A B^T` for A [r, n] and B [s, n]: half the sum of |eigenvalues| of [[0, A B^T], [B
/// A^T, 0]].
template <SymmetricEigenSolver Solver>
double nuclear_norm_of_product(const std::vector<double>& a, const std::vector<double>& b, std::size_t n,
                               const Solver& solver) {
  const std::size_t r = a.size() / n, s = b.size() / n, size = r + s;
  if (r == 0 || s == 0) return 0;
  std::vector<double> b_columns(b.size());
  for (std::size_t j = 0; j < s; ++j)
    for (std::size_t c = 0; c < n; ++c) b_columns[c * s + j] = b[j * n + c];
  std::vector<double> doubled(size * size);
  for (std::size_t i = 0; i < r; ++i) {
    double* const target = doubled.data() + i * size + r;
    for (std::size_t c = 0; c < n; ++c)
      for (std::size_t j = 0; j < s; ++j) target[j] += a[i * n + c] * b_columns[c * s + j];
    for (std::size_t j = 0; j < s; ++j) doubled[(r + j) * size + i] = target[j];
  }
  double sum = 0;
  for (const double value : solver.values(doubled, static_cast<std::int64_t>(size))) sum += std::abs(value);
  return sum / 2;
}

}  // namespace detail

/// Squared Fréchet distance of two Gaussians, the value that is reported as FID:
/// `|m1 - m2|^2 + tr(S1) + tr(S2) - 2 sum_k sqrt(lambda_k)`, lambda the eigenvalues of `S1^(1/2) S2 S1^(1/2)`.
///
/// Their roots are the singular values of `S1^(1/2) S2^(1/2)` and are computed as such, so that a singular covariance
/// (fewer samples than features, dependent features) costs no digits; a square root of the matrix `S1 S2` would lose
/// half of them there.
/// At least 0. Source: Heusel et al., arXiv 1706.08500, section 2; Dowson and Landau 1982.
/// Throws `ShapeError` where the numbers of features differ, `NumericError` where the moments are none.
template <SymmetricEigenSolver Solver>
[[nodiscard]] double frechet_distance(const Moments& a, const Moments& b, const Solver& solver,
                                      Location where = Location::current()) {
  detail::check_moments(a, "a", where);
  detail::check_moments(b, "b", where);
  if (a.dimension() != b.dimension())
    throw ShapeError("Frechet distance: `a` has " + std::to_string(a.dimension()) + " features, `b` has " +
                         std::to_string(b.dimension()),
                     where);
  const std::size_t n = a.mean.size();
  double distance = 0;
  for (std::size_t c = 0; c < n; ++c) {
    const double difference = a.mean[c] - b.mean[c];
    distance += difference * difference + a.covariance[c * n + c] + b.covariance[c * n + c];
  }
  const std::vector<double> factor_a = detail::covariance_factor(a.covariance, n, solver, "a", where);
  const std::vector<double> factor_b = detail::covariance_factor(b.covariance, n, solver, "b", where);
  return std::max(0.0, distance - 2 * detail::nuclear_norm_of_product(factor_a, factor_b, n, solver));
}

/// The same of the moments of two sets of features [N, D] and [M, D]; each needs two rows or more.
template <SymmetricEigenSolver Solver>
[[nodiscard]] double frechet_distance(const Features& a, const Features& b, const Solver& solver,
                                      Location where = Location::current()) {
  check_features(a, "Frechet distance", "a", 2, where);
  check_features(b, "Frechet distance", "b", 2, where);
  check_same_columns(a, b, "Frechet distance", "a", "b", where);
  return frechet_distance(moments(a, where), moments(b, where), solver, where);
}

}  // namespace dmdr::eval
