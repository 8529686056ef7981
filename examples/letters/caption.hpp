// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dmdr/core/location.hpp>

#include "letters/palette.hpp"

namespace letters {

enum class Weight : std::uint8_t { regular, bold };
enum class Slant : std::uint8_t { upright, italic };
enum class Serifs : std::uint8_t { sans, serif };

/// What a caption says of a face; nothing where it says nothing.
struct CaptionStyle {
  std::optional<Weight> weight{};
  std::optional<Slant> slant{};
  std::optional<Serifs> serifs{};

  friend bool operator==(const CaptionStyle&, const CaptionStyle&) = default;
};

/// One sentence of the grammar
///
///     [regular | bold] [upright | italic] [sans | serif] LETTER, INK on PAPER
///
/// where LETTER is one of A to Z, INK and PAPER are two different names of `palette`: `bold italic serif A, white on blue`.
struct Caption {
  CaptionStyle style{};
  std::int64_t letter = 0;  ///< 0 is A
  ColourPair colours{};

  friend bool operator==(const Caption&, const Caption&) = default;
};

/// Every word that a caption can hold, in a fixed order; the comma is none.
[[nodiscard]] const std::vector<std::string>& caption_words();
/// The most words of a caption.
inline constexpr std::int64_t max_caption_words = 7;

/// The caption in words, with single spaces.
[[nodiscard]] std::string text_of(const Caption& caption);

/// Reads a caption; `parse_caption(text_of(c)) == c`. Any number of spaces separates words.
///
/// Throws `ConfigError` for a text outside the grammar: it names the word, its place, what can stand there and the nearest of that.
[[nodiscard]] Caption parse_caption(std::string_view text, dmdr::Location where = dmdr::Location::current());

}  // namespace letters
