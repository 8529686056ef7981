// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/location.hpp>

#include "letters/caption.hpp"
#include "letters/letter_shape.hpp"

namespace letters {

/// What a picture of a letter shows, taken from its pixels alone.
struct PictureEstimate {
  Colour paper{};  ///< the median of each channel over the frame of two pixels round the picture
  Colour ink{};    ///< the median of each channel over the 32 pixels that are farthest from the paper
  /// How far each pixel lies on the way from paper to ink, clamped to [0, 1]: `[32, 32]`. All 0 where ink and paper are one colour.
  std::array<double, mask_size> coverage{};
};

/// Of a picture `[3, 32, 32]` in [-1, 1]; other values are clamped.
[[nodiscard]] PictureEstimate estimate_picture(std::span<const double> picture);

/// The rules of the reward `LetterRules`, and what each counts.
struct RuleSettings {
  double letter = 1;
  double ink = 1;
  double paper = 1;
  double slant = 1;
  double weight = 1;
  double max_colour_distance = 0.2;  ///< of a colour from the centre of the named one
  double min_ink_distance = 0.2;     ///< of ink and paper from each other; below it there is no form to look at

  template <class V>
  void visit(V&& v) {
    v("letter", letter, dmdr::at_least(0));
    v("ink", ink, dmdr::at_least(0));
    v("paper", paper, dmdr::at_least(0));
    v("slant", slant, dmdr::at_least(0));
    v("weight", weight, dmdr::at_least(0));
    v("max_colour_distance", max_colour_distance, dmdr::positive);
    v("min_ink_distance", min_ink_distance, dmdr::at_least(0));
  }
  [[nodiscard]] std::string contradiction() const {
    return letter + ink + paper > 0 ? "" : "letter, ink and paper are all 0, so that some captions state no rule";
  }
};

/// Which rules a picture obeys.
struct LetterChecks {
  bool letter = false;  ///< the recognised letter is the one of the caption
  bool ink = false;     ///< the nearest name is the one of the caption, at most `max_colour_distance` away
  bool paper = false;   ///< as `ink`
  std::optional<bool>
      slant{};  ///< the slant lies on the side of the bound that the caption says; nothing where it says nothing
  std::optional<bool> weight{};  ///< the stroke lies on the side of the bound that the caption says

  friend bool operator==(const LetterChecks&, const LetterChecks&) = default;
};

/// Looks at a picture `[3, 32, 32]` in [-1, 1]; `recognised` is the letter that somebody read in it, 0 = A. The bounds are those of the caption's
/// letter. Slant and weight are false where ink and paper are nearly one colour.
[[nodiscard]] LetterChecks check_letter(std::span<const double> picture, const Caption& caption,
                                        std::int64_t recognised, const ShapeBounds& bounds,
                                        const RuleSettings& settings = {});

/// The share of the rules that the caption states which hold, each counted as the settings say: in [0, 1].
[[nodiscard]] double score_of(const LetterChecks& checks, const RuleSettings& settings = {});

}  // namespace letters
