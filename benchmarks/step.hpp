// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "results.hpp"
#include "timing.hpp"

namespace bench {

/// A DMDR step through `Trainer` against the same step written out by hand on the same tape, networks and draws.
/// Throws `dmdr::NumericError` where the two do not end at equal weights, bit for bit.
void measure_step(Results& results, const TimingSettings& settings);

}  // namespace bench
