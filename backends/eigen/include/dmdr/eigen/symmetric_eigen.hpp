// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <dmdr/core/location.hpp>
#include <dmdr/eval/symmetric_eigen.hpp>

namespace dmdr {

/// The `eval::SymmetricEigenSolver` of the Eigen backend: Eigen's `SelfAdjointEigenSolver` (tridiagonal form, then QL
/// steps) in float64.
///
/// Throws `ShapeError` where the matrix has not n*n values, `NumericError` where the iteration does not converge or a
/// value is not finite.
class EigenSymmetricSolver {
 public:
  [[nodiscard]] eval::SymmetricEigenSystem decompose(std::span<const double> matrix, std::int64_t size,
                                                     Location where = Location::current()) const;
  [[nodiscard]] std::vector<double> values(std::span<const double> matrix, std::int64_t size,
                                           Location where = Location::current()) const;
};

static_assert(eval::SymmetricEigenSolver<EigenSymmetricSolver>);

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/eigen/symmetric_eigen.ipp>  // IWYU pragma: export
#endif
