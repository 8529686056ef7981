// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/letter_shape.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include <dmdr/core/error.hpp>

namespace letters {
namespace {

constexpr double faintest = 0.2;  // coverage that counts as paper; 1 minus it counts as ink
constexpr std::int32_t bold_from = 600, regular_from = 400;

/// What the font says, whatever its letters look like.
CaptionStyle font_style(const FaceStyle& style) {
  CaptionStyle said;
  if (style.weight_class >= regular_from)
    said.weight = style.weight_class >= bold_from ? Weight::bold : Weight::regular;
  if (style.italic != FaceStyle::unknown) said.slant = style.italic != 0 ? Slant::italic : Slant::upright;
  if (style.serif != FaceStyle::unknown) said.serifs = style.serif != 0 ? Serifs::serif : Serifs::sans;
  return said;
}

using FaceShapes = std::array<LetterShape, letter_count>;

FaceShapes shapes_of_face(const LetterMasks& masks, std::int64_t face) {
  FaceShapes shapes;
  std::vector<double> coverage(mask_size);
  for (std::int64_t letter = 0; letter < letter_count; ++letter) {
    const auto mask = masks.mask(face, letter);
    std::transform(mask.begin(), mask.end(), coverage.begin(), [](std::uint8_t x) { return x / 255.0; });
    shapes[static_cast<std::size_t>(letter)] = shape_of_letter(coverage).value_or(LetterShape{});
  }
  return shapes;
}

LetterShape mean_of(const FaceShapes& shapes) {
  LetterShape mean;
  for (const LetterShape& shape : shapes) {
    mean.slant += shape.slant / letter_count;
    mean.stroke += shape.stroke / letter_count;
  }
  return mean;
}

CaptionStyle borne_out(CaptionStyle said, const LetterShape& mean, const ShapeBound& bound) {
  if (said.weight && (*said.weight == Weight::bold) != (mean.stroke > bound.stroke)) said.weight.reset();
  if (said.slant && (*said.slant == Slant::italic) != (mean.slant > bound.slant)) said.slant.reset();
  return said;
}

/// Numbers of two groups, and the bound that separates them best.
class Separation {
 public:
  void add(double value, bool upper) { values_.emplace_back(value, upper); }

  [[nodiscard]] double bound(const char* what, dmdr::Location where) {
    const auto upper = std::count_if(values_.begin(), values_.end(), [](const auto& value) { return value.second; });
    const auto lower = static_cast<std::ptrdiff_t>(values_.size()) - upper;
    if (upper == 0 || lower == 0)
      throw dmdr::ConfigError(std::string("letters: there is no bound for ") + what + ": " + std::to_string(upper) +
                                  " faces are so and " + std::to_string(lower) + " are not",
                              where);
    std::sort(values_.begin(), values_.end());
    // With the bound behind value i, the upper ones up to i and the lower ones beyond it are errors.
    double errors = 1, least = 2, best = 0;
    for (std::size_t i = 0; i + 1 < values_.size(); ++i) {
      errors += values_[i].second ? 1.0 / static_cast<double>(upper) : -1.0 / static_cast<double>(lower);
      if (!(errors < least - 1e-9)) continue;
      least = errors;
      best = (values_[i].first + values_[i + 1].first) / 2;
    }
    return best;
  }

 private:
  std::vector<std::pair<double, bool>> values_;
};

}  // namespace

std::optional<LetterShape> shape_of_letter(std::span<const double> coverage) {
  // A border of paper, so that ink at the edge of the picture has an outline.
  constexpr std::int64_t wide = side + 2;
  std::array<double, wide * wide> ink{};
  double sum = 0, x_sum = 0, y_sum = 0;
  for (std::int64_t y = 0; y < side; ++y)
    for (std::int64_t x = 0; x < side; ++x) {
      const double c =
          std::clamp((coverage[static_cast<std::size_t>(y * side + x)] - faintest) / (1 - 2 * faintest), 0.0, 1.0);
      ink[static_cast<std::size_t>((y + 1) * wide + x + 1)] = c;
      sum += c;
      x_sum += c * static_cast<double>(x);
      y_sum += c * static_cast<double>(y);
    }
  double mixed = 0, vertical = 0, outline = 0;
  for (std::int64_t y = 0; y + 1 < wide; ++y)
    for (std::int64_t x = 0; x + 1 < wide; ++x) {
      const double* c = &ink[static_cast<std::size_t>(y * wide + x)];
      outline += std::hypot(c[1] - c[0], c[wide] - c[0]);
      const double dx = static_cast<double>(x - 1) - x_sum / sum, dy = static_cast<double>(y - 1) - y_sum / sum;
      if (*c > 0) {
        mixed += *c * dx * dy;
        vertical += *c * dy * dy;
      }
    }
  if (!(vertical > 0)) return std::nullopt;
  return LetterShape{.slant = -mixed / vertical, .stroke = 2 * sum / outline};
}

ShapeBounds fit_shape_bounds(const LetterMasks& masks, std::span<const std::int64_t> faces, dmdr::Location where) {
  std::vector<FaceShapes> shapes;
  for (const std::int64_t face : faces) shapes.push_back(shapes_of_face(masks, face));
  const auto separate = [&](const auto& style_of, const auto& shape_of) {
    Separation slants, strokes;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      const CaptionStyle style = style_of(i);
      const LetterShape& shape = shape_of(i);
      if (style.slant) slants.add(shape.slant, *style.slant == Slant::italic);
      if (style.weight) strokes.add(shape.stroke, *style.weight == Weight::bold);
    }
    return ShapeBound{.slant = slants.bound("italic", where), .stroke = strokes.bound("bold", where)};
  };
  const auto said = [&](std::size_t i) { return font_style(masks.styles[static_cast<std::size_t>(faces[i])]); };
  std::vector<LetterShape> means;
  for (const FaceShapes& face : shapes) means.push_back(mean_of(face));
  ShapeBounds bounds;
  bounds.face = separate(said, [&](std::size_t i) { return means[i]; });
  const auto stated = [&](std::size_t i) { return borne_out(said(i), means[i], bounds.face); };
  for (std::size_t letter = 0; letter < bounds.letters.size(); ++letter)
    bounds.letters[letter] = separate(stated, [&](std::size_t i) { return shapes[i][letter]; });
  return bounds;
}

CaptionStyle stated_style(const LetterMasks& masks, std::int64_t face, const ShapeBounds& bounds) {
  return borne_out(font_style(masks.styles.at(static_cast<std::size_t>(face))), mean_of(shapes_of_face(masks, face)),
                   bounds.face);
}

std::vector<CaptionStyle> stated_styles(const LetterMasks& masks, const ShapeBounds& bounds) {
  std::vector<CaptionStyle> styles;
  for (std::int64_t face = 0; face < masks.faces(); ++face) styles.push_back(stated_style(masks, face, bounds));
  return styles;
}

}  // namespace letters
