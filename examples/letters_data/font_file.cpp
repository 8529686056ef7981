// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "font_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <set>
#include <utility>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_BBOX_H
#include FT_MULTIPLE_MASTERS_H
#include FT_OUTLINE_H
#include FT_TRUETYPE_TABLES_H

#include <dmdr/core/error.hpp>

namespace letters {
namespace {

/// Collections have a few dozen faces; a file that claims more is damaged.
constexpr FT_Long most_faces = 1000;

std::string error_text(FT_Error error) {
  const char* text = FT_Error_String(error);
  return "FreeType error " + std::to_string(error) + (text != nullptr ? std::string(": ") + text : "");
}

struct FaceCloser {
  void operator()(FT_Face face) const { FT_Done_Face(face); }
};
using OpenFace = std::unique_ptr<std::remove_pointer_t<FT_Face>, FaceCloser>;

/// The coordinate of a variable font's axis, or `fallback` where it has no such axis.
double axis_value(FT_Library library, FT_Face face, FT_ULong tag, double fallback) {
  FT_MM_Var* axes = nullptr;
  if (!FT_HAS_MULTIPLE_MASTERS(face) || FT_Get_MM_Var(face, &axes) != 0) return fallback;
  std::vector<FT_Fixed> values(axes->num_axis);
  if (FT_Get_Var_Design_Coordinates(face, axes->num_axis, values.data()) == 0)
    for (FT_UInt k = 0; k < axes->num_axis; ++k)
      if (axes->axis[k].tag == tag) fallback = static_cast<double>(values[k]) / 65536;
  FT_Done_MM_Var(library, axes);
  return fallback;
}

/// PANOSE's serif style of Latin text faces (digit 2): 2-10 have serifs, 11-13 and 15 have none, 14 is flared, neither. Else the class of
/// the family: 1-5 and 7 serif, 8 sans serif.
std::uint8_t serif_of(const TT_OS2& os2) {
  const int family = os2.panose[0], serif = os2.panose[1];
  if (family == 2 && serif >= 2 && serif <= 10) return 1;
  if (family == 2 && ((serif >= 11 && serif <= 13) || serif == 15)) return 0;
  if (family == 2 && serif == 14) return FaceStyle::unknown;
  const int family_class = os2.sFamilyClass >> 8;
  if ((family_class >= 1 && family_class <= 5) || family_class == 7) return 1;
  return family_class == 8 ? 0 : FaceStyle::unknown;
}

FaceStyle style_of(FT_Library library, FT_Face face) {
  FaceStyle style;
  style.bold = (face->style_flags & FT_STYLE_FLAG_BOLD) != 0 ? 1 : 0;
  style.italic = (face->style_flags & FT_STYLE_FLAG_ITALIC) != 0 ? 1 : 0;
  style.monospace = FT_IS_FIXED_WIDTH(face) ? 1 : 0;
  if (const auto* os2 = static_cast<const TT_OS2*>(FT_Get_Sfnt_Table(face, FT_SFNT_OS2))) {
    const auto weight = static_cast<std::int32_t>(
        std::lround(axis_value(library, face, FT_MAKE_TAG('w', 'g', 'h', 't'), os2->usWeightClass)));
    style.weight_class = weight >= 1 && weight <= 1000 ? weight : 0;  // the values that OpenType allows
    style.serif = serif_of(*os2);
  }
  return style;
}

/// The glyphs of A to Z; less than 26 where one is missing or two share one.
std::set<FT_UInt> letter_glyphs(FT_Face face) {
  std::set<FT_UInt> glyphs;
  for (FT_ULong letter = 'A'; letter <= 'Z'; ++letter) {
    const FT_UInt glyph = FT_Get_Char_Index(face, letter);
    if (glyph != 0) glyphs.insert(glyph);
  }
  return glyphs;
}

std::string letter_name(std::int64_t letter) { return std::string("letter ") + static_cast<char>('A' + letter); }

/// Loads a letter in units of the font. Returns what is wrong, or nothing.
std::string load(FT_Face face, std::int64_t letter) {
  const FT_UInt glyph = FT_Get_Char_Index(face, static_cast<FT_ULong>('A' + letter));
  const FT_Error error = FT_Load_Glyph(face, glyph, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP);
  if (error != 0) return letter_name(letter) + ": " + error_text(error);
  if (face->glyph->format != FT_GLYPH_FORMAT_OUTLINE) return letter_name(letter) + " is no outline";
  return "";
}

/// The `q`-quantile, linear between the order statistics.
double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  const double place = q * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (place - static_cast<double>(low)) * (values[high] - values[low]);
}

/// Draws an outline in units of the font, scaled to 26.6 pixels and with its box centred. False where FreeType fails.
bool draw(FT_Library library, FT_Outline& outline, double scale, std::uint8_t* pixels) {
  const auto factor = static_cast<FT_Fixed>(std::lround(scale * 64 * 65536));
  const FT_Matrix matrix{factor, 0, 0, factor};
  FT_Outline_Transform(&outline, &matrix);
  FT_BBox box{};
  if (FT_Outline_Get_BBox(&outline, &box) != 0) return false;
  constexpr FT_Pos middle = side * 64 / 2;
  FT_Outline_Translate(&outline, middle - (box.xMin + box.xMax) / 2, middle - (box.yMin + box.yMax) / 2);
  FT_Bitmap bitmap{};
  bitmap.rows = bitmap.width = static_cast<unsigned>(side);
  bitmap.pitch = static_cast<int>(side);
  bitmap.buffer = pixels;
  bitmap.num_grays = 256;
  bitmap.pixel_mode = FT_PIXEL_MODE_GRAY;
  return FT_Outline_Get_Bitmap(library, &outline, &bitmap) == 0;
}

void reject(Face& face, Verdict verdict, std::string reason) {
  face.verdict = verdict;
  face.reason = std::move(reason);
  face.masks.clear();
}

std::string pixels_text(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.1f", value);
  return std::string(buffer.data()) + " pixels";
}

/// Draws the letters of an open face, or rejects it.
void draw_letters_of(FT_Library library, FT_Face face, const RenderSettings& settings, Face& result) {
  if (!FT_IS_SCALABLE(face)) return reject(result, Verdict::no_outlines, "has bitmaps only");
  if (FT_Select_Charmap(face, FT_ENCODING_UNICODE) != 0)
    return reject(result, Verdict::missing_letters, "has no Unicode character map");
  const std::size_t glyphs = letter_glyphs(face).size();
  if (glyphs < letter_count)
    return reject(result, Verdict::missing_letters, std::to_string(glyphs) + " different glyphs for A-Z");

  std::vector<double> heights;
  double largest = 0;
  for (std::int64_t letter = 0; letter < letter_count; ++letter) {
    if (const std::string fault = load(face, letter); !fault.empty()) return reject(result, Verdict::unreadable, fault);
    FT_BBox box{};
    if (FT_Outline_Get_BBox(&face->glyph->outline, &box) != 0)
      return reject(result, Verdict::unreadable, letter_name(letter) + " has a damaged outline");
    const auto width = static_cast<double>(box.xMax - box.xMin), height = static_cast<double>(box.yMax - box.yMin);
    if (!(width > 0 && height > 0)) return reject(result, Verdict::empty_letter, letter_name(letter) + " is empty");
    heights.push_back(height);
    largest = std::max({largest, width, height});
  }
  const double height = quantile(heights, settings.height_quantile);
  const double scale = std::min(settings.letter_height / height, settings.max_extent / largest);
  if (scale * height < settings.min_height)
    return reject(result, Verdict::too_wide,
                  "letters would be " + pixels_text(scale * height) + " high for the widest to fit");

  result.masks.assign(face_size, 0);
  for (std::int64_t letter = 0; letter < letter_count; ++letter) {
    std::uint8_t* pixels = &result.masks[static_cast<std::size_t>(letter * mask_size)];
    if (!load(face, letter).empty() || !draw(library, face->glyph->outline, scale, pixels))
      return reject(result, Verdict::unreadable, letter_name(letter) + " cannot be drawn");
    if (std::all_of(pixels, pixels + mask_size, [](std::uint8_t x) { return x == 0; }))
      return reject(result, Verdict::empty_letter, letter_name(letter) + " leaves no ink");
  }
}

}  // namespace

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kept: return "kept";
    case Verdict::unreadable: return "unreadable";
    case Verdict::no_outlines: return "no outlines";
    case Verdict::missing_letters: return "letters missing";
    case Verdict::empty_letter: return "empty letter";
    case Verdict::too_wide: return "too wide";
    case Verdict::ink: return "ink";
    case Verdict::duplicate: return "duplicate";
    case Verdict::not_recognised: return "not recognised";
  }
  return "";
}

