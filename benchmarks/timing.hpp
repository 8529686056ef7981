// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace bench {

/// Median and quartiles of repeated measurements.
struct Spread {
  double median = 0;
  double lower = 0;
  double upper = 0;
};
[[nodiscard]] Spread spread_of(std::vector<double> values);

struct TimingSettings {
  std::int64_t rounds = 200;
  double seconds_a_sample = 30e-6;  ///< calls are repeated within a sample until it lasts as long
};

/// Something to time; it leaves its results in memory.
using Work = std::function<void()>;

/// Times of several works, taken in turn: round r holds one sample of each, so that a slow moment of the machine hits all of them.
class Rounds {
 public:
  /// Times `works`; every round begins with another one. Each work is called a few times before.
  Rounds(std::span<const Work> works, const TimingSettings& settings);

  /// Seconds of one call.
  [[nodiscard]] Spread seconds(std::size_t work) const { return spread_of(samples_.at(work)); }
  /// Spread of the ratios of two works over the rounds.
  [[nodiscard]] Spread ratio(std::size_t work, std::size_t against) const;

 private:
  std::vector<std::vector<double>> samples_;  ///< [work][round]
};

}  // namespace bench
