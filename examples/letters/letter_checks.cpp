// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/letter_checks.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>

namespace letters {
namespace {

constexpr std::int64_t frame = 2;       // pixels
constexpr std::size_t ink_pixels = 32;  // enough to average noise out, fewer than the thinnest letter has

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 != 0) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

Colour median(const std::vector<Colour>& pixels, const std::vector<std::size_t>& places) {
  Colour colour{};
  for (std::size_t c = 0; c < 3; ++c) {
    std::vector<double> values;
    for (const std::size_t place : places) values.push_back(pixels[place][c]);
    colour[c] = median(std::move(values));
  }
  return colour;
}

bool named(const Colour& colour, std::size_t name, double max_distance) {
  return nearest_colour(colour) == name && distance(colour, palette[name].centre) <= max_distance;
}

}  // namespace

PictureEstimate estimate_picture(std::span<const double> picture) {
  std::vector<Colour> pixels(mask_size);
  std::vector<std::size_t> places, border;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) pixels[i][c] = (std::clamp(picture[c * mask_size + i], -1.0, 1.0) + 1) / 2;
    const auto y = static_cast<std::int64_t>(i) / side, x = static_cast<std::int64_t>(i) % side;
    places.push_back(i);
    if (std::min({x, y, side - 1 - x, side - 1 - y}) < frame) border.push_back(i);
  }
  PictureEstimate found;
  found.paper = median(pixels, border);
  std::vector<std::pair<double, std::size_t>> far;
  for (const std::size_t i : places) far.emplace_back(distance(pixels[i], found.paper), i);
  std::nth_element(far.begin(), far.begin() + ink_pixels, far.end(), std::greater<>());
  places.clear();
  for (std::size_t k = 0; k < ink_pixels; ++k) places.push_back(far[k].second);
  found.ink = median(pixels, places);
  Colour way{};
  double length = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    way[c] = found.ink[c] - found.paper[c];
    length += way[c] * way[c];
  }
  if (length > 0)
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      double along = 0;
      for (std::size_t c = 0; c < 3; ++c) along += (pixels[i][c] - found.paper[c]) * way[c];
      found.coverage[i] = std::clamp(along / length, 0.0, 1.0);
    }
  return found;
}

LetterChecks check_letter(std::span<const double> picture, const Caption& caption, std::int64_t recognised,
                          const ShapeBounds& bounds, const RuleSettings& settings) {
  const PictureEstimate seen = estimate_picture(picture);
  LetterChecks checks{.letter = recognised == caption.letter,
                      .ink = named(seen.ink, caption.colours.ink, settings.max_colour_distance),
                      .paper = named(seen.paper, caption.colours.paper, settings.max_colour_distance)};
  std::optional<LetterShape> shape;
  if (distance(seen.ink, seen.paper) >= settings.min_ink_distance) shape = shape_of_letter(seen.coverage);
  const ShapeBound& bound = bounds.letters.at(static_cast<std::size_t>(caption.letter));
  if (caption.style.slant)
    checks.slant = shape && (shape->slant > bound.slant) == (*caption.style.slant == Slant::italic);
  if (caption.style.weight)
    checks.weight = shape && (shape->stroke > bound.stroke) == (*caption.style.weight == Weight::bold);
  return checks;
}

double score_of(const LetterChecks& checks, const RuleSettings& settings) {
  double held = 0, stated = 0;
  const auto count = [&](double weight, std::optional<bool> holds) {
    if (!holds) return;
    stated += weight;
    if (*holds) held += weight;
  };
  count(settings.letter, checks.letter);
  count(settings.ink, checks.ink);
  count(settings.paper, checks.paper);
  count(settings.slant, checks.slant);
  count(settings.weight, checks.weight);
  return stated > 0 ? held / stated : 0;
}

}  // namespace letters
