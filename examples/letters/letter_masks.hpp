// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/host_tensor.hpp>
#include <dmdr/core/location.hpp>

namespace letters {

inline constexpr std::int64_t letter_count = 26;  ///< A to Z
inline constexpr std::int64_t side = 32;          ///< pixels a side of a picture
inline constexpr std::int64_t mask_size = side * side;
inline constexpr std::int64_t face_size = letter_count * mask_size;

/// Which of the two halves of the font families.
enum class Half : std::uint8_t { a = 0, b = 1, both = 2 };

/// What the font itself says about a face; nothing is guessed from pictures.
struct FaceStyle {
  static constexpr std::uint8_t unknown = 255;

  std::int32_t weight_class =
      0;  ///< of the table OS/2, or the axis `wght`: 1-1000, 400 regular, 700 bold; 0 where unknown
  std::uint8_t bold = unknown;       ///< 1 where the font's flags say bold, else 0
  std::uint8_t italic = unknown;     ///< 1 where the font's flags say italic or oblique, else 0
  std::uint8_t serif = unknown;      ///< 1 with serifs, 0 without, by PANOSE or else by the family class of OS/2
  std::uint8_t monospace = unknown;  ///< 1 where all letters advance by the same width, else 0

  friend bool operator==(const FaceStyle&, const FaceStyle&) = default;
};

/// Where a face comes from.
struct FaceName {
  std::string file{};     ///< path of the font's file in its package
  std::string family{};   ///< as the font has it
  std::string style{};    ///< as the font has it: `Bold Italic`
  std::string package{};  ///< Debian's

  friend bool operator==(const FaceName&, const FaceName&) = default;
};

/// The letters A to Z of font faces as coverage masks: 0 is paper, 255 ink.
struct LetterMasks {
  std::vector<std::uint8_t> masks;  ///< `[faces, 26, 32, 32]`, row-major
  std::vector<Half> half;           ///< of each face; a family lies in one half as a whole
  std::vector<FaceStyle> styles;    ///< of each face
  std::vector<FaceName> names;      ///< of each face

  [[nodiscard]] std::int64_t faces() const noexcept { return static_cast<std::int64_t>(half.size()); }
  /// The faces of a half, ascending.
  [[nodiscard]] std::vector<std::int64_t> faces_of(Half wanted) const;
  /// Coverage of a letter, 0 = A: `[32, 32]`.
  [[nodiscard]] std::span<const std::uint8_t> mask(std::int64_t face, std::int64_t letter) const;
};

/// The tensors of the file and the metadatum `faces`: what `load_letters` reads, and the program `letters_data` writes.
[[nodiscard]] dmdr::NamedTensors tensors_of(const LetterMasks& letters);
[[nodiscard]] std::string face_names_json(const std::vector<FaceName>& names);

/// Reads the file that `scripts/letters-data` writes (docs/reference/letters_data.md).
///
/// Throws `SafetensorsError` or `FileError` where it cannot be read, and one `FileError` with a line for everything that is wrong: a tensor
/// that is missing or has another shape or element type, a half that is empty or no half, an empty mask, a list of faces that does not fit.
[[nodiscard]] LetterMasks load_letters(const std::string& path, dmdr::Location where = dmdr::Location::current());

}  // namespace letters
