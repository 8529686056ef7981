// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Eigenvalues>

#include <dmdr/core/error.hpp>
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
                                                     Location where = Location::current()) const {
    const Solver solver = solve(matrix, size, Eigen::ComputeEigenvectors, where);
    eval::SymmetricEigenSystem system{values_of(solver), std::vector<double>(matrix.size())};
    // Eigen's eigenvectors are columns of a column-major matrix: in memory they are the rows that are wanted.
    Eigen::Map<Eigen::MatrixXd>(system.vectors.data(), size, size) = solver.eigenvectors();
    return system;
  }

  [[nodiscard]] std::vector<double> values(std::span<const double> matrix, std::int64_t size,
                                           Location where = Location::current()) const {
    return values_of(solve(matrix, size, Eigen::EigenvaluesOnly, where));
  }

 private:
  using Solver = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>;

  static Solver solve(std::span<const double> matrix, std::int64_t size, int options, Location where) {
    if (size < 1 || static_cast<std::int64_t>(matrix.size()) != size * size)
      throw ShapeError("eigenvalues: a matrix of " + std::to_string(size) + " rows needs " +
                           std::to_string(size * size) + " values, got " + std::to_string(matrix.size()),
                       where);
    const Eigen::Map<const Eigen::MatrixXd> map(matrix.data(), size, size);
    if (!map.allFinite()) throw NumericError("eigenvalues: the matrix holds a value that is not finite", where);
    Solver solver(map, options);
    if (solver.info() != Eigen::Success) throw NumericError("eigenvalues: the iteration did not converge", where);
    return solver;
  }

  static std::vector<double> values_of(const Solver& solver) {
    return {solver.eigenvalues().data(), solver.eigenvalues().data() + solver.eigenvalues().size()};
  }
};

static_assert(eval::SymmetricEigenSolver<EigenSymmetricSolver>);

}  // namespace dmdr
