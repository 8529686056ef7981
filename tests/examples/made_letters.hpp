// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "letters/letter_masks.hpp"

namespace dmdr::test {

/// Masks without a font: letter k of face f is a box of ink whose coverage and size tell k and f. Faces take turns between the halves.
[[nodiscard]] inline letters::LetterMasks made_letters(std::int64_t faces = 6) {
  letters::LetterMasks made;
  for (std::int64_t face = 0; face < faces; ++face) {
    for (std::int64_t letter = 0; letter < letters::letter_count; ++letter)
      for (std::int64_t y = 0; y < letters::side; ++y)
        for (std::int64_t x = 0; x < letters::side; ++x)
          made.masks.push_back(x <= face && y <= letter ? static_cast<std::uint8_t>(255 - 5 * letter)
                                                        : std::uint8_t{0});
    made.half.push_back(face % 2 == 0 ? letters::Half::a : letters::Half::b);
    made.styles.push_back({.weight_class = 400, .bold = 0, .italic = 1});
    const std::string number = std::to_string(face);
    made.names.push_back({"file" + number, "Family " + number, "Italic", "fonts-made"});
  }
  return made;
}

}  // namespace dmdr::test
