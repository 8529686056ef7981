// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include <dmdr/io/config.hpp>
#include <dmdr/io/image_grid.hpp>

namespace dmdr::io {
namespace detail {

/// The level of a value in [-1, 1].
[[nodiscard]] inline std::uint8_t level_of(double value) {
  return static_cast<std::uint8_t>(std::lround((std::clamp(value, -1.0, 1.0) + 1) * 127.5));
}

template <class T>
[[nodiscard]] Image image_grid_of(const HostTensor& images, const ImageGridSettings& settings, Location where) {
  const std::vector<T> values = images.as<T>(where);
  const std::int64_t count = images.shape[0];
  const std::int64_t channels = images.shape[1];
  const std::int64_t height = images.shape[2];
  const std::int64_t width = images.shape[3];
  const bool has_nan = std::any_of(values.begin(), values.end(), [](T value) { return std::isnan(value); });
  const std::int64_t columns = std::min(settings.columns, count);
  const std::int64_t rows = (count + columns - 1) / columns;

  // Doubles first: the product of the extents may not fit an integer.
  const double cell_width =
      static_cast<double>(width) * static_cast<double>(settings.upscale) + static_cast<double>(settings.padding);
  const double cell_height =
      static_cast<double>(height) * static_cast<double>(settings.upscale) + static_cast<double>(settings.padding);
  const double pixels = (cell_width * static_cast<double>(columns) + static_cast<double>(settings.padding)) *
                        (cell_height * static_cast<double>(rows) + static_cast<double>(settings.padding));
  if (pixels * 3 > static_cast<double>(max_image_bytes))
    throw ShapeError("image grid: images " + images.shape.str() + " enlarged " + std::to_string(settings.upscale) +
                         " times give more than " + std::to_string(max_image_bytes) + " bytes of pixels",
                     where);

  Image grid;
  grid.channels = has_nan ? 3 : channels;
  const std::int64_t step_x = width * settings.upscale + settings.padding;
  const std::int64_t step_y = height * settings.upscale + settings.padding;
  grid.width = columns * step_x + settings.padding;
  grid.height = rows * step_y + settings.padding;
  constexpr std::uint8_t white = 255;
  grid.pixels.assign(static_cast<std::size_t>(grid.width * grid.height * grid.channels), white);

  const auto value_at = [&](std::int64_t image, std::int64_t channel, std::int64_t y, std::int64_t x) {
    return static_cast<double>(
        values[static_cast<std::size_t>(((image * channels + channel) * height + y) * width + x)]);
  };
  const auto colour_at = [&](std::int64_t image, std::int64_t y, std::int64_t x) {
    std::array<std::uint8_t, 3> colour{};
    for (std::int64_t channel = 0; channel < 3; ++channel) {
      const double value = value_at(image, std::min(channel, channels - 1), y, x);
      if (std::isnan(value)) return std::array<std::uint8_t, 3>{white, 0, white};
      colour[static_cast<std::size_t>(channel)] = level_of(value);
    }
    return colour;
  };
  for (std::int64_t image = 0; image < count; ++image) {
    const std::int64_t left = settings.padding + image % columns * step_x;
    const std::int64_t top = settings.padding + image / columns * step_y;
    for (std::int64_t y = 0; y < height * settings.upscale; ++y) {
      for (std::int64_t x = 0; x < width * settings.upscale; ++x) {
        const auto colour = colour_at(image, y / settings.upscale, x / settings.upscale);
        const std::int64_t at = ((top + y) * grid.width + left + x) * grid.channels;
        for (std::int64_t channel = 0; channel < grid.channels; ++channel)
          grid.pixels[static_cast<std::size_t>(at + channel)] = colour[static_cast<std::size_t>(channel)];
      }
    }
  }
  return grid;
}

}  // namespace detail

DMDR_INLINE Image image_grid(const HostTensor& images, const ImageGridSettings& settings, Location where) {
  check_settings(settings, where);
  const Shape& shape = images.shape;
  if (shape.rank() != 4 || shape.numel() == 0 || (shape[1] != 1 && shape[1] != 3))
    throw ShapeError("image grid: images must be [N, C, H, W] with C = 1 or 3 and none of them empty, got " +
                         shape.str(),
                     where);
  if (images.dtype == Dtype::f32) return detail::image_grid_of<float>(images, settings, where);
  if (images.dtype == Dtype::f64) return detail::image_grid_of<double>(images, settings, where);
  throw DtypeError("image grid: images must be float32 or float64, got " + std::string(name_of(images.dtype)), where);
}

}  // namespace dmdr::io
