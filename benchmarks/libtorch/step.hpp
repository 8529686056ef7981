// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results.hpp"

namespace bench {

struct SitStepSettings {
  std::string model = "SiT-B/2";  ///< `SiT-S/2`, `SiT-B/2`, `SiT-L/2`, `SiT-XL/2`, `letters` or `tiny`
  std::int64_t batch = 16;
  std::int64_t rounds = 5;                ///< iterations of each kind
  std::vector<std::int64_t> steps{1, 4};  ///< evaluations of the student
  int threads = 1;
  std::string python{};  ///< a Python with PyTorch; empty: no comparison with it
};

/// Iterations of DMDR over a SiT, for each number of steps: through `Trainer`, by hand, and eager PyTorch's (`python/dmdr_step.py`), in turn.
/// Throws `dmdr::NumericError` where the first two do not end at equal weights, bit for bit, `dmdr::ConfigError` for an unknown model.
void measure_sit_step(Results& results, const SitStepSettings& settings);

}  // namespace bench
