// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>

namespace dmdr::test {

/// `count` times the environment variable DMDR_FAULT_SCALE, for long runs started by hand; `count` where it is not set.
inline int scaled(int count) {
  const char* scale = std::getenv("DMDR_FAULT_SCALE");
  const int factor = scale == nullptr ? 1 : std::atoi(scale);
  return factor > 1 ? count * factor : count;
}

}  // namespace dmdr::test
