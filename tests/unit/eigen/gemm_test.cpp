// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/eigen/gemm.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "support/catch.hpp"

using dmdr::eigen::MatrixView;
using dmdr::eigen::Write;

namespace {

template <class T>
struct Matrix {
  Matrix(std::int64_t r, std::int64_t c, double phase) : values(static_cast<std::size_t>(r * c)), rows(r), cols(c) {
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<T>(std::sin(phase + 0.7 * static_cast<double>(i * i % 101)));
  }
  operator MatrixView<const T>() const { return {values.data(), rows, cols}; }  // NOLINT(google-explicit-constructor)
  operator MatrixView<T>() { return {values.data(), rows, cols}; }              // NOLINT(google-explicit-constructor)
  [[nodiscard]] double at(std::int64_t r, std::int64_t c) const {
    return static_cast<double>(values[static_cast<std::size_t>(r * cols + c)]);
  }

  std::vector<T> values;
  std::int64_t rows, cols;
};

/// The largest difference from `scale sum_k term(row, col, k)` on top of `before`.
template <class T, class Term>
double worst(const Matrix<T>& out, const Matrix<T>* before, double scale, std::int64_t depth, Term term) {
  double largest = 0;
  for (std::int64_t r = 0; r < out.rows; ++r)
    for (std::int64_t c = 0; c < out.cols; ++c) {
      double sum = 0;
      for (std::int64_t k = 0; k < depth; ++k) sum += term(r, c, k);
      const double difference = std::abs(out.at(r, c) - (before == nullptr ? 0 : before->at(r, c)) - scale * sum);
      largest = std::isnan(difference) ? difference : std::max(largest, difference);
    }
  return largest;
}

}  // namespace

TEMPLATE_TEST_CASE("a matrix product agrees with three loops, replaces what was there and adds to it", "", float,
                   double) {
  const double tolerance = std::is_same_v<TestType, float> ? 3e-5 : 1e-13;
  // Extents below, at and off the sizes of Eigen's blocks and of its path for tiny products.
  for (const std::int64_t batch : {1, 5, 64})
    for (const std::int64_t out : {1, 16, 37})
      for (const std::int64_t in : {1, 16, 67}) {
        CAPTURE(batch, out, in);
        const Matrix<TestType> x(batch, in, 1), w(out, in, 2), dy(batch, out, 3);
        for (const bool add : {false, true}) {
          const Write write = add ? Write::add : Write::replace;
          Matrix<TestType> y(batch, out, 4), dx(batch, in, 5), dw(out, in, 6);
          if (!add)
            for (Matrix<TestType>* target : {&y, &dx, &dw})
              target->values.assign(target->values.size(), std::numeric_limits<TestType>::quiet_NaN());
          const Matrix<TestType> y0 = y, dx0 = dx, dw0 = dw;
          dmdr::eigen::times_transposed<TestType>(x, w, TestType(0.5), y, write);
          dmdr::eigen::times<TestType>(dy, w, TestType(-2), dx, write);
          dmdr::eigen::transposed_times<TestType>(dy, x, TestType(1), dw, write);
          CHECK(worst(y, add ? &y0 : nullptr, 0.5, in,
                      [&](auto r, auto c, auto k) { return x.at(r, k) * w.at(c, k); }) < tolerance);
          CHECK(worst(dx, add ? &dx0 : nullptr, -2, out,
                      [&](auto r, auto c, auto k) { return dy.at(r, k) * w.at(k, c); }) < tolerance);
          CHECK(worst(dw, add ? &dw0 : nullptr, 1, batch,
                      [&](auto r, auto c, auto k) { return dy.at(k, r) * x.at(k, c); }) < tolerance);
        }
      }
}
