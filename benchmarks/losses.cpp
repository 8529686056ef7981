// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "losses.hpp"

#include <cstdio>

namespace bench {

void measure_losses(Results& results, const TimingSettings& settings) {
  std::printf(
      "loss formulas in float: medians of e/h, e/E, t/h, t/E; e the expression on buffers, t through eval and tape,\n"
      "  h a loop by hand (forward and backward: both in one pass), E Eigen arrays with temporaries\n"
      "                                  forward                     back-  forward and backward\n"
      "formula                size         e/h   e/E   t/h   t/E      e/h    e/h   e/E   t/h   t/E\n");
  measure_path_formulas(results, settings);
  measure_transition_formulas(results, settings);
  measure_direction_formulas(results, settings);
  measure_rl_formulas(results, settings);
}

}  // namespace bench
