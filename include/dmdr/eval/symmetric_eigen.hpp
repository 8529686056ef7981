// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

namespace dmdr::eval {

/// Eigenvalues and orthonormal eigenvectors of a real symmetric matrix, in any order.
struct SymmetricEigenSystem {
  std::vector<double> values;   ///< [n]
  std::vector<double> vectors;  ///< [n, n], row-major; row k is the eigenvector of `values[k]`
};

/// Decomposes real symmetric matrices [n, n] in float64.
///
/// 1. `solver.decompose(matrix, n)` returns the eigensystem, `solver.values(matrix, n)` the eigenvalues alone, in any
/// order;
/// 2. only one triangle needs to be read; the matrix is symmetric to rounding;
/// 3. each eigenvalue is right to a small multiple of the rounding unit times the largest one;
/// 4. a matrix on which the method fails to converge ends in `NumericError`.
///
/// `JacobiEigenSolver` needs no library; the Eigen backend brings `EigenSymmetricSolver`.
template <class Solver>
concept SymmetricEigenSolver = requires(const Solver& solver, std::span<const double> matrix, std::int64_t size) {
  { solver.decompose(matrix, size) } -> std::same_as<SymmetricEigenSystem>;
  { solver.values(matrix, size) } -> std::same_as<std::vector<double>>;
};

}  // namespace dmdr::eval
