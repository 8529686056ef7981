// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/core/adamw_settings.hpp>
#include <dmdr/core/describe.hpp>

namespace study {

/// A small classifier's training: the reward, or the held-out judge.
struct ClassifierRun {
  std::int64_t updates = 1500;
  std::int64_t batch = 128;
  dmdr::AdamWSettings optimiser{.learning_rate = 3e-3, .weight_decay = 0.01};
  double label_smoothing = 0;
  double noise = 0;  ///< images are x + noise * u * n with u uniform and n normal, drawn anew for every batch

  template <class V>
  void visit(V&& v) {
    v("updates", updates, dmdr::at_least(1));
    v("batch", batch, dmdr::at_least(1));
    v("optimiser", optimiser);
    v("label_smoothing", label_smoothing, dmdr::Range{.low = 0, .high = 1, .high_open = true});
    v("noise", noise, dmdr::at_least(0));
  }
};

}  // namespace study
