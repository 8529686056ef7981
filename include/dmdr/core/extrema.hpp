// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// std::min, std::max and std::clamp for the headers that every experiment includes: <algorithm> brings all of the ranges' algorithms with
// it, a fifth of a second in each translation unit.

namespace dmdr::detail {

/// The smaller of two; the first where they are equal or cannot be compared, as `std::min`.
template <class T>
[[nodiscard]] constexpr T smaller(T a, T b) {
  return b < a ? b : a;
}
/// The larger of two; the first where they are equal or cannot be compared, as `std::max`.
template <class T>
[[nodiscard]] constexpr T larger(T a, T b) {
  return a < b ? b : a;
}
/// The largest of several.
template <class T>
[[nodiscard]] constexpr T largest(T a) {
  return a;
}
template <class T, class... Ts>
[[nodiscard]] constexpr T largest(T a, T b, Ts... rest) {
  return largest(larger(a, b), rest...);
}
/// `value` within [low, high]; NaN stays NaN, as with `std::clamp`.
template <class T>
[[nodiscard]] constexpr T clamped(T value, T low, T high) {
  return value < low ? low : high < value ? high : value;
}

}  // namespace dmdr::detail
