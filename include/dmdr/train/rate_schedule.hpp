// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/core/describe.hpp>

namespace dmdr {

/// How a learning rate goes on after its warm-up.
enum class RateSchedule : std::uint8_t {
  cosine,       ///< a cosine to 0 at the end
  hold_linear,  ///< full for a share `hold` of the updates, then linear to 0 at the end
  constant,
};
template <>
struct EnumNames<RateSchedule> {
  static constexpr EnumName<RateSchedule> table[] = {{RateSchedule::cosine, "cosine"},
                                                     {RateSchedule::hold_linear, "hold_linear"},
                                                     {RateSchedule::constant, "constant"}};
};

/// Linear warm-up, then a cosine to 0 at the end: the factor of the learning rate at update k of `updates`.
[[nodiscard]] double warm_cosine(std::int64_t k, std::int64_t warm_up, std::int64_t updates);

/// Linear warm-up, full until `hold * updates`, then linear to 0 at the end: the factor of the learning rate at update k of `updates`.
[[nodiscard]] double hold_linear(std::int64_t k, std::int64_t warm_up, double hold, std::int64_t updates);

/// The course of a learning rate over a number of updates, as a factor of the rate itself.
struct RateCourse {
  RateSchedule schedule = RateSchedule::constant;
  double hold = 0;           ///< of `hold_linear`: share of the updates before the rate falls
  std::int64_t warm_up = 0;  ///< updates of linear rise

  /// The factor at update k of `updates`, counted from 0: above 0 at every one, and at those beyond the last what it is there.
  [[nodiscard]] double factor(std::int64_t k, std::int64_t updates) const;

  template <class V>
  void visit(V&& v) {
    v("schedule", schedule);
    v("hold", hold, Range{0, 1});
    v("warm_up", warm_up, at_least(0));
  }
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/train/rate_schedule.ipp>  // IWYU pragma: export
#endif
