// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "results.hpp"
#include "timing.hpp"

namespace bench {

/// Every loss formula: expression on the Eigen backend against a hand-written loop and against Eigen arrays with temporaries.
/// Throws `dmdr::NumericError` where the three do not agree.
void measure_losses(Results& results, const TimingSettings& settings);

// Its parts, by what the formulas are about.
void measure_path_formulas(Results& results, const TimingSettings& settings);
void measure_transition_formulas(Results& results, const TimingSettings& settings);
void measure_direction_formulas(Results& results, const TimingSettings& settings);
void measure_rl_formulas(Results& results, const TimingSettings& settings);

}  // namespace bench
