// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eval/jacobi.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <dmdr/eigen/symmetric_eigen.hpp>

#include "support/catch.hpp"

using dmdr::eval::JacobiEigenSolver;
using dmdr::eval::SymmetricEigenSystem;

namespace {

/// A full symmetric matrix; with `rank` < n it is positive semidefinite of that rank.
std::vector<double> matrix_of(std::size_t n, std::size_t rank) {
  std::vector<double> factor(n * rank), matrix(n * n);
  for (std::size_t i = 0; i < factor.size(); ++i) factor[i] = std::sin(1.0 + 0.7 * static_cast<double>(i * i % 101));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t k = 0; k < rank; ++k)
        matrix[i * n + j] += (rank == n && k % 2 == 1 ? -1 : 1) * factor[i * rank + k] * factor[j * rank + k];
  return matrix;
}

template <class Solver>
void check_solver(const Solver& solver, std::size_t n, std::size_t rank) {
  const std::vector<double> matrix = matrix_of(n, rank);
  double norm = 0;
  for (const double value : matrix) norm += value * value;
  const double tolerance = 1e-13 * std::sqrt(norm);
  const SymmetricEigenSystem system = solver.decompose(matrix, static_cast<std::int64_t>(n));
  REQUIRE(system.values.size() == n);
  REQUIRE(system.vectors.size() == n * n);
  double worst_sum = 0, worst_dot = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      double sum = -matrix[i * n + j], dot = i == j ? -1 : 0;
      for (std::size_t k = 0; k < n; ++k) {
        sum += system.values[k] * system.vectors[k * n + i] * system.vectors[k * n + j];
        dot += system.vectors[i * n + k] * system.vectors[j * n + k];
      }
      worst_sum = std::max(worst_sum, std::abs(sum));
      worst_dot = std::max(worst_dot, std::abs(dot));
    }
  CHECK(worst_sum < tolerance);
  CHECK(worst_dot < 1e-12);
  std::vector<double> values = solver.values(matrix, static_cast<std::int64_t>(n)), same = system.values;
  std::sort(values.begin(), values.end());
  std::sort(same.begin(), same.end());
  for (std::size_t k = 0; k < n; ++k) CHECK(std::abs(values[k] - same[k]) < tolerance);
  for (std::size_t k = 0; rank < n && k < n - rank; ++k) CHECK(std::abs(values[k]) < tolerance);
}

}  // namespace

TEMPLATE_TEST_CASE("an eigen-decomposition rebuilds its matrix from orthonormal vectors", "", JacobiEigenSolver,
                   dmdr::EigenSymmetricSolver) {
  for (const std::size_t n : {1, 2, 3, 17, 40}) check_solver(TestType{}, n, n);
  check_solver(TestType{}, 12, 4);
}

TEMPLATE_TEST_CASE("an eigen-decomposition refuses a wrong size and values that are not finite", "", JacobiEigenSolver,
                   dmdr::EigenSymmetricSolver) {
  const TestType solver{};
  std::vector<double> matrix{2, 1, 1, 3};
  CHECK_THROWS_AS(solver.decompose(matrix, 3), dmdr::ShapeError);
  CHECK_THROWS_AS(solver.values(matrix, 1), dmdr::ShapeError);
  CHECK_THROWS_AS(solver.values({}, 0), dmdr::ShapeError);
  matrix[3] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(solver.decompose(matrix, 2), dmdr::NumericError);
  CHECK_THROWS_AS(solver.values(matrix, 2), dmdr::NumericError);
}

TEST_CASE("Jacobi rotations leave a zero matrix and a diagonal matrix as they are") {
  const std::vector<double> zero(9), diagonal{3, 0, 0, -1};
  CHECK(JacobiEigenSolver{}.values(zero, 3) == std::vector<double>{0, 0, 0});
  CHECK(JacobiEigenSolver{}.values(diagonal, 2) == std::vector<double>{3, -1});
}
