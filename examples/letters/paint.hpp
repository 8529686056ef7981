// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/host_tensor.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/core/random.hpp>

#include "letters/letter_masks.hpp"

namespace letters {

/// Red, green and blue in [0, 1], as they stand in the picture (gamma-coded).
using Colour = std::array<double, 3>;

/// Luma by Rec. ITU-R BT.601: .299 R + .587 G + .114 B.
[[nodiscard]] constexpr double luminance(const Colour& colour) noexcept {
  return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
}

enum class Polarity : std::uint8_t {
  dark_on_light,  ///< the ink is the darker of the two colours
  both,           ///< either is
};

/// How colours are drawn.
struct PaintSettings {
  Polarity polarity = Polarity::dark_on_light;
  double min_contrast = 0.4;  ///< the luminances of ink and paper differ by more

  template <class V>
  void visit(V&& v) {
    v("polarity", polarity);
    v("min_contrast", min_contrast, dmdr::Range{.low = 0, .high = 0.7});
  }
};

/// One letter before it is painted.
struct LetterDraw {
  std::int64_t face = 0;
  std::int64_t letter = 0;  ///< 0 is A
  Colour ink{};
  Colour paper{};

  friend bool operator==(const LetterDraw&, const LetterDraw&) = default;
};

/// A batch of letters: each sample's face is uniform over `faces`, its letter uniform over A to Z, and its colours are uniform over the
/// pairs of colours whose luminances differ by more than `min_contrast` (and are in the order of `polarity`).
///
/// Draws are the streams `<stream>_face`, `<stream>_letter` and `<stream>_colour` of `random` at `step`; a sample depends on its number
/// alone, not on the size of the batch. Throws `ConfigError` for an empty `faces` or a setting out of its range.
[[nodiscard]] std::vector<LetterDraw> draw_letters(std::span<const std::int64_t> faces, dmdr::RandomSource& random,
                                                   const std::string& stream, std::uint64_t step, std::int64_t batch,
                                                   const PaintSettings& settings = {},
                                                   dmdr::Location where = dmdr::Location::current());
/// The same with letters that are given.
[[nodiscard]] std::vector<LetterDraw> draw_letters(std::span<const std::int64_t> faces,
                                                   std::span<const std::int64_t> letters, dmdr::RandomSource& random,
                                                   const std::string& stream, std::uint64_t step,
                                                   const PaintSettings& settings = {},
                                                   dmdr::Location where = dmdr::Location::current());

/// The pictures: `paper + coverage (ink - paper)` as float32 `[B, 3, 32, 32]` in [-1, 1]. A function of its arguments, bit for bit.
/// Throws `NumericError` for a face or letter that is not there.
[[nodiscard]] dmdr::HostTensor paint(const LetterMasks& masks, std::span<const LetterDraw> draws,
                                     dmdr::Location where = dmdr::Location::current());

/// The letters of a batch, as class labels.
[[nodiscard]] std::vector<std::int64_t> labels_of(std::span<const LetterDraw> draws);

}  // namespace letters

template <>
struct dmdr::EnumNames<letters::Polarity> {
  static constexpr EnumName<letters::Polarity> table[] = {{letters::Polarity::dark_on_light, "dark_on_light"},
                                                          {letters::Polarity::both, "both"}};
};
