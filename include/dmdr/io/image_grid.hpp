// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/host_tensor.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/io/image.hpp>

namespace dmdr::io {

/// How pictures are laid out side by side.
struct ImageGridSettings {
  std::int64_t columns = 8;  ///< fewer where there are fewer pictures
  std::int64_t padding = 2;  ///< white pixels around and between the pictures
  std::int64_t upscale = 1;  ///< pixels a side for each pixel of a picture

  template <class V>
  void visit(V&& v) {
    v("columns", columns, at_least(1));
    v("padding", padding, at_least(0));
    v("upscale", upscale, at_least(1));
  }
};

/// One picture of a batch `[N, C, H, W]` of float32 or float64, C = 1 or 3, row by row.
///
/// -1 is black and 1 is white, to the nearest of 256 levels; values beyond, infinite ones too, are clamped. NaN is magenta, and a grey
/// batch that holds NaN gives an RGB picture. Throws `ShapeError` for another shape, an empty batch or a grid of more than
/// `max_image_bytes`, `DtypeError` for other elements, `ConfigError` for settings out of their range.
[[nodiscard]] Image image_grid(const HostTensor& images, const ImageGridSettings& settings = {},
                               Location where = Location::current());

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/image_grid.ipp>  // IWYU pragma: export
#endif
