// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "caption_data.hpp"

#include "letters_study.hpp"

namespace letters {

CaptionData::CaptionData(const LetterMasks& masks, const CaptionSettings& settings)
    : masks_(masks),
      settings_(settings),
      bounds_a_(fit_shape_bounds(masks, masks.faces_of(Half::a))),
      bounds_b_(fit_shape_bounds(masks, masks.faces_of(Half::b))),
      styles_(stated_styles(masks, fit_shape_bounds(masks, masks.faces_of(Half::both)))),
      faces_(masks.faces_of(Half::both)) {}

std::vector<CaptionedLetter> CaptionData::letters(dmdr::RandomSource& random, const std::string& stream,
                                                  std::uint64_t step, std::int64_t batch) const {
  return draw_captioned(styles_, faces_, random, stream, step, batch, settings_);
}

CaptionedPictures CaptionData::pictures(Half half, dmdr::RandomSource& random, const std::string& stream,
                                        std::uint64_t step, std::int64_t batch) const {
  const auto drawn = draw_captioned(styles_, masks_.faces_of(half), random, stream, step, batch, settings_);
  return {images_of(masks_, draws_of(drawn)), prompts_of(drawn)};
}

dmdr::TextPrompts CaptionData::prompts(dmdr::RandomSource& random, const std::string& stream, std::uint64_t step,
                                       std::int64_t prompts, std::int64_t group) const {
  return draw_prompts(styles_, faces_, random, stream, step, prompts, group, settings_);
}

study::Source CaptionData::source(Half half) const {
  return [this, half](dmdr::RandomSource& random, const char* stream, std::uint64_t step, std::int64_t batch) {
    return pictures(half, random, stream, step, batch).images;
  };
}

std::vector<std::int64_t> letters_of(const dmdr::TextPrompts& prompts) {
  std::vector<std::int64_t> letters;
  for (const std::string& text : prompts.texts()) letters.push_back(parse_caption(text).letter);
  return letters;
}

}  // namespace letters
