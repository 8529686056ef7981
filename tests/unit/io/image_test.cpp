// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <random>

#include <dmdr/core/error.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/image.hpp>
#include <dmdr/io/image_grid.hpp>

#include "support/catch.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using dmdr::test::slurp;
using dmdr::test::TemporaryDirectory;
using Pixels = std::vector<std::uint8_t>;

namespace {

io::Image noise(std::int64_t width, std::int64_t height, std::int64_t channels) {
  std::mt19937 random(static_cast<unsigned>(width * 100 + height * 10 + channels));
  io::Image image{width, height, channels, Pixels(static_cast<std::size_t>(width * height * channels))};
  for (std::uint8_t& pixel : image.pixels) pixel = static_cast<std::uint8_t>(random() % 256);
  return image;
}

std::string data(const std::string& name) { return std::string(DMDR_TEST_DATA) + "/io/" + name; }

HostTensor batch(const Shape& shape, const std::vector<double>& values) {
  return HostTensor::from<double>(shape, std::span<const double>(values));
}

/// The pixels of a grid without padding.
Pixels pixels_of(const HostTensor& images) { return io::image_grid(images, {.columns = 8, .padding = 0}).pixels; }

}  // namespace

TEST_CASE("pictures come back from PNG bytes pixel for pixel", "[io][image]") {
  for (const std::int64_t channels : {1, 3})
    for (const auto& [width, height] : {std::pair{1, 1}, std::pair{7, 3}, std::pair{64, 33}}) {
      const io::Image image = noise(width, height, channels);
      CHECK(io::decode_png(io::encode_png(image), "memory") == image);
    }
}

TEST_CASE("pictures come back from files, which are written atomically", "[io][image]") {
  const TemporaryDirectory directory;
  const io::Image image = noise(5, 4, 3);
  io::write_png(directory / "a.png", image);
  CHECK(io::read_png(directory / "a.png") == image);
  CHECK(io::real_file_system().list(directory.path()).value.size() == 1);
}

TEST_CASE("files of another writer are read: RGB, grey and with a palette", "[io][image]") {
  const io::Image rgb = io::read_png(data("python_rgb.png"));
  REQUIRE(rgb.channels == 3);
  REQUIRE((rgb.width == 3 && rgb.height == 2));
  for (std::size_t i = 0; i < rgb.pixels.size(); ++i) CHECK(rgb.pixels[i] == i * 13 % 256);
  const io::Image grey = io::read_png(data("python_grey.png"));
  REQUIRE(grey.channels == 1);
  REQUIRE((grey.width == 5 && grey.height == 4));
  for (std::size_t i = 0; i < grey.pixels.size(); ++i) CHECK(grey.pixels[i] == i * 11 % 256);
  CHECK(io::read_png(data("python_palette.png")) == rgb);
}

TEST_CASE("alpha channels and 16 bits a channel are refused by a sentence", "[io][image]") {
  CHECK_THROWS_WITH(io::read_png(data("python_rgba.png")), ContainsSubstring("it has an alpha channel"));
  CHECK_THROWS_WITH(io::read_png(data("python_grey16.png")), ContainsSubstring("it has 16 bits a channel"));
}

TEST_CASE("a PNG file cut off anywhere, with a bit flipped or of another form is refused", "[io][image]") {
  const std::vector<std::byte> whole = io::encode_png(noise(6, 5, 3));
  const std::size_t end_chunk = 12;  // libpng stops reading before IEND
  for (std::size_t length = 0; length < whole.size() - end_chunk; ++length)
    CHECK_THROWS_AS(io::decode_png(std::span(whole).first(length), "cut"), FileError);
  std::vector<std::byte> flipped = whole;
  flipped[whole.size() / 2] ^= std::byte{4};
  CHECK_THROWS_AS(io::decode_png(flipped, "flipped"), FileError);
  CHECK_THROWS_WITH(io::decode_png(io::bytes_of(std::string("GIF89a")), "foreign.png"),
                    ContainsSubstring("foreign.png"));
}

TEST_CASE("a PNG header that promises too many pixels is refused before memory is taken", "[io][image]") {
  // A header of 100,000 x 100,000 pixels, grey, 8 bits, with its checksum, and no data.
  const std::string header(
      "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\x86\xA0\0\x01\x86\xA0\x08\0\0\0\0\x8D\x39\x54\x14"
      "\0\0\0\0IDAT\x35\xAF\x06\x1E\0\0\0\0IEND\xAE\x42\x60\x82",
      57);
  CHECK_THROWS_WITH(io::decode_png(io::bytes_of(header), "bomb"), ContainsSubstring("it has 100000 x 100000 pixels"));
}

