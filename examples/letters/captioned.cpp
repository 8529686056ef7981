// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/captioned.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <dmdr/core/error.hpp>
#include <dmdr/io/config.hpp>

namespace letters {
namespace {

void check(std::span<const CaptionStyle> styles, std::span<const std::int64_t> faces, const CaptionSettings& settings,
           dmdr::Location where) {
  if (faces.empty()) throw dmdr::ConfigError("draw captions: there is no face to draw from", where);
  for (const std::int64_t face : faces)
    if (face < 0 || face >= static_cast<std::int64_t>(styles.size()))
      throw dmdr::ConfigError("draw captions: face " + std::to_string(face) + " is not among the " +
                                  std::to_string(styles.size()) + " styles",
                              where);
  dmdr::io::check_settings(settings, where);
}

/// The colour of a cube round the named one, by three numbers in (0, 1).
Colour tinted(std::size_t name, const double* numbers, double spread) {
  Colour colour = palette[name].centre;
  for (std::size_t c = 0; c < 3; ++c) colour[c] = std::clamp(colour[c] + spread * (2 * numbers[c] - 1), 0.0, 1.0);
  return colour;
}

CaptionStyle partly(CaptionStyle style, const double* numbers, double silence) {
  if (numbers[0] < silence) style.weight.reset();
  if (numbers[1] < silence) style.slant.reset();
  if (numbers[2] < silence) style.serifs.reset();
  return style;
}

}  // namespace

Caption caption_of(const LetterDraw& draw, const CaptionStyle& style) {
  return {.style = style,
          .letter = draw.letter,
          .colours = {.ink = nearest_colour(draw.ink), .paper = nearest_colour(draw.paper)}};
}

std::vector<CaptionedLetter> draw_captioned(std::span<const CaptionStyle> styles, std::span<const std::int64_t> faces,
                                            dmdr::RandomSource& random, const std::string& stream, std::uint64_t step,
                                            std::int64_t batch, const CaptionSettings& settings, dmdr::Location where) {
  check(styles, faces, settings, where);
  const std::vector<ColourPair> pairs = colour_pairs(settings.polarity, settings.min_contrast);
  if (pairs.empty())
    throw dmdr::ConfigError("draw captions: no two colours have a contrast above " +
                                std::to_string(settings.min_contrast),
                            where);
  const auto index = [&](const char* what, std::size_t bound) {
    const std::string name = stream + what;
    return random.index({.stream = name, .step = step}, batch, static_cast<std::int64_t>(bound));
  };
  const auto uniform = [&](const char* what, std::int64_t row) {
    const std::string name = stream + what;
    return random.uniform({.stream = name, .step = step}, batch, row);
  };
  const auto face = index("_face", faces.size()), letter = index("_letter", letter_count),
             pair = index("_pair", pairs.size());
  const auto tint = uniform("_tint", 6), word = uniform("_word", 3);
  std::vector<CaptionedLetter> letters;
  for (std::size_t i = 0; i < face.size(); ++i) {
    const std::int64_t of = faces[static_cast<std::size_t>(face[i])];
    const ColourPair& colours = pairs[static_cast<std::size_t>(pair[i])];
    const LetterDraw draw{.face = of,
                          .letter = letter[i],
                          .ink = tinted(colours.ink, &tint[6 * i], settings.spread),
                          .paper = tinted(colours.paper, &tint[6 * i + 3], settings.spread)};
    letters.push_back(
        {.draw = draw,
         .caption = {.style = partly(styles[static_cast<std::size_t>(of)], &word[3 * i], settings.silence),
                     .letter = letter[i],
                     .colours = colours}});
  }
  return letters;
}

dmdr::TextPrompts draw_prompts(std::span<const CaptionStyle> styles, std::span<const std::int64_t> faces,
                               dmdr::RandomSource& random, const std::string& stream, std::uint64_t step,
                               std::int64_t prompts, std::int64_t group, const CaptionSettings& settings,
                               dmdr::Location where) {
  if (group < 1)
    throw dmdr::ConfigError("draw captions: a group must have a sample, got " + std::to_string(group), where);
  std::vector<std::string> texts;
  for (const CaptionedLetter& letter : draw_captioned(styles, faces, random, stream, step, prompts, settings, where))
    texts.insert(texts.end(), static_cast<std::size_t>(group), text_of(letter.caption));
  return dmdr::TextPrompts(std::move(texts));
}

std::vector<LetterDraw> draws_of(std::span<const CaptionedLetter> letters) {
  std::vector<LetterDraw> draws;
  for (const CaptionedLetter& letter : letters) draws.push_back(letter.draw);
  return draws;
}

dmdr::TextPrompts prompts_of(std::span<const CaptionedLetter> letters) {
  std::vector<std::string> texts;
  for (const CaptionedLetter& letter : letters) texts.push_back(text_of(letter.caption));
  return dmdr::TextPrompts(std::move(texts));
}

}  // namespace letters
