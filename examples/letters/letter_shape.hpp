// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <dmdr/core/location.hpp>

#include "letters/caption.hpp"
#include "letters/letter_masks.hpp"

namespace letters {

/// What the form of one letter tells of its style.
struct LetterShape {
  /// Pixels to the right a pixel upwards: minus the mixed second moment of the ink over its vertical one, `-m_xy / m_yy`. An italic letter has
  /// about .15 more than the same letter upright; what upright has depends on the letter.
  double slant = 0;
  /// Pixels: twice the ink over the length of its outline (the total variation of the coverage). That of a long bar is its width.
  double stroke = 0;
};

/// Of coverages in [0, 1], `[32, 32]`. They are sharpened first, from [.2, .8] to [0, 1], so that noise of a small amplitude counts as
/// paper. Nothing where no ink is left.
[[nodiscard]] std::optional<LetterShape> shape_of_letter(std::span<const double> coverage);

/// Above which slant a face or letter counts as italic, and above which stroke as bold.
struct ShapeBound {
  double slant = 0;
  double stroke = 0;
};
struct ShapeBounds {
  ShapeBound face{};                               ///< of the means over the 26 letters of a face
  std::array<ShapeBound, letter_count> letters{};  ///< of each letter alone
};

/// Bounds from faces whose fonts say what they are.
///
/// Each is the number that separates two groups with the least mean of their shares of errors: first the faces that
/// the font calls italic from those that it does not, and weight classes of 600 and more from 400 to 599; then, letter by letter, the faces whose
/// `stated_style` has the one word from those that have the other. Throws `ConfigError` where a group has no face.
[[nodiscard]] ShapeBounds fit_shape_bounds(const LetterMasks& masks, std::span<const std::int64_t> faces,
                                           dmdr::Location where = dmdr::Location::current());

/// What captions say of a face: the font's own words where its letters bear them out.
///
/// Fonts are careless about their words, and a regular face of one family may be heavier than a bold one of another: where the font's word and the
/// bounds of a face disagree, captions say nothing. Weight classes below 400 are never put into words, serifs are taken from the font alone.
[[nodiscard]] CaptionStyle stated_style(const LetterMasks& masks, std::int64_t face, const ShapeBounds& bounds);
/// Of all faces.
[[nodiscard]] std::vector<CaptionStyle> stated_styles(const LetterMasks& masks, const ShapeBounds& bounds);

}  // namespace letters
