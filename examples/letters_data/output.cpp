// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "output.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include <nlohmann/json.hpp>

#include <dmdr/core/random.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/io/digest.hpp>
#include <dmdr/io/image_grid.hpp>

#include "filter.hpp"
#include "letters/paint.hpp"
#include "recogniser.hpp"

namespace letters {
namespace {

using Json = nlohmann::ordered_json;

/// Raised when the program's own working changes what a file holds.
constexpr const char* file_format = "dmdr-letters-1";

std::string packages_json(const std::vector<Package>& packages) {
  Json list = Json::array();
  for (const Package& package : packages)
    list.push_back({{"name", package.name}, {"version", package.version}, {"licence", package.licence}});
  return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Text that fits a field of a line.
std::string field(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

std::string line_of(const char* what, std::size_t count, const std::string& more = "") {
  std::array<char, 160> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%-28s %6zu  %s", what, count, more.c_str());
  std::string line = buffer.data();
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::size_t families_of(const LetterMasks& letters, Half half) {
  std::set<std::string> families;
  for (const std::int64_t face : letters.faces_of(half))
    families.insert(letters.names[static_cast<std::size_t>(face)].family);
  return families.size();
}

void write_grid(const std::string& path, const LetterMasks& masks, const std::vector<LetterDraw>& draws,
                std::int64_t columns) {
  dmdr::io::write_png(path, dmdr::io::image_grid(paint(masks, draws), {.columns = columns, .padding = 1}));
}

}  // namespace

LetterMasks gather(const std::vector<Face>& faces, const std::vector<Half>& halves) {
  LetterMasks letters;
  letters.half = halves;
  for (const std::size_t k : kept_faces(faces)) {
    letters.masks.insert(letters.masks.end(), faces[k].masks.begin(), faces[k].masks.end());
    letters.names.push_back(faces[k].name);
    letters.styles.push_back(faces[k].style);
  }
  return letters;
}

std::string inputs_digest(const Settings& settings, const std::vector<Package>& packages, const std::string& freetype) {
  return dmdr::io::xxh3_128(std::string(file_format) + "\n" + dmdr::io::resolved_toml(settings) + "\n" +
                            packages_json(packages) + "\nFreeType " + freetype + "\nLibTorch " + libtorch_version());
}

dmdr::io::Metadata metadata_of(const Settings& settings, const std::vector<Package>& packages,
                               const LetterMasks& letters, const std::string& freetype) {
  return {{"format", file_format},
          {"faces", face_names_json(letters.names)},
          {"packages", packages_json(packages)},
          {"freetype", freetype},
          {"libtorch", libtorch_version()},
          {"seed", std::to_string(settings.seed)},
          {"settings", dmdr::io::resolved_toml(settings)},
          {"settings_digest", dmdr::io::settings_digest(settings)},
          {"inputs_digest", inputs_digest(settings, packages, freetype)}};
}

std::string table_text(std::size_t files, const std::vector<Face>& faces, const LetterMasks& letters) {
  std::array<std::size_t, verdict_count> counts{};
  for (const Face& face : faces) ++counts[static_cast<std::size_t>(face.verdict)];
  std::string text = line_of("font files", files) + line_of("faces found", faces.size());
  for (std::size_t k = 1; k < verdict_count; ++k)
    text += line_of((std::string("  ") + name_of(static_cast<Verdict>(k))).c_str(), counts[k]);
  text += line_of("faces kept", counts[0], "of " + std::to_string(families_of(letters, Half::both)) + " families");
  for (const Half half : {Half::a, Half::b})
    text += line_of(half == Half::a ? "  half A" : "  half B", letters.faces_of(half).size(),
                    "of " + std::to_string(families_of(letters, half)) + " families");
  return text;
}

std::string face_list(const std::vector<Face>& faces, const std::vector<Half>& halves) {
  std::string text = "verdict\tpackage\tfile\tindex\tfamily\tstyle\treason\n";
  std::size_t place = 0;
  for (const Face& face : faces) {
    std::string verdict = name_of(face.verdict);
    if (face.verdict == Verdict::kept) verdict += halves[place++] == Half::a ? " A" : " B";
    for (const std::string& part :
         {verdict, face.name.package, face.name.file, std::to_string(face.index), face.name.family, face.name.style})
      text += field(part) + "\t";
    text += field(face.reason) + "\n";
  }
  return text;
}

void write_sheet(const std::string& path, const LetterMasks& masks, const std::string& letters) {
  std::vector<LetterDraw> draws;
  for (const Half half : {Half::a, Half::b})
    for (const std::int64_t face : masks.faces_of(half))
      for (const char letter : letters)
        draws.push_back({.face = face, .letter = letter - 'A', .ink = {0, 0, 0}, .paper = {1, 1, 1}});
  write_grid(path, masks, draws, static_cast<std::int64_t>(10 * letters.size()));
}

void write_painted(const std::string& path, const LetterMasks& masks, std::uint64_t seed) {
  constexpr std::int64_t rows = 16;
  std::vector<std::int64_t> alphabets;
  for (std::int64_t i = 0; i < rows * letter_count; ++i) alphabets.push_back(i % letter_count);
  dmdr::Philox random(seed);
  write_grid(path, masks, draw_letters(masks.faces_of(Half::both), alphabets, random, "painted", 0), letter_count);
}

}  // namespace letters
