// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>

namespace dmdr::eval {

/// Mean colour of a batch of images: what drifts first where a distillation drifts.
struct Colour {
  double luminance = 0;   ///< luma by Rec. ITU-R BT.601, .299 R + .587 G + .114 B: black 0, white 1
  double saturation = 0;  ///< the largest less the smallest channel of a pixel, in [0, 1]; 0 for grey images
};

/// Means over all pixels of images `[N, channels, pixels]`, values in [-1, 1], clamped to it; a single channel is grey.
///
/// Throws `ShapeError` where there are neither 1 nor 3 channels or the sizes do not fit, `NumericError` for an empty batch and for NaN.
[[nodiscard]] inline Colour mean_colour(std::span<const double> values, std::int64_t channels, std::int64_t image_size,
                                        Location where = Location::current()) {
  if ((channels != 1 && channels != 3) || image_size <= 0 || image_size % channels != 0 ||
      values.size() % static_cast<std::size_t>(image_size) != 0)
    throw ShapeError("mean colour: " + std::to_string(values.size()) + " numbers are no images of " +
                         std::to_string(image_size) + " numbers and " + std::to_string(channels) +
                         " channels; expected [N, 1 or 3, pixels]",
                     where);
  if (values.empty()) throw NumericError("mean colour: the batch is empty", where);
  const auto size = static_cast<std::size_t>(image_size), pixels = size / static_cast<std::size_t>(channels);
  const auto unit = [](double value) { return (std::clamp(value, -1.0, 1.0) + 1) / 2; };
  Colour sum;
  for (std::size_t image = 0; image < values.size(); image += size)
    for (std::size_t p = image; p < image + pixels; ++p) {
      const double red = unit(values[p]);
      if (channels == 1) {
        sum.luminance += red;
        continue;
      }
      const double green = unit(values[p + pixels]), blue = unit(values[p + 2 * pixels]);
      sum.luminance += 0.299 * red + 0.587 * green + 0.114 * blue;
      sum.saturation += std::max({red, green, blue}) - std::min({red, green, blue});
    }
  const double count = static_cast<double>(values.size()) / static_cast<double>(channels);
  const Colour mean{sum.luminance / count, sum.saturation / count};
  if (!(mean.luminance >= 0)) throw NumericError("mean colour: a pixel is not a number", where);
  return mean;
}

}  // namespace dmdr::eval
