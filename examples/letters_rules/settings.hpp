// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <dmdr/core/adamw_settings.hpp>
#include <dmdr/core/describe.hpp>

#include "letters/captioned.hpp"
#include "letters/letter_checks.hpp"

namespace letters {

/// The classifier that reads the letters, and its training on painted letters of one half.
struct ReaderSettings {
  std::vector<std::int64_t> widths{16, 32, 64, 96, 128};
  std::int64_t updates = 800;
  std::int64_t batch = 64;
  double label_smoothing = 0.1;
  dmdr::AdamWSettings optimiser{.learning_rate = 3e-3, .weight_decay = 0.01};

  template <class V>
  void visit(V&& v) {
    v("widths", widths, dmdr::Items{.each = dmdr::at_least(1), .min_count = 1});
    v("updates", updates, dmdr::at_least(1));
    v("batch", batch, dmdr::at_least(1));
    v("label_smoothing", label_smoothing, dmdr::Range{.low = 0, .high = 1, .high_open = true});
    v("optimiser", optimiser);
  }
};

/// Everything that `letters_rules` can be told by `--set key=value`.
struct Settings {
  std::uint64_t seed = 1;
  std::int64_t pictures = 8000;  ///< that are looked at
  double noise = 0.1;            ///< standard deviation, in pictures from -1 to 1, of the column `with noise`
  CaptionSettings captions{};
  RuleSettings rules{};
  ReaderSettings reader{};

  template <class V>
  void visit(V&& v) {
    v("seed", seed, dmdr::at_least(0));
    v("pictures", pictures, dmdr::at_least(1));
    v("noise", noise, dmdr::at_least(0));
    v("captions", captions);
    v("rules", rules);
    v("reader", reader);
  }
};

}  // namespace letters
