// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <numbers>

#include <dmdr/core/extrema.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/train/rate_schedule.hpp>

namespace dmdr {

namespace detail {
DMDR_INLINE double warm_up_factor(std::int64_t k, std::int64_t warm_up) {
  return k < warm_up ? static_cast<double>(k + 1) / static_cast<double>(warm_up) : 1;
}
}  // namespace detail

DMDR_INLINE double warm_cosine(std::int64_t k, std::int64_t warm_up, std::int64_t updates) {
  if (k < warm_up) return detail::warm_up_factor(k, warm_up);
  const double rest = static_cast<double>(detail::larger<std::int64_t>(1, updates - warm_up));
  return 0.5 * (1 + std::cos(std::numbers::pi * static_cast<double>(k - warm_up) / rest));
}

DMDR_INLINE double hold_linear(std::int64_t k, std::int64_t warm_up, double hold, std::int64_t updates) {
  const double n = static_cast<double>(updates), at = static_cast<double>(k);
  const double fall = at > hold * n ? (n - at) / (n - hold * n) : 1;
  return detail::smaller(detail::warm_up_factor(k, warm_up), fall);
}

DMDR_INLINE double RateCourse::factor(std::int64_t k, std::int64_t updates) const {
  k = detail::smaller(k, updates - 1);
  switch (schedule) {
    case RateSchedule::cosine: return warm_cosine(k, warm_up, updates);
    case RateSchedule::hold_linear: return hold_linear(k, warm_up, hold, updates);
    case RateSchedule::constant: break;
  }
  return detail::warm_up_factor(k, warm_up);
}

}  // namespace dmdr
