// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <Eigen/Core>

#include <dmdr/core/inline.hpp>
#include <dmdr/eigen/array_functions.hpp>

namespace dmdr::eigen {

namespace detail {

// Whole vectors only, so that the result at an element does not depend on its place: `ArrayFunctions` leaves room for it.
template <class T, class Function>
void by_vectors(T* values, std::int64_t count, Function function) {
  constexpr std::int64_t size = 16;
  for (std::int64_t first = 0; first < count; first += size)
    function(Eigen::Map<Eigen::Array<T, size, 1>, Eigen::Aligned64>(values + first));
}

template <class T>
void exp_of(T* values, std::int64_t count) {
  by_vectors(values, count, [](auto x) { x = x.exp(); });
}
template <class T>
void log_of(T* values, std::int64_t count) {
  by_vectors(values, count, [](auto x) { x = x.log(); });
}
template <class T>
void tanh_of(T* values, std::int64_t count) {
  by_vectors(values, count, [](auto x) { x = x.tanh(); });
}
template <class T>
void sigmoid_of(T* values, std::int64_t count) {
  // Eigen's logistic function is exact to some 1e-8 in all, which for -6 is five digits.
  by_vectors(values, count, [](auto x) { x = T(1) / (T(1) + (-x).exp()); });
}
template <class T>
inline constexpr expr::ArrayFunctions<T> functions_v{&exp_of<T>, &log_of<T>, &tanh_of<T>, &sigmoid_of<T>};

}  // namespace detail

DMDR_INLINE const expr::Functions& array_functions() {
  static constexpr expr::Functions functions{detail::functions_v<double>, detail::functions_v<float>};
  return functions;
}

}  // namespace dmdr::eigen
