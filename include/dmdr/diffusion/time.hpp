// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>

namespace dmdr {

/// A diffusion time: 1 is pure noise, 0 is clean. Not a noise level and not a training index: those are other types.
struct Time {
  double value = 0;
  constexpr explicit Time(double t) : value(t) {}
};
/// Standard deviation of the noise, the sigma of `x_t = alpha x0 + sigma eps`. For rectified flow it equals the time.
struct NoiseLevel {
  double value = 0;
  constexpr explicit NoiseLevel(double sigma) : value(sigma) {}
};
/// Index 0..N-1 among the training steps of a discrete schedule, 0 the cleanest.
struct TrainIndex {
  std::int64_t value = 0;
  constexpr explicit TrainIndex(std::int64_t index) : value(index) {}
};

/// Times of a batch, one a sample. Throws `NumericError` where one lies outside [0, 1] or is not a number.
class Times {
 public:
  Times() = default;
  explicit Times(std::vector<double> values, Location where = Location::current());
  /// The same time for `rows` samples.
  Times(std::int64_t rows, Time t, Location where = Location::current());

  [[nodiscard]] const std::vector<double>& values() const noexcept { return values_; }
  [[nodiscard]] std::int64_t rows() const noexcept { return static_cast<std::int64_t>(values_.size()); }
  [[nodiscard]] Times take(std::span<const std::int64_t> rows) const;
  [[nodiscard]] double operator[](std::int64_t i) const { return values_[static_cast<std::size_t>(i)]; }

 private:
  std::vector<double> values_;
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/diffusion/time.ipp>  // IWYU pragma: export
#endif
