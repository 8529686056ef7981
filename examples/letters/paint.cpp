// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/paint.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include <dmdr/core/error.hpp>
#include <dmdr/io/config.hpp>

namespace letters {
namespace {

constexpr std::int64_t pairs_a_draw = 8;
constexpr std::uint32_t last_use = 0xffff;

void check(std::span<const std::int64_t> faces, const PaintSettings& settings, dmdr::Location where) {
  if (faces.empty()) throw dmdr::ConfigError("draw letters: there is no face to draw from", where);
  dmdr::io::check_settings(settings, where);
}

/// Fills in the colours: pairs are drawn until one has the contrast.
void draw_colours(std::vector<LetterDraw>& draws, dmdr::RandomSource& random, const std::string& stream,
                  std::uint64_t step, const PaintSettings& settings, dmdr::Location where) {
  std::vector<std::int64_t> open = dmdr::iota_samples(static_cast<std::int64_t>(draws.size()));
  std::vector<double> numbers;
  for (std::uint32_t use = 0; !open.empty(); ++use) {
    if (use > last_use)
      throw dmdr::NumericError("draw letters: found no pair of colours with a contrast above " +
                                   std::to_string(settings.min_contrast),
                               where);
    numbers.resize(open.size() * pairs_a_draw * 6);
    random.uniform({.stream = stream, .step = step, .use = use}, open, pairs_a_draw * 6, numbers);
    std::vector<std::int64_t> rest;
    for (std::size_t row = 0; row < open.size(); ++row) {
      bool found = false;
      for (std::int64_t k = 0; k < pairs_a_draw && !found; ++k) {
        const double* n = &numbers[(row * pairs_a_draw + static_cast<std::size_t>(k)) * 6];
        Colour ink{n[0], n[1], n[2]}, paper{n[3], n[4], n[5]};
        found = std::abs(luminance(ink) - luminance(paper)) > settings.min_contrast;
        if (!found) continue;
        if (settings.polarity == Polarity::dark_on_light && luminance(ink) > luminance(paper)) std::swap(ink, paper);
        LetterDraw& draw = draws[static_cast<std::size_t>(open[row])];
        draw.ink = ink;
        draw.paper = paper;
      }
      if (!found) rest.push_back(open[row]);
    }
    open = std::move(rest);
  }
}

}  // namespace

std::vector<LetterDraw> draw_letters(std::span<const std::int64_t> faces, dmdr::RandomSource& random,
                                     const std::string& stream, std::uint64_t step, std::int64_t batch,
                                     const PaintSettings& settings, dmdr::Location where) {
  const std::string name = stream + "_letter";
  return draw_letters(faces, random.index({.stream = name, .step = step}, batch, letter_count), random, stream, step,
                      settings, where);
}

std::vector<LetterDraw> draw_letters(std::span<const std::int64_t> faces, std::span<const std::int64_t> letters,
                                     dmdr::RandomSource& random, const std::string& stream, std::uint64_t step,
                                     const PaintSettings& settings, dmdr::Location where) {
  check(faces, settings, where);
  const std::string face_stream = stream + "_face", colour_stream = stream + "_colour";
  const auto batch = static_cast<std::int64_t>(letters.size());
  const std::vector<std::int64_t> places =
      random.index({.stream = face_stream, .step = step}, batch, static_cast<std::int64_t>(faces.size()));
  std::vector<LetterDraw> draws(letters.size());
  for (std::size_t i = 0; i < draws.size(); ++i) {
    draws[i].face = faces[static_cast<std::size_t>(places[i])];
    draws[i].letter = letters[i];
  }
  draw_colours(draws, random, colour_stream, step, settings, where);
  return draws;
}

dmdr::HostTensor paint(const LetterMasks& masks, std::span<const LetterDraw> draws, dmdr::Location where) {
  std::vector<float> pixels;
  pixels.reserve(draws.size() * 3 * mask_size);
  for (const LetterDraw& draw : draws) {
    if (draw.face < 0 || draw.face >= masks.faces() || draw.letter < 0 || draw.letter >= letter_count)
      throw dmdr::NumericError("paint: letter " + std::to_string(draw.letter) + " of face " +
                                   std::to_string(draw.face) + " is not among the 26 letters of " +
                                   std::to_string(masks.faces()) + " faces",
                               where);
    const auto mask = masks.mask(draw.face, draw.letter);
    for (std::size_t c = 0; c < 3; ++c) {
      const double low = 2 * draw.paper[c] - 1, step = 2 * (draw.ink[c] - draw.paper[c]) / 255;
      for (const std::uint8_t coverage : mask) pixels.push_back(static_cast<float>(low + step * coverage));
    }
  }
  return dmdr::HostTensor::from<float>({static_cast<std::int64_t>(draws.size()), 3, side, side}, pixels, where);
}

std::vector<std::int64_t> labels_of(std::span<const LetterDraw> draws) {
  std::vector<std::int64_t> labels;
  for (const LetterDraw& draw : draws) labels.push_back(draw.letter);
  return labels;
}

}  // namespace letters
