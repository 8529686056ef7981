// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace dmdr::test {

/// Measures what the program allocates through `operator new` while it lives: `io_allocation_meter.cpp` replaces that operator in this
/// program. One meter at a time.
class AllocationMeter {
 public:
  AllocationMeter();
  AllocationMeter(const AllocationMeter&) = delete;
  AllocationMeter& operator=(const AllocationMeter&) = delete;
  ~AllocationMeter() = default;

  /// The most bytes alive at a time, above those alive when the meter began.
  [[nodiscard]] std::size_t peak() const;
  /// Bytes alive now, above those alive when the meter began.
  [[nodiscard]] std::ptrdiff_t alive() const;

 private:
  std::size_t begin_;
};

}  // namespace dmdr::test
