// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Tables and their fields: the OpenType specification, https://learn.microsoft.com/typography/opentype/spec/

#include "support/tiny_font.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace dmdr::test {
namespace {

constexpr int letters = 26, rows = 7, columns = 5;

// Seven rows of five cells a letter, the top row first.
constexpr std::array<const char*, letters> patterns{
    ".###.#...##...#######...##...##...#", "####.#...##...#####.#...##...#####.", ".#####....#....#....#....#.....####",
    "####.#...##...##...##...##...#####.", "######....#....####.#....#....#####", "######....#....####.#....#....#....",
    ".#####....#....#..###...##...#.####", "#...##...##...#######...##...##...#", ".###...#....#....#....#....#...###.",
    "....#....#....#....##...##...#.###.", "#...##..#.#.#..##...#.#..#..#.#...#", "#....#....#....#....#....#....#####",
    "#...###.###.#.##.#.##...##...##...#", "#...###..##.#.##..###...##...##...#", ".###.#...##...##...##...##...#.###.",
    "####.#...##...#####.#....#....#....", ".###.#...##...##...##.#.##..#..##.#", "####.#...##...#####.#.#..#..#.#...#",
    ".#####....#.....###.....#....#####.", "#####..#....#....#....#....#....#..", "#...##...##...##...##...##...#.###.",
    "#...##...##...##...##...#.#.#...#..", "#...##...##...##.#.##.#.###.###...#", "#...##...#.#.#...#...#.#.#...##...#",
    "#...##...#.#.#...#....#....#....#..", "#####....#...#...#...#...#....#####"};

/// Big-endian fields, one after the other.
class Bytes {
 public:
  Bytes& u8(unsigned value) {
    text_.push_back(static_cast<char>(value & 0xffU));
    return *this;
  }
  Bytes& u16(int value) { return u8(static_cast<unsigned>(value) >> 8U).u8(static_cast<unsigned>(value)); }
  Bytes& u32(std::uint32_t value) { return u16(static_cast<int>(value >> 16U)).u16(static_cast<int>(value & 0xffffU)); }
  Bytes& list(std::initializer_list<int> values) {
    for (const int value : values) u16(value);
    return *this;
  }
  Bytes& zeros(std::size_t count) {
    text_.append(count, '\0');
    return *this;
  }
  Bytes& add(const std::string& bytes) {
    text_ += bytes;
    return *this;
  }
  Bytes& pad() { return zeros((4 - text_.size() % 4) % 4); }
  [[nodiscard]] std::size_t size() const { return text_.size(); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

struct Point {
  int x, y;
};

/// One rectangle for every run of cells in a row.
std::vector<std::array<Point, 4>> contours_of(const TinyFont& font, int letter) {
  std::vector<std::array<Point, 4>> contours;
  const char* pattern = patterns[static_cast<std::size_t>((letter + font.rotation) % letters)];
  for (int row = 0; row < rows; ++row)
    for (int from = 0; from < columns; ++from) {
      int to = from;
      while (to < columns && pattern[row * columns + to] == '#') ++to;
      if (to == from) continue;
      const double low = 100.0 * (rows - 1 - row), high = low + 100 * font.bar;
      const auto at = [&](double x, double y) {
        return Point{static_cast<int>(std::lround(x * font.cell_width + y * font.slant)),
                     static_cast<int>(std::lround(y))};
      };
      contours.push_back({at(from, low), at(from, high), at(to, high), at(to, low)});
      from = to;
    }
  return contours;
}

std::string glyph_of(const TinyFont& font, int letter) {
  if (font.empty.find(static_cast<char>('A' + letter)) != std::string::npos) return "";
  const auto contours = contours_of(font, letter);
  int low_x = 32767, low_y = 32767, high_x = -32768, high_y = -32768;
  for (const auto& contour : contours)
    for (const Point& p : contour) {
      low_x = std::min(low_x, p.x), high_x = std::max(high_x, p.x);
      low_y = std::min(low_y, p.y), high_y = std::max(high_y, p.y);
    }
  Bytes bytes;
  bytes.list({static_cast<int>(contours.size()), low_x, low_y, high_x, high_y});
  for (std::size_t k = 0; k < contours.size(); ++k) bytes.u16(static_cast<int>(4 * k + 3));
  bytes.u16(0);                                                       // no instructions
  for (std::size_t k = 0; k < 4 * contours.size(); ++k) bytes.u8(1);  // on the curve, two bytes a coordinate
  for (const bool vertical : {false, true}) {
    int last = 0;
    for (const auto& contour : contours)
      for (const Point& p : contour) {
        const int value = vertical ? p.y : p.x;
        bytes.u16(value - last);
        last = value;
      }
  }
  return bytes.pad().text();
}

std::string names_of(const TinyFont& font) {
  Bytes table, texts;
  table.list({0, 2, 6 + 2 * 12});
  for (const int id : {1, 2}) {
    const std::string& name = id == 1 ? font.family : font.style;
    table.list({3, 1, 0x409, id, static_cast<int>(2 * name.size()), static_cast<int>(texts.size())});
    for (const char c : name) texts.u16(c);
  }
  return table.add(texts.text()).text();
}

std::string character_map(const TinyFont& font) {
  Bytes table;
  table.list({0, 1, 3, 1}).u32(12);                    // one map: Windows, Unicode
  table.list({6, 10 + 2 * letters, 0, 'A', letters});  // format 6: glyphs of consecutive characters
  for (int letter = 0; letter < letters; ++letter) {
    const bool missing = font.without.find(static_cast<char>('A' + letter)) != std::string::npos;
    table.u16(missing ? 0 : letter == 0 && font.a_is_b ? 2 : letter + 1);
  }
  return table.text();
}

std::string os2_of(const TinyFont& font) {
  Bytes table;
  table.list({0, 500, font.weight_class, 5, 0}).zeros(20).u16(0);  // version, widths, weight, ..., family class
  for (const std::uint8_t digit : font.panose) table.u8(digit);
  table.zeros(16).add("TINY");
  table.list({(font.italic ? 1 : 0) | (font.bold ? 0x20 : 0), 'A', 'Z', 800, -200, 0, 800, 200});
  return table.text();
}

}  // namespace

std::string bytes_of(const TinyFont& font) {
  Bytes glyphs, offsets;
  offsets.u32(0).u32(0);  // glyph 0 is empty
  for (int letter = 0; letter < letters; ++letter) {
    glyphs.add(glyph_of(font, letter));
    offsets.u32(static_cast<std::uint32_t>(glyphs.size()));
  }
  Bytes head, hhea, maxp, hmtx, post;
  head.u32(0x10000).u32(0x10000).u32(0).u32(0x5F0F3CF5).list({0, 1000}).zeros(16);
  head.list({-1000, -200, 2000, 800, (font.bold ? 1 : 0) | (font.italic ? 2 : 0), 8, 2, 1, 0});
  hhea.u32(0x10000).list({800, -200, 0, 1000, 0, 0, 1000, 1, 0, 0, 0, 0, 0, 0, 0, letters + 1});
  maxp.u32(0x10000).list({letters + 1, 200, 50, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0});
  for (int glyph = 0; glyph <= letters; ++glyph) hmtx.list({600, 0});
  post.u32(0x30000).zeros(28);

  const std::vector<std::pair<std::string, std::string>> tables{{"OS/2", os2_of(font)},   {"cmap", character_map(font)},
                                                                {"glyf", glyphs.text()},  {"head", head.text()},
                                                                {"hhea", hhea.text()},    {"hmtx", hmtx.text()},
                                                                {"loca", offsets.text()}, {"maxp", maxp.text()},
                                                                {"name", names_of(font)}, {"post", post.text()}};
  Bytes file, body;
  file.u32(0x10000).list({static_cast<int>(tables.size()), 128, 3, 32});
  const std::size_t start = 12 + 16 * tables.size();
  for (const auto& [tag, table] : tables) {
    file.add(tag).u32(0).u32(static_cast<std::uint32_t>(start + body.size()));
    file.u32(static_cast<std::uint32_t>(table.size()));
    body.add(table).pad();
  }
  return file.add(body.text()).text();
}

}  // namespace dmdr::test
