// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/core/adamw_settings.hpp>
#include <dmdr/core/describe.hpp>

#include "letters/letter_masks.hpp"

namespace letters {

/// How a face is put into pictures.
struct RenderSettings {
  double letter_height = 24;  ///< pixels: what `height_quantile` of a face's letter heights becomes
  double height_quantile = 0.8;
  double max_extent = 32;  ///< pixels: the size is reduced where a letter of the face would be larger
  double min_height = 16;  ///< pixels: a face whose size had to be reduced below this is rejected

  template <class V>
  void visit(V&& v) {
    v("letter_height", letter_height, dmdr::Range{.low = 4, .high = 32});
    v("height_quantile", height_quantile, dmdr::Range{.low = 0, .high = 1});
    v("max_extent", max_extent, dmdr::Range{.low = 4, .high = 1000});
    v("min_height", min_height, dmdr::Range{.low = 0, .high = 32});
  }
};

/// Which faces stay.
struct FilterSettings {
  double min_ink = 0.08;  ///< of the median over a face's letters, as a share of the picture
  double max_ink = 0.4;
  double min_distance = 0.2;         ///< relative rms between two faces
  std::int64_t min_recognised = 24;  ///< letters of a face, of 26; 0 trains no recogniser

  template <class V>
  void visit(V&& v) {
    v("min_ink", min_ink, dmdr::Range{.low = 0, .high = 1});
    v("max_ink", max_ink, dmdr::Range{.low = 0, .high = 1});
    v("min_distance", min_distance, dmdr::at_least(0));
    v("min_recognised", min_recognised, dmdr::Range{.low = 0, .high = static_cast<double>(letter_count)});
  }
  [[nodiscard]] std::string contradiction() const {
    return min_ink <= max_ink ? "" : "min_ink is above max_ink, so that no face can stay";
  }
};

/// The convolutional classifier of the cross-validation, and its training.
struct RecogniserSettings {
  std::vector<std::int64_t> widths{16, 32, 64, 96, 128};
  std::int64_t updates = 400;  ///< of each of the two folds
  std::int64_t batch = 64;
  std::int64_t shift = 2;  ///< pixels that a training picture is moved by at most, either way
  double label_smoothing = 0.1;
  dmdr::AdamWSettings optimiser{.learning_rate = 3e-3, .weight_decay = 0.01};
  std::int64_t threads = 1;  ///< of LibTorch: another number changes last bits

  template <class V>
  void visit(V&& v) {
    v("widths", widths, dmdr::Items{.each = dmdr::at_least(1), .min_count = 1});
    v("updates", updates, dmdr::at_least(1));
    v("batch", batch, dmdr::at_least(1));
    v("shift", shift, dmdr::Range{.low = 0, .high = 8});
    v("label_smoothing", label_smoothing, dmdr::Range{.low = 0, .high = 1, .high_open = true});
    v("optimiser", optimiser);
    v("threads", threads, dmdr::Range{.low = 1, .high = 64});
  }
};

/// Everything that `letters_data` can be told by its TOML file and by `--set key=value`.
struct Settings {
  std::uint64_t seed = 1;
  RenderSettings render{};
  FilterSettings filter{};
  RecogniserSettings recogniser{};
  std::string sheet_letters = "AEGMRSW";  ///< that the sheet shows of every face

  template <class V>
  void visit(V&& v) {
    v("seed", seed, dmdr::at_least(0));
    v("render", render);
    v("filter", filter);
    v("recogniser", recogniser);
    v("sheet_letters", sheet_letters);
  }
  [[nodiscard]] std::string contradiction() const {
    const bool fits =
        !sheet_letters.empty() && sheet_letters.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
    return fits ? "" : "sheet_letters must be one letter or more of A to Z";
  }
};

}  // namespace letters
