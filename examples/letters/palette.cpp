// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/palette.hpp"

#include <algorithm>

namespace letters {

std::size_t nearest_colour(const Colour& colour) noexcept {
  const auto nearest = std::min_element(palette.begin(), palette.end(), [&](const auto& a, const auto& b) {
    return distance(a.centre, colour) < distance(b.centre, colour);
  });
  return static_cast<std::size_t>(nearest - palette.begin());
}

std::vector<ColourPair> colour_pairs(Polarity polarity, double min_contrast) {
  std::vector<ColourPair> pairs;
  for (std::size_t ink = 0; ink < palette.size(); ++ink)
    for (std::size_t paper = 0; paper < palette.size(); ++paper) {
      const double contrast = luminance(palette[paper].centre) - luminance(palette[ink].centre);
      if ((polarity == Polarity::both ? std::abs(contrast) : contrast) > min_contrast) pairs.push_back({ink, paper});
    }
  return pairs;
}

}  // namespace letters
