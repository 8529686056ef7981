// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <png.h>

#include <dmdr/core/error.hpp>
#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/image.hpp>

namespace dmdr::io {
namespace detail {

/// libpng's handle of one picture; it reports errors by a message, not by long jumps.
struct PngImage {
  png_image handle{};
  PngImage() { handle.version = PNG_IMAGE_VERSION; }
  PngImage(const PngImage&) = delete;
  PngImage& operator=(const PngImage&) = delete;
  ~PngImage() { png_image_free(&handle); }
};

}  // namespace detail

DMDR_INLINE std::vector<std::byte> encode_png(const Image& image, Location where) {
  if (image.channels != 1 && image.channels != 3)
    throw ShapeError("encode png: a picture has 1 or 3 channels, got " + std::to_string(image.channels), where);
  if (image.width < 1 || image.height < 1 || image.width > max_image_bytes / image.height / image.channels)
    throw ShapeError("encode png: no picture can be " + std::to_string(image.width) + " x " +
                         std::to_string(image.height) + " pixels here",
                     where);
  if (image.pixels.size() != static_cast<std::size_t>(image.width * image.height * image.channels))
    throw ShapeError("encode png: " + std::to_string(image.width) + " x " + std::to_string(image.height) +
                         " pixels of " + std::to_string(image.channels) + " channels, but " +
                         std::to_string(image.pixels.size()) + " values",
                     where);
  detail::PngImage png;
  png.handle.width = static_cast<png_uint_32>(image.width);
  png.handle.height = static_cast<png_uint_32>(image.height);
  png.handle.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png.handle);
  std::vector<std::byte> bytes(size);
  if (png_image_write_to_memory(&png.handle, bytes.data(), &size, 0, image.pixels.data(), 0, nullptr) == 0)
    throw FileError(std::string("encode png: ") + png.handle.message, where);
  bytes.resize(size);
  return bytes;
}

DMDR_INLINE Image decode_png(std::span<const std::byte> bytes, const std::string& name, Location where) {
  const auto fail = [&](const std::string& what) { throw FileError("read png \"" + name + "\": " + what, where); };
  detail::PngImage png;
  if (png_image_begin_read_from_memory(&png.handle, bytes.data(), bytes.size()) == 0) fail(png.handle.message);
  if ((png.handle.format & PNG_FORMAT_FLAG_LINEAR) != 0) fail("it has 16 bits a channel; 8 are read");
  if ((png.handle.format & PNG_FORMAT_FLAG_ALPHA) != 0) fail("it has an alpha channel; grey and RGB are read");

  Image image;
  image.width = png.handle.width;
  image.height = png.handle.height;
  image.channels = (png.handle.format & PNG_FORMAT_FLAG_COLOR) != 0 ? 3 : 1;
  if (image.width > max_image_bytes / image.height / image.channels)
    fail("it has " + std::to_string(image.width) + " x " + std::to_string(image.height) +
         " pixels: more than are read");
  image.pixels.resize(static_cast<std::size_t>(image.width * image.height * image.channels));
  png.handle.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  if (png_image_finish_read(&png.handle, nullptr, image.pixels.data(), 0, nullptr) == 0) fail(png.handle.message);
  return image;
}

DMDR_INLINE void write_png(const std::string& path, const Image& image, FileSystem& file_system, Location where) {
  write_file_atomically(file_system, path, encode_png(image, where), where);
}

DMDR_INLINE Image read_png(const std::string& path, FileSystem& file_system, Location where) {
  return decode_png(read_file(file_system, path, max_image_bytes, "read png", where), path, where);
}

}  // namespace dmdr::io
