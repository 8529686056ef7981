// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>

#include <Eigen/Core>

#include <dmdr/eigen/gemm.hpp>

namespace dmdr::eigen {

namespace detail {

/// Eigen's view of a matrix of ours.
template <class T>
[[nodiscard]] auto map(MatrixView<T> view) {
  using Matrix = Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Target = std::conditional_t<std::is_const_v<T>, const Matrix, Matrix>;
  return Eigen::Map<Target>(view.data, view.rows, view.cols);
}

template <class T, class Product>
void write_product(const Product& product, MatrixView<T> target, Write write) {
  // Eigen's assignment does the same two steps; one form of the kernel compiles in half the time.
  if (write == Write::replace) map(target).setZero();
  map(target).noalias() += product;
}

}  // namespace detail

// The scale belongs to a factor, not to the product, so that Eigen hands it to its kernel as a number.

template <class T>
void times_transposed(MatrixView<const T> x, MatrixView<const T> w, T scale, MatrixView<T> y, Write write) {
  detail::write_product((scale * detail::map(x)) * detail::map(w).transpose(), y, write);
}

template <class T>
void times(MatrixView<const T> dy, MatrixView<const T> w, T scale, MatrixView<T> dx, Write write) {
  detail::write_product((scale * detail::map(dy)) * detail::map(w), dx, write);
}

template <class T>
void transposed_times(MatrixView<const T> dy, MatrixView<const T> x, T scale, MatrixView<T> dw, Write write) {
  detail::write_product((scale * detail::map(dy).transpose()) * detail::map(x), dw, write);
}

}  // namespace dmdr::eigen
