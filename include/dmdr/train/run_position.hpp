// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <dmdr/core/host_tensor.hpp>
#include <dmdr/core/location.hpp>

namespace dmdr {

/// How far a training is: what a checkpoint keeps of it beside tensors.
struct RunPosition {
  std::int64_t iteration = 0;     ///< the next one
  std::int64_t updates = 0;       ///< generator updates done
  std::int64_t skips = 0;         ///< iterations in which something was not finite
  std::int64_t skips_in_row = 0;  ///< the latest ones among them

  /// Goes to the next iteration. `skipped` names what was not finite, or is empty; throws `NumericError` where it is the
  /// `max_skips_in_row`-th in a row.
  void advance(const std::string& skipped, std::int64_t max_skips_in_row, Location where);

  [[nodiscard]] HostTensor store() const;
  /// Throws `FileError` where the tensor has another shape.
  [[nodiscard]] static RunPosition restored(const HostTensor& tensor, Location where);
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/train/run_position.ipp>  // IWYU pragma: export
#endif
