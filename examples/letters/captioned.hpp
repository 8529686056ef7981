// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/model/condition.hpp>

#include "letters/caption.hpp"
#include "letters/paint.hpp"

namespace letters {

/// How captions and their colours are drawn.
struct CaptionSettings {
  Polarity polarity = Polarity::both;
  double min_contrast = 0.35;  ///< the luminances of the two named colours differ by more
  double spread = 0.06;        ///< a colour lies within this of the named one, in each of red, green and blue
  double silence = 0.1;        ///< share of the known words of a style that a caption leaves out

  template <class V>
  void visit(V&& v) {
    v("polarity", polarity);
    v("min_contrast", min_contrast, dmdr::Range{.low = 0, .high = 0.8});
    v("spread", spread, dmdr::Range{.low = 0, .high = 0.08});
    v("silence", silence, dmdr::Range{.low = 0, .high = 1});
  }
};

/// A letter before it is painted, and what it is called.
struct CaptionedLetter {
  LetterDraw draw{};
  Caption caption{};

  friend bool operator==(const CaptionedLetter&, const CaptionedLetter&) = default;
};

/// The caption of a letter: `style` is that of its face, its colours have the names that are nearest.
[[nodiscard]] Caption caption_of(const LetterDraw& draw, const CaptionStyle& style);

/// A batch of letters with captions: face uniform over `faces`, letter over A to Z, the pair of names over those that have the contrast, and each
/// colour over the cube of half-width `spread` round the named one, clamped to [0, 1]. `styles` holds one entry for every face there is.
///
/// Draws are the streams `<stream>_face`, `_letter`, `_pair`, `_tint` and `_word` of `random` at `step`; a sample depends on its number alone.
/// Throws `ConfigError` for an empty `faces`, a face without a style, a setting out of its range, or where no pair has the contrast.
[[nodiscard]] std::vector<CaptionedLetter> draw_captioned(std::span<const CaptionStyle> styles,
                                                          std::span<const std::int64_t> faces,
                                                          dmdr::RandomSource& random, const std::string& stream,
                                                          std::uint64_t step, std::int64_t batch,
                                                          const CaptionSettings& settings = {},
                                                          dmdr::Location where = dmdr::Location::current());

/// Prompts as the captions of such a batch: `prompts` different draws, each `group` times in a row.
[[nodiscard]] dmdr::TextPrompts draw_prompts(std::span<const CaptionStyle> styles, std::span<const std::int64_t> faces,
                                             dmdr::RandomSource& random, const std::string& stream, std::uint64_t step,
                                             std::int64_t prompts, std::int64_t group = 1,
                                             const CaptionSettings& settings = {},
                                             dmdr::Location where = dmdr::Location::current());

/// For `paint`.
[[nodiscard]] std::vector<LetterDraw> draws_of(std::span<const CaptionedLetter> letters);
/// For a text-conditioned network.
[[nodiscard]] dmdr::TextPrompts prompts_of(std::span<const CaptionedLetter> letters);

}  // namespace letters
