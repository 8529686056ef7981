// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include <dmdr/diffusion/time.hpp>

namespace dmdr {

DMDR_INLINE Times::Times(std::vector<double> values, Location where) : values_(std::move(values)) {
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (!(values_[i] >= 0 && values_[i] <= 1))
      throw NumericError("times: t = " + std::to_string(values_[i]) + " of sample " + std::to_string(i) +
                             " is outside [0, 1]",
                         where);
}

DMDR_INLINE Times::Times(std::int64_t rows, Time t, Location where)
    : Times(std::vector<double>(static_cast<std::size_t>(rows), t.value), where) {}

DMDR_INLINE Times Times::take(std::span<const std::int64_t> rows) const {
  Times taken;
  for (const std::int64_t row : rows) taken.values_.push_back(values_.at(static_cast<std::size_t>(row)));
  return taken;
}

}  // namespace dmdr
