// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/core/random.hpp>
#include <dmdr/model/condition.hpp>

#include "images.hpp"
#include "letters/captioned.hpp"
#include "letters/letter_masks.hpp"
#include "letters/letter_shape.hpp"

namespace letters {

/// Pictures and their captions.
struct CaptionedPictures {
  study::Images images{};
  dmdr::TextPrompts prompts{};
};

/// The letters with what captions say of them: bounds of slant and stroke from each half, captions from all faces.
class CaptionData {
 public:
  /// Keeps a reference to `masks`. Throws `ConfigError` where a half has no face of some style, so that there are no bounds.
  CaptionData(const LetterMasks& masks, const CaptionSettings& settings);

  [[nodiscard]] const ShapeBounds& bounds(Half half) const { return half == Half::a ? bounds_a_ : bounds_b_; }
  /// A batch of captioned letters of all faces.
  [[nodiscard]] std::vector<CaptionedLetter> letters(dmdr::RandomSource& random, const std::string& stream,
                                                     std::uint64_t step, std::int64_t batch) const;
  /// The same painted, of the faces of a half.
  [[nodiscard]] CaptionedPictures pictures(Half half, dmdr::RandomSource& random, const std::string& stream,
                                           std::uint64_t step, std::int64_t batch) const;
  /// Captions for students: `prompts` different draws, each `group` times in a row.
  [[nodiscard]] dmdr::TextPrompts prompts(dmdr::RandomSource& random, const std::string& stream, std::uint64_t step,
                                          std::int64_t prompts, std::int64_t group) const;
  /// Batches for a classifier. The object must outlive it.
  [[nodiscard]] study::Source source(Half half) const;

 private:
  const LetterMasks& masks_;
  CaptionSettings settings_;
  ShapeBounds bounds_a_;
  ShapeBounds bounds_b_;
  std::vector<CaptionStyle> styles_;
  std::vector<std::int64_t> faces_;
};

/// The letters that captions ask for.
[[nodiscard]] std::vector<std::int64_t> letters_of(const dmdr::TextPrompts& prompts);

}  // namespace letters