TEST_CASE("pictures whose extents do not fit their pixels are not encoded", "[io][image]") {
  CHECK_THROWS_AS(io::encode_png({2, 2, 1, Pixels(3)}), ShapeError);
  CHECK_THROWS_AS(io::encode_png({2, 2, 2, Pixels(8)}), ShapeError);
  CHECK_THROWS_AS(io::encode_png({0, 2, 1, {}}), ShapeError);
  CHECK_THROWS_AS(io::encode_png({-1, -1, 1, Pixels(1)}), ShapeError);
  CHECK_THROWS_AS(io::encode_png({std::int64_t{1} << 40U, std::int64_t{1} << 40U, 1, Pixels(1)}), ShapeError);
}

TEST_CASE("values in [-1, 1] become the nearest of 256 levels, and those beyond are clamped", "[io][image]") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(pixels_of(batch({1, 1, 1, 7}, {-1, 1, 0, -0.5, 7, -infinity, infinity})) ==
        Pixels{0, 255, 128, 64, 255, 0, 255});
}

TEST_CASE("NaN is magenta, in a grey batch too", "[io][image]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const io::Image grey = io::image_grid(batch({1, 1, 1, 2}, {nan, -1}), {.padding = 0});
  CHECK(grey.channels == 3);
  CHECK(grey.pixels == Pixels{255, 0, 255, 0, 0, 0});
  const io::Image rgb = io::image_grid(batch({1, 3, 1, 2}, {1, 1, nan, 1, 1, 1}), {.padding = 0});
  CHECK(rgb.pixels == Pixels{255, 0, 255, 255, 255, 255});
}

TEST_CASE("a grid lays pictures out by rows, with white padding and enlarged pixels", "[io][image]") {
  const HostTensor images = HostTensor::from<float>({3, 1, 1, 2}, std::vector<float>{-1, -1, -1, 1, 0, -1});
  const io::Image grid = io::image_grid(images, {.columns = 2, .padding = 1, .upscale = 2});
  CHECK(grid.width == 11);
  CHECK(grid.height == 7);
  CHECK(grid.channels == 1);
  const auto row = [&](std::size_t y) {
    return Pixels(grid.pixels.begin() + static_cast<std::ptrdiff_t>(y * 11),
                  grid.pixels.begin() + static_cast<std::ptrdiff_t>(y * 11 + 11));
  };
  CHECK(row(0) == Pixels(11, 255));
  CHECK(row(1) == Pixels{255, 0, 0, 0, 0, 255, 0, 0, 255, 255, 255});
  CHECK(row(2) == row(1));
  CHECK(row(3) == Pixels(11, 255));
  CHECK(row(4) == Pixels{255, 128, 128, 0, 0, 255, 255, 255, 255, 255, 255});
  CHECK(row(6) == Pixels(11, 255));
}

TEST_CASE("channels of a batch become the channels of its pixels", "[io][image]") {
  CHECK(pixels_of(batch({1, 3, 1, 2}, {1, -1, -1, 1, 0, 0})) == Pixels{255, 0, 128, 0, 255, 128});
}

TEST_CASE("a batch of another shape, dtype or size is refused", "[io][image]") {
  CHECK_THROWS_WITH(io::image_grid(batch({2, 2}, {1, 1, 1, 1})),
                    ContainsSubstring("[N, C, H, W]") && ContainsSubstring("[2, 2]"));
  CHECK_THROWS_AS(io::image_grid(batch({1, 2, 1, 1}, {1, 1})), ShapeError);
  CHECK_THROWS_AS(io::image_grid(batch({0, 1, 8, 8}, {})), ShapeError);
  CHECK_THROWS_AS(io::image_grid({{1, 1, 1, 1}, Dtype::f16, std::vector<std::byte>(2)}), DtypeError);
  CHECK_THROWS_AS(io::image_grid(batch({1, 1, 1, 1}, {0}), {.columns = 0}), ConfigError);
  CHECK_THROWS_AS(io::image_grid(batch({1, 1, 1, 1}, {0}), {.upscale = std::int64_t{1} << 62U}), ShapeError);
}
