// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>

#include "letters/letter_masks.hpp"

namespace dmdr::test {

/// A face of made letters: a stem with an arm at its foot, whose length tells the letter.
struct ShearedFace {
  double shear = 0;   ///< pixels to the right a pixel upwards
  double stroke = 3;  ///< pixels
  letters::FaceStyle style{};
};

inline constexpr ShearedFace regular_upright{.stroke = 2.5, .style = {.weight_class = 400, .bold = 0, .italic = 0}};
inline constexpr ShearedFace bold_upright{.stroke = 5, .style = {.weight_class = 700, .bold = 1, .italic = 0}};
inline constexpr ShearedFace regular_italic{.shear = 0.2,
                                            .stroke = 2.5,
                                            .style = {.weight_class = 400, .bold = 0, .italic = 1}};
inline constexpr ShearedFace bold_italic{.shear = 0.2,
                                         .stroke = 5,
                                         .style = {.weight_class = 700, .bold = 1, .italic = 1}};

/// The share of pixel `x` that [from, to] covers.
[[nodiscard]] inline double covered(std::int64_t x, double from, double to) {
  const auto left = static_cast<double>(x);
  return std::clamp(std::min(left + 1, to) - std::max(left, from), 0.0, 1.0);
}

/// Masks of such faces, from row 4 to row 28; faces take turns between the halves.
[[nodiscard]] inline letters::LetterMasks sheared_letters(const std::vector<ShearedFace>& faces) {
  letters::LetterMasks made;
  for (const ShearedFace& face : faces) {
    for (std::int64_t letter = 0; letter < letters::letter_count; ++letter)
      for (std::int64_t y = 0; y < letters::side; ++y) {
        const double from = 8 + face.shear * (27.5 - static_cast<double>(y));
        const double height = covered(y, 4, 28);
        const double foot = covered(y, 28 - face.stroke, 28), arm = face.stroke + 0.3 * static_cast<double>(letter);
        for (std::int64_t x = 0; x < letters::side; ++x)
          made.masks.push_back(static_cast<std::uint8_t>(std::lround(
              255 * std::max(height * covered(x, from, from + face.stroke), foot * covered(x, from, from + arm)))));
      }
    made.half.push_back(made.faces() % 2 == 0 ? letters::Half::a : letters::Half::b);
    made.styles.push_back(face.style);
    made.names.push_back({"file" + std::to_string(made.faces()), "Sheared", "", "fonts-made"});
  }
  return made;
}

/// Two of each style; the second of each pair is a little heavier and steeper.
[[nodiscard]] inline letters::LetterMasks styled_letters() {
  std::vector<ShearedFace> faces;
  for (ShearedFace face : {regular_upright, bold_upright, regular_italic, bold_italic})
    for (const double more : {0.0, 0.4}) {
      face.stroke += more;
      face.shear += more / 10;
      faces.push_back(face);
    }
  return sheared_letters(faces);
}

}  // namespace dmdr::test
