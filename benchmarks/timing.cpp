// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "timing.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace bench {

namespace {

/// Linear between the two neighbours of a place among sorted values.
double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double seconds_of(const Work& work, std::int64_t calls) {
  const auto start = std::chrono::steady_clock::now();
  for (std::int64_t call = 0; call < calls; ++call) {
    work();
    asm volatile("" ::: "memory");  // results are read: the compiler may not drop or join calls
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / static_cast<double>(calls);
}

}  // namespace

Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {quantile(values, .5), quantile(values, .25), quantile(values, .75)};
}

Rounds::Rounds(std::span<const Work> works, const TimingSettings& settings) : samples_(works.size()) {
  std::vector<std::int64_t> calls;
  for (const Work& work : works) {
    seconds_of(work, 2);
    const double once = std::min(seconds_of(work, 1), seconds_of(work, 1));
    calls.push_back(std::max<std::int64_t>(1, std::llround(settings.seconds_a_sample / std::max(once, 1e-9))));
  }
  for (std::int64_t round = 0; round < settings.rounds; ++round)
    for (std::size_t turn = 0; turn < works.size(); ++turn) {
      const std::size_t work = (turn + static_cast<std::size_t>(round)) % works.size();
      samples_[work].push_back(seconds_of(works[work], calls[work]));
    }
}

Spread Rounds::ratio(std::size_t work, std::size_t against) const {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < samples_.at(work).size(); ++round)
    ratios.push_back(samples_[work][round] / samples_.at(against)[round]);
  return spread_of(std::move(ratios));
}

}  // namespace bench