struct FontReader::Library {
  FT_Library handle = nullptr;
};

FontReader::FontReader() : library_(std::make_unique<Library>()) {
  if (const FT_Error error = FT_Init_FreeType(&library_->handle); error != 0)
    throw dmdr::Error("letters: FreeType does not start: " + error_text(error));
}
FontReader::~FontReader() { FT_Done_FreeType(library_->handle); }

std::string FontReader::version() const {
  FT_Int major = 0, minor = 0, patch = 0;
  FT_Library_Version(library_->handle, &major, &minor, &patch);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

std::vector<Face> FontReader::read(const std::string& path, const FaceName& name,
                                   const RenderSettings& settings) const {
  const FT_Library library = library_->handle;
  std::vector<Face> faces;
  const auto add = [&](FT_Long index) -> Face& {
    faces.push_back({.name = name, .index = index});
    return faces.back();
  };
  const auto open = [&](FT_Long index) -> std::pair<OpenFace, FT_Error> {
    FT_Face face = nullptr;
    const FT_Error error = FT_New_Face(library, path.c_str(), index, &face);
    return {OpenFace(error == 0 ? face : nullptr), error};
  };

  const auto [file, error] = open(-1);
  if (!file) {
    reject(add(0), Verdict::unreadable, error_text(error));
    return faces;
  }
  if (file->num_faces < 1 || file->num_faces > most_faces) {
    reject(add(0), Verdict::unreadable, "claims to hold " + std::to_string(file->num_faces) + " faces");
    return faces;
  }
  for (FT_Long index = 0; index < file->num_faces; ++index) {
    // The upper half of the number asks for a named instance of a variable font; -(index + 1) tells how many there are.
    const auto [whole, fault] = open(-(index + 1));
    const FT_Long instances = whole ? std::min(whole->style_flags >> 16, most_faces) : 0;
    for (FT_Long instance = instances > 0 ? 1 : 0; instance <= instances; ++instance) {
      Face& face = add(index + (instance << 16));
      const auto [opened, why] = open(static_cast<FT_Long>(face.index));
      if (!opened) {
        reject(face, Verdict::unreadable, error_text(why));
        continue;
      }
      face.name.family = opened->family_name != nullptr ? opened->family_name : "";
      face.name.style = opened->style_name != nullptr ? opened->style_name : "";
      face.style = style_of(library, opened.get());
      draw_letters_of(library, opened.get(), settings, face);
    }
  }
  return faces;
}

}  // namespace letters
