// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

namespace dmdr::expr {

/// The functions of a formula that a processor has no instruction for, each over an array and in place.
///
/// Kernels compute such a function of a block of elements at a time, so that a backend may bring vectorised ones
/// (`Plan::functions`). `values` is aligned to 64 bytes, and there is room to the next multiple of 16 elements, filled with numbers
/// whose result is not looked at: an implementation that works on whole vectors need treat no element apart. The result at an
/// element may depend on its argument alone.
template <class T>
struct ArrayFunctions {
  using Function = void (*)(T* values, std::int64_t count);
  Function exp = nullptr;
  Function log = nullptr;
  Function tanh = nullptr;
  Function sigmoid = nullptr;
};

/// One set for each type that kernels compute in.
struct Functions {
  ArrayFunctions<double> f64;
  ArrayFunctions<float> f32;

  template <class T>
  [[nodiscard]] constexpr const ArrayFunctions<T>& of() const noexcept {
    if constexpr (sizeof(T) == sizeof(double))
      return f64;
    else
      return f32;
  }
};

namespace detail {
template <class T>
void exp_in_place(T* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) values[i] = std::exp(values[i]);
}
template <class T>
void log_in_place(T* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) values[i] = std::log(values[i]);
}
template <class T>
void tanh_in_place(T* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) values[i] = std::tanh(values[i]);
}
template <class T>
void sigmoid_in_place(T* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) values[i] = T(1) / (T(1) + std::exp(-values[i]));
}
template <class T>
inline constexpr ArrayFunctions<T> standard_array_functions{&exp_in_place<T>, &log_in_place<T>, &tanh_in_place<T>,
                                                            &sigmoid_in_place<T>};
}  // namespace detail

/// Those of the C++ standard library, one element after the other.
inline constexpr Functions standard_functions{detail::standard_array_functions<double>,
                                              detail::standard_array_functions<float>};

}  // namespace dmdr::expr
