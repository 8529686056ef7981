// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace dmdr::test {

/// A TrueType font of A to Z, each a pattern of 5 x 7 cells, made in memory.
struct TinyFont {
  std::string family = "Tiny";
  std::string style = "Regular";
  double cell_width = 100;  ///< units of the font, of 1000 an em; a cell is 100 high
  double slant = 0;         ///< units to the right for each unit up
  double bar = 1;           ///< height of the ink of a cell, as a share of the cell
  int rotation = 0;         ///< letter k is drawn as letter k + rotation
  std::string without{};    ///< letters that the character map does not have
  std::string empty{};      ///< letters without ink
  bool a_is_b = false;      ///< A and B share a glyph
  int weight_class = 400;
  bool bold = false;
  bool italic = false;
  std::array<std::uint8_t, 10> panose{};
};

/// The bytes of the font's file.
[[nodiscard]] std::string bytes_of(const TinyFont& font);

}  // namespace dmdr::test
