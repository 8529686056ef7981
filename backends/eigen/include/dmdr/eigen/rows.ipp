// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <type_traits>

#include <Eigen/Core>

#include <dmdr/eigen/rows.hpp>

namespace dmdr::eigen {

namespace detail {

template <class T>
[[nodiscard]] auto array(T* data, std::int64_t n) {
  using Array = Eigen::Array<std::remove_const_t<T>, Eigen::Dynamic, 1>;
  using Target = std::conditional_t<std::is_const_v<T>, const Array, Array>;
  return Eigen::Map<Target>(data, n);
}

template <class T, class Values>
void write_array(const Values& values, T* target, std::int64_t n, Write write) {
  if (write == Write::replace)
    array(target, n) = values;
  else
    array(target, n) += values;
}

}  // namespace detail

template <class T>
void silu_forward(const T* x, T* y, std::int64_t n) {
  const auto value = detail::array(x, n);
  detail::array(y, n) = value / (T(1) + (-value).exp());
}

template <class T>
void silu_backward(const T* x, const T* dy, T* dx, std::int64_t n, Write write) {
  // Piece by piece, so that the sigmoid is computed once and stays in the cache.
  constexpr std::int64_t piece = 256;
  Eigen::Array<T, piece, 1> sigmoid;
  for (std::int64_t first = 0; first < n; first += piece) {
    const std::int64_t size = std::min(piece, n - first);
    const auto value = detail::array(x + first, size);
    auto s = sigmoid.head(size);
    s = T(1) / (T(1) + (-value).exp());
    detail::write_array(detail::array(dy + first, size) * s * (T(1) + value * (T(1) - s)), dx + first, size, write);
  }
}

template <class T>
void rms_forward(MatrixView<const T> x, T eps, T* y) {
  for (std::int64_t row = 0; row < x.rows; ++row) {
    const auto value = detail::array(x.data + row * x.cols, x.cols);
    const T scale = T(1) / std::sqrt(value.square().sum() / static_cast<T>(x.cols) + eps);
    detail::array(y + row * x.cols, x.cols) = value * scale;
  }
}

template <class T>
void rms_backward(MatrixView<const T> x, T eps, const T* dy, T* dx, Write write) {
  for (std::int64_t row = 0; row < x.rows; ++row) {
    const auto value = detail::array(x.data + row * x.cols, x.cols);
    const auto cotangent = detail::array(dy + row * x.cols, x.cols);
    const T count = static_cast<T>(x.cols);
    const T mean_square = value.square().sum() / count + eps;
    const T scale = T(1) / std::sqrt(mean_square);
    const T along = (value * cotangent).sum() / count / mean_square;
    detail::write_array((cotangent - value * along) * scale, dx + row * x.cols, x.cols, write);
  }
}

template <class T>
void repeat_row(const T* row, MatrixView<T> y) {
  for (std::int64_t k = 0; k < y.rows; ++k) std::copy_n(row, y.cols, y.data + k * y.cols);
}

template <class T>
void sum_rows(MatrixView<const T> y, T* sum, Write write) {
  if (write == Write::replace) std::fill_n(sum, y.cols, T(0));
  for (std::int64_t row = 0; row < y.rows; ++row)
    detail::array(sum, y.cols) += detail::array(y.data + row * y.cols, y.cols);
}

template <class T>
void write_elements(const T* source, T* target, std::int64_t n, Write write) {
  detail::write_array(detail::array(source, n), target, n, write);
}

}  // namespace dmdr::eigen
