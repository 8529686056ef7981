// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/eval/symmetric_eigen.hpp>

namespace dmdr::eval {

/// Cyclic Jacobi rotations: a `SymmetricEigenSolver` that needs no library.
///
/// Each rotation by the angle `tan 2a = 2 m_pq / (m_qq - m_pp)` zeroes one pair of off-diagonal elements; sweeps over
/// all pairs go on until every one is below the rounding unit times the norm of the matrix. About ten sweeps of n^3
/// steps: meant for a few hundred features. Source: G. H. Golub and C. F. Van Loan, Matrix Computations, section 8.5.
/// Throws `ShapeError` where the matrix has not n*n values, `NumericError` where a value is not finite or 60 sweeps do
/// not suffice.
class JacobiEigenSolver {
 public:
  [[nodiscard]] SymmetricEigenSystem decompose(std::span<const double> matrix, std::int64_t size,
                                               Location where = Location::current()) const {
    const auto n = static_cast<std::size_t>(size);
    SymmetricEigenSystem system{{}, std::vector<double>(n * n)};
    for (std::size_t k = 0; k < n; ++k) system.vectors[k * n + k] = 1;
    system.values = rotate(matrix, n, system.vectors.data(), where);
    return system;
  }

  [[nodiscard]] std::vector<double> values(std::span<const double> matrix, std::int64_t size,
                                           Location where = Location::current()) const {
    return rotate(matrix, static_cast<std::size_t>(size), nullptr, where);
  }

 private:
  /// Rotates a copy of `matrix` to diagonal form and returns the diagonal; the rows of `vectors` follow where it is not
  /// null.
  static std::vector<double> rotate(std::span<const double> matrix, std::size_t n, double* vectors, Location where) {
    if (n == 0 || matrix.size() != n * n)
      throw ShapeError("eigenvalues: a matrix of " + std::to_string(n) + " rows needs " + std::to_string(n * n) +
                           " values, got " + std::to_string(matrix.size()),
                       where);
    double square = 0;
    for (const double value : matrix) square += value * value;
    if (!std::isfinite(square)) throw NumericError("eigenvalues: the matrix holds a value that is not finite", where);
    const double small = std::numeric_limits<double>::epsilon() * std::sqrt(square) / static_cast<double>(n);
    std::vector<double> m(matrix.begin(), matrix.end());
    bool settled = false;
    for (int sweep = 0; sweep < 60 && !settled; ++sweep) {
      settled = true;
      for (std::size_t p = 0; p + 1 < n; ++p)
        for (std::size_t q = p + 1; q < n; ++q) {
          if (std::abs(m[p * n + q]) <= small) continue;
          settled = false;
          rotate_pair(m.data(), vectors, n, p, q);
        }
    }
    if (!settled) throw NumericError("eigenvalues: Jacobi rotations did not converge in 60 sweeps", where);
    std::vector<double> diagonal(n);
    for (std::size_t k = 0; k < n; ++k) diagonal[k] = m[k * n + k];
    return diagonal;
  }

  static void rotate_pair(double* m, double* vectors, std::size_t n, std::size_t p, std::size_t q) {
    const double cotangent = (m[q * n + q] - m[p * n + p]) / (2 * m[p * n + q]);
    const double tangent = (cotangent < 0 ? -1.0 : 1.0) / (std::abs(cotangent) + std::hypot(1.0, cotangent));
    const double cosine = 1 / std::hypot(1.0, tangent);
    const double sine = tangent * cosine;
    for (std::size_t k = 0; k < n; ++k) {  // columns p and q
      const double a = m[k * n + p], b = m[k * n + q];
      m[k * n + p] = cosine * a - sine * b;
      m[k * n + q] = sine * a + cosine * b;
    }
    rotate_rows(m, n, p, q, cosine, sine);
    m[p * n + q] = m[q * n + p] = 0;
    if (vectors != nullptr) rotate_rows(vectors, n, p, q, cosine, sine);
  }

  static void rotate_rows(double* m, std::size_t n, std::size_t p, std::size_t q, double cosine, double sine) {
    for (std::size_t k = 0; k < n; ++k) {
      const double a = m[p * n + k], b = m[q * n + k];
      m[p * n + k] = cosine * a - sine * b;
      m[q * n + k] = sine * a + cosine * b;
    }
  }
};

static_assert(SymmetricEigenSolver<JacobiEigenSolver>);

}  // namespace dmdr::eval
