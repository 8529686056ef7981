// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include <Eigen/Eigenvalues>

#include <dmdr/core/error.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/eigen/symmetric_eigen.hpp>

namespace dmdr {
namespace eigen::detail {

using SelfAdjointSolver = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>;

DMDR_INLINE SelfAdjointSolver solve_symmetric(std::span<const double> matrix, std::int64_t size, int options,
                                              Location where) {
  if (size < 1 || static_cast<std::int64_t>(matrix.size()) != size * size)
    throw ShapeError("eigenvalues: a matrix of " + std::to_string(size) + " rows needs " + std::to_string(size * size) +
                         " values, got " + std::to_string(matrix.size()),
                     where);
  const Eigen::Map<const Eigen::MatrixXd> map(matrix.data(), size, size);
  if (!map.allFinite()) throw NumericError("eigenvalues: the matrix holds a value that is not finite", where);
  SelfAdjointSolver solver(map, options);
  if (solver.info() != Eigen::Success) throw NumericError("eigenvalues: the iteration did not converge", where);
  return solver;
}

DMDR_INLINE std::vector<double> values_of(const SelfAdjointSolver& solver) {
  return {solver.eigenvalues().data(), solver.eigenvalues().data() + solver.eigenvalues().size()};
}

}  // namespace eigen::detail

DMDR_INLINE eval::SymmetricEigenSystem EigenSymmetricSolver::decompose(std::span<const double> matrix,
                                                                       std::int64_t size, Location where) const {
  const auto solver = eigen::detail::solve_symmetric(matrix, size, Eigen::ComputeEigenvectors, where);
  eval::SymmetricEigenSystem system{eigen::detail::values_of(solver), std::vector<double>(matrix.size())};
  // Eigen's eigenvectors are columns of a column-major matrix: in memory they are the rows that are wanted.
  Eigen::Map<Eigen::MatrixXd>(system.vectors.data(), size, size) = solver.eigenvectors();
  return system;
}

DMDR_INLINE std::vector<double> EigenSymmetricSolver::values(std::span<const double> matrix, std::int64_t size,
                                                             Location where) const {
  return eigen::detail::values_of(eigen::detail::solve_symmetric(matrix, size, Eigen::EigenvaluesOnly, where));
}

}  // namespace dmdr
