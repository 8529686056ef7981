// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/io/file_system.hpp>

namespace dmdr::io {

/// A picture of 8 bits a channel, grey (1 channel) or RGB (3), in sRGB.
struct Image {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::int64_t channels = 1;
  std::vector<std::uint8_t> pixels;  ///< `[height, width, channels]`, row-major

  friend bool operator==(const Image&, const Image&) = default;
};

/// The most bytes of pixels that a picture may have here.
inline constexpr std::int64_t max_image_bytes = std::int64_t{1} << 28U;

/// The bytes of a PNG file. Throws `ShapeError` where there are no pixels, their number does not fit the extents, or the channels are
/// neither 1 nor 3.
[[nodiscard]] std::vector<std::byte> encode_png(const Image& image, Location where = Location::current());

/// The picture in a PNG file of 8 bits a channel (or fewer, or with a palette). `name` stands for the file in errors.
/// Throws `FileError` for other bytes, a damaged file, an alpha channel, 16 bits a channel, or more than `max_image_bytes`.
[[nodiscard]] Image decode_png(std::span<const std::byte> bytes, const std::string& name,
                               Location where = Location::current());

/// `encode_png` to a file, atomically.
void write_png(const std::string& path, const Image& image, FileSystem& file_system = real_file_system(),
               Location where = Location::current());

/// `decode_png` of a file.
[[nodiscard]] Image read_png(const std::string& path, FileSystem& file_system = real_file_system(),
                             Location where = Location::current());

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/image.ipp>  // IWYU pragma: export
#endif
