// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/core/describe.hpp>

namespace dmdr {

/// Settings of AdamW (Loshchilov & Hutter 2019, decoupled weight decay), with PyTorch's names and defaults but for the decay.
struct AdamWSettings {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("learning_rate", learning_rate, Range{0, 1e3});
    v("beta1", beta1, Range{.low = 0, .high = 1, .high_open = true});
    v("beta2", beta2, Range{.low = 0, .high = 1, .high_open = true});
    v("eps", eps, Range{0, 1});
    v("weight_decay", weight_decay, Range{0, 1e3});
  }
};

}  // namespace dmdr
