// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "letters/letter_masks.hpp"
#include "settings.hpp"

namespace letters {

/// What became of a face. The order is that of the filters.
enum class Verdict : std::uint8_t {
  kept,
  unreadable,       ///< FreeType cannot open the file or load a letter
  no_outlines,      ///< bitmaps only
  missing_letters,  ///< the character map lacks letters of A-Z, or gives two of them one glyph
  empty_letter,
  too_wide,        ///< would have to be drawn too small to fit
  ink,             ///< the median ink is outside its bounds
  duplicate,       ///< too near a face that comes before it
  not_recognised,  ///< too few letters recognised by the cross-validation
};
inline constexpr int verdict_count = 9;
/// `unreadable`, `no outlines`, ...
[[nodiscard]] const char* name_of(Verdict verdict);

/// A face that was found, and its letters where they could be drawn.
struct Face {
  FaceName name;
  std::int64_t index = 0;  ///< of the face in its file; for an instance of a variable font plus 65536 times its number
  FaceStyle style{};
  std::vector<std::uint8_t> masks{};  ///< `[26, 32, 32]`; empty where `verdict` was reached before
  Verdict verdict = Verdict::kept;
  std::string reason{};  ///< of the verdict, with its figures
};

/// Reads font files with FreeType. One object serves one thread.
class FontReader {
 public:
  /// Throws `Error` where FreeType does not start.
  FontReader();
  FontReader(const FontReader&) = delete;
  FontReader& operator=(const FontReader&) = delete;
  ~FontReader();

  /// Every face of a file: of a collection all, of a variable font its named instances, or its default where it names none. A file that
  /// cannot be read gives one face with the verdict `unreadable`; nothing is thrown for what is in the file.
  ///
  /// Letters are drawn without hinting, at one size a face: the quantile of the heights of A-Z becomes `letter_height` pixels, or less
  /// where the largest letter would exceed `max_extent`. Each letter's box is centred in the picture.
  [[nodiscard]] std::vector<Face> read(const std::string& path, const FaceName& name,
                                       const RenderSettings& settings) const;
  /// `2.12.1`
  [[nodiscard]] std::string version() const;

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace letters
