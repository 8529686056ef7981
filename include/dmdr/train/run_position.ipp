// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include <dmdr/core/inline.hpp>
#include <dmdr/train/run_position.hpp>

namespace dmdr {

DMDR_INLINE void RunPosition::advance(const std::string& skipped, std::int64_t max_skips_in_row, Location where) {
  ++iteration;
  if (skipped.empty()) {
    skips_in_row = 0;
    return;
  }
  ++skips;
  if (++skips_in_row >= max_skips_in_row)
    throw NumericError("trainer: " + std::to_string(skips_in_row) +
                           " iterations in a row were skipped, the last because of: " + skipped,
                       where);
}

DMDR_INLINE HostTensor RunPosition::store() const {
  const std::vector<std::int64_t> counters{iteration, updates, skips, skips_in_row};
  return HostTensor::from<std::int64_t>(Shape{4}, std::span(counters));
}

DMDR_INLINE RunPosition RunPosition::restored(const HostTensor& tensor, Location where) {
  if (!(tensor.shape == Shape{4}))
    throw FileError("restore: tensor counters is " + tensor.shape.str() + ", expected [4]", where);
  const std::vector<std::int64_t> counters = tensor.as<std::int64_t>(where);
  return {counters[0], counters[1], counters[2], counters[3]};
}

}  // namespace dmdr
