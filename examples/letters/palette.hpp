// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "letters/paint.hpp"

namespace letters {

/// A colour that captions can name.
struct NamedColour {
  std::string_view name;
  Colour centre;  ///< colours near it are called so
};

/// The colours of the captions. Any two are at least .31 apart.
inline constexpr std::array<NamedColour, 14> palette{{{"black", {0.05, 0.05, 0.05}},
                                                      {"navy", {0.05, 0.08, 0.40}},
                                                      {"purple", {0.45, 0.10, 0.55}},
                                                      {"blue", {0.10, 0.25, 0.85}},
                                                      {"brown", {0.45, 0.25, 0.08}},
                                                      {"green", {0.08, 0.45, 0.15}},
                                                      {"red", {0.80, 0.10, 0.12}},
                                                      {"grey", {0.52, 0.52, 0.52}},
                                                      {"orange", {0.98, 0.60, 0.12}},
                                                      {"cyan", {0.40, 0.88, 0.92}},
                                                      {"lime", {0.65, 0.92, 0.25}},
                                                      {"pink", {0.98, 0.66, 0.80}},
                                                      {"yellow", {0.96, 0.90, 0.22}},
                                                      {"white", {0.95, 0.95, 0.95}}}};

/// The Euclidean distance of red, green and blue.
[[nodiscard]] inline double distance(const Colour& a, const Colour& b) noexcept {
  return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/// Place in `palette` of the colour whose centre is nearest.
[[nodiscard]] std::size_t nearest_colour(const Colour& colour) noexcept;

/// Ink and paper, as places in `palette`.
struct ColourPair {
  std::size_t ink = 0;
  std::size_t paper = 0;

  friend bool operator==(const ColourPair&, const ColourPair&) = default;
};

/// The pairs whose centres' luminances differ by more than `min_contrast`, and are in the order of `polarity`.
[[nodiscard]] std::vector<ColourPair> colour_pairs(Polarity polarity, double min_contrast);

}  // namespace letters
