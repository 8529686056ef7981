// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The program letters_data on fonts that are made here: what it writes, which faces it rejects and how it says so, and what it does again.

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <dmdr/io/image.hpp>
#include <dmdr/io/safetensors.hpp>

#include "end_to_end/made_fonts.hpp"
#include "letters/letter_masks.hpp"
#include "support/catch.hpp"
#include "support/tiny_font.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using namespace dmdr::test;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

/// Lines of the list of faces, by the name of the file: verdict and reason.
std::map<std::string, std::pair<std::string, std::string>> verdicts(const std::string& list) {
  std::map<std::string, std::pair<std::string, std::string>> found;
  std::istringstream lines(slurp(list));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::vector<std::string> fields;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, '\t');) fields.push_back(field);
    if (fields.size() == 6) fields.emplace_back();
    REQUIRE(fields.size() == 7);
    found[fs::path(fields[2]).filename().string()] = {fields[0], fields[6]};
  }
  return found;
}

}  // namespace

TEST_CASE("a run writes masks, halves, styles, names and licences of the faces, and pictures of them") {
  MadeFonts fonts;
  add_good_fonts(fonts);
  fonts.copyright(
      "fonts-one",
      "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
      "Files: *\nCopyright: 2026 somebody\nLicense: OFL-1.1\n text of the licence\n\n"
      "Files: extra/*\n more/*\nLicense: MIT\n\nFiles: debian/*\nLicense: GPL-2+\n\nLicense: OFL-1.1\n text\n");
  fonts.copyright("fonts-two", "License: free text of a file in no form\n");
  const Ended ended = fonts.run(no_recogniser);
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  const letters::LetterMasks masks = letters::load_letters(fonts.output());
  REQUIRE(masks.faces() == 4);

  // A half holds the family One, the other both cuts of Two.
  CHECK(masks.half[0] == masks.half[1]);
  CHECK(masks.half[2] == masks.half[3]);
  CHECK(masks.half[0] != masks.half[2]);
  CHECK(masks.names[0] == letters::FaceName{"usr/share/fonts/One-Italic.ttf", "One", "Italic", "fonts-one"});
  CHECK(masks.names[3].family == "Two Wide");

  // Sorted by file: One-Italic, One-Regular, Two-Bold, Two.
  constexpr auto unknown = letters::FaceStyle::unknown;
  CHECK(masks.styles[0] ==
        letters::FaceStyle{.weight_class = 300, .bold = 0, .italic = 1, .serif = unknown, .monospace = 0});
  CHECK(masks.styles[1] ==
        letters::FaceStyle{.weight_class = 400, .bold = 0, .italic = 0, .serif = unknown, .monospace = 0});
  CHECK(masks.styles[2] == letters::FaceStyle{.weight_class = 0, .bold = 1, .italic = 0, .serif = 1, .monospace = 0});
  CHECK(masks.styles[3].serif == 0);

  const auto file = io::read_safetensors(fonts.output());
  CHECK(file.tensors.at("masks").shape == Shape{4, 26, 32, 32});
  const auto packages = nlohmann::json::parse(file.metadata.at("packages"));
  REQUIRE(packages.size() == 2);
  CHECK(packages[0] == nlohmann::json{{"name", "fonts-one"}, {"version", "1.0-0"}, {"licence", "OFL-1.1; MIT"}});
  CHECK_THAT(packages[1].at("licence").get<std::string>(), ContainsSubstring("made up (by the list"));
  CHECK(file.metadata.at("freetype").find('.') != std::string::npos);
  CHECK(file.metadata.at("settings_digest").size() == 32);

  const std::string stem = fonts.directory / "out/letters";
  CHECK(io::read_png(stem + ".sheet.png").height == 2 * 1 + 32);  // four faces in a row of ten
  CHECK(io::read_png(stem + ".painted.png").width == 26 * 33 + 1);
  CHECK(verdicts(stem + ".faces.tsv").at("Two.ttf").first.starts_with("kept "));
  CHECK_THAT(ended.output, ContainsSubstring("faces kept") && ContainsSubstring("of 3 families"));
}

TEST_CASE("letters are 24 pixels high and centred, and a face too large for the picture is drawn smaller") {
  MadeFonts fonts;
  fonts.add("fonts-one", "a.ttf", bytes_of({.family = "One"}));
  fonts.add("fonts-two", "b.ttf", bytes_of({.family = "Two", .cell_width = 250}));
  REQUIRE(fonts.run(no_recogniser).code == 0);
  const letters::LetterMasks masks = letters::load_letters(fonts.output());
  REQUIRE(masks.faces() == 2);
  struct Box {
    std::int64_t top = 99, bottom = -1, left = 99, right = -1;
  };
  const auto box = [&](std::int64_t face, char letter) {
    Box found;
    const auto mask = masks.mask(face, letter - 'A');
    for (std::int64_t y = 0; y < 32; ++y)
      for (std::int64_t x = 0; x < 32; ++x)
        if (mask[static_cast<std::size_t>(32 * y + x)] > 0) {
          found.top = std::min(found.top, y), found.bottom = std::max(found.bottom, y);
          found.left = std::min(found.left, x), found.right = std::max(found.right, x);
        }
    return found;
  };
  const Box h = box(0, 'H');  // 5 by 7 cells of 24/7 pixels: 17.1 wide
  CHECK(h.top == 4);
  CHECK(h.bottom == 27);
  CHECK(h.left == 7);
  CHECK(h.right == 24);
  CHECK(masks.mask(0, 'H' - 'A')[32 * 10 + 9] == 255);
  CHECK(masks.mask(0, 'H' - 'A')[32 * 10 + 15] == 0);
  const Box wide = box(1, 'H');  // 1250 by 700 units: 32 pixels wide, 17.9 high
  CHECK(wide.left == 0);
  CHECK(wide.right == 31);
  CHECK(wide.bottom - wide.top + 1 == 18);
}

TEST_CASE("every face that is left out is named with its reason") {
  MadeFonts fonts;
  add_good_fonts(fonts);
  const std::string good = bytes_of({.family = "Other"});
  fonts.add("fonts-bad", "truncated.ttf", bytes_of({.family = "Cut", .cell_width = 90}).substr(0, 2500));
  fonts.add("fonts-bad", "headless.otf", good.substr(0, 40));
  fonts.add("fonts-bad", "empty.pfb", "");
  std::string noise;
  for (unsigned k = 0, state = 1; k < 5000; ++k)
    noise += static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U);
  fonts.add("fonts-bad", "noise.ttf", noise);
  fonts.add("fonts-bad", "noise.ttc", "ttcf" + noise);
  fonts.add("fonts-bad", "twin.ttf", bytes_of({.family = "Twin"}));
  fonts.add("fonts-bad", "without.ttf", bytes_of({.family = "Hole", .without = "QZ"}));
  fonts.add("fonts-bad", "shared.ttf", bytes_of({.family = "Shared", .a_is_b = true}));
  fonts.add("fonts-bad", "blank.ttf", bytes_of({.family = "Blank", .empty = "K"}));
  fonts.add("fonts-bad", "thin.ttf", bytes_of({.family = "Thin", .bar = 0.1}));
  fonts.add("fonts-bad", "wide.ttf", bytes_of({.family = "Broad", .cell_width = 400}));
  fonts.add("fonts-bad", "readme.txt", "no font");
  fs::create_symlink("Nowhere.ttf", fonts.place("fonts-bad") + "/usr/share/fonts/link.ttf");
  const Ended ended = fonts.run(no_recogniser);
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  CHECK(letters::load_letters(fonts.output()).faces() == 4);
  const auto found = verdicts(fonts.directory / "out/letters.faces.tsv");
  CHECK(found.size() == 15);
  for (const char* name : {"truncated.ttf", "headless.otf", "empty.pfb", "noise.ttf", "noise.ttc"}) {
    CAPTURE(name);
    CHECK(found.at(name).first == "unreadable");
    CHECK_FALSE(found.at(name).second.empty());
    CHECK_THAT(ended.output, ContainsSubstring(std::string(name) + " cannot be read"));
  }
  CHECK(found.at("twin.ttf").first == "duplicate");
  CHECK_THAT(found.at("twin.ttf").second, ContainsSubstring("0.000 from usr/share/fonts/One-Regular.ttf"));
  CHECK(found.at("without.ttf") ==
        std::pair<std::string, std::string>("letters missing", "24 different glyphs for A-Z"));
  CHECK(found.at("shared.ttf") ==
        std::pair<std::string, std::string>("letters missing", "25 different glyphs for A-Z"));
  CHECK(found.at("blank.ttf") == std::pair<std::string, std::string>("empty letter", "letter K is empty"));
  CHECK(found.at("thin.ttf").first == "ink");
  CHECK(found.at("wide.ttf").first == "too wide");
  CHECK_THAT(ended.output, ContainsSubstring("unreadable                      5"));
}

TEST_CASE("the cross-validation rejects faces whose letters are not what they are named, and repeats itself") {
  MadeFonts fonts;
  int number = 0;
  for (const double slant : {-0.12, 0.0, 0.12})
    for (const double width : {70, 82, 95, 110, 128}) {
      const std::string name = "Family" + std::to_string(number++);
      fonts.add("fonts-good", name + ".ttf", bytes_of({.family = name, .cell_width = width, .slant = slant}));
    }
  fonts.add("fonts-wrong", "rotated.ttf", bytes_of({.family = "Rotated", .cell_width = 85, .rotation = 7}));
  const std::vector<std::string> settings{"recogniser.updates=100",
                                          "recogniser.batch=52",
                                          "recogniser.shift=1",
                                          "recogniser.widths=[8, 16, 32, 32]",
                                          "filter.min_recognised=18",
                                          "filter.min_distance=0.1",
                                          "recogniser.optimiser.learning_rate=1e-2"};
  const Ended ended = fonts.run(settings);
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  const auto found = verdicts(fonts.directory / "out/letters.faces.tsv");
  CHECK(found.at("rotated.ttf").first == "not recognised");
  CHECK_THAT(found.at("rotated.ttf").second, ContainsSubstring(" of 26 letters"));
  CHECK(letters::load_letters(fonts.output()).faces() == 15);
  CHECK_THAT(ended.output, ContainsSubstring("recogniser of fold A: 100 of 100"));

  const std::string again = fonts.directory / "again/letters.safetensors";
  REQUIRE(fonts.run(settings, again).code == 0);
  CHECK(slurp(again) == slurp(fonts.output()));
}

TEST_CASE("a second run makes nothing again, unless a setting, a package or the file changed") {
  MadeFonts fonts;
  add_good_fonts(fonts);
  REQUIRE(fonts.run(no_recogniser).code == 0);
  const std::string first = slurp(fonts.output());
  const auto time = fs::last_write_time(fonts.output());
  const Ended second = fonts.run(no_recogniser);
  CHECK(second.code == 0);
  CHECK_THAT(second.output, ContainsSubstring("is up to date"));
  CHECK(fs::last_write_time(fonts.output()) == time);

  const Ended other = fonts.run({"filter.min_recognised=0", "render.letter_height=20"});
  CHECK_THAT(other.output, ContainsSubstring("it is made again"));
  CHECK(slurp(fonts.output()) != first);

  REQUIRE(fonts.run(no_recogniser).code == 0);
  CHECK(slurp(fonts.output()) == first);
  spill(fonts.place("fonts-two") + "/version", "2.0\n");
  CHECK_THAT(fonts.run(no_recogniser).output, ContainsSubstring("it is made again"));

  spill(fonts.output(), "damaged");
  const Ended damaged = fonts.run(no_recogniser);
  CHECK(damaged.code == 0);
  CHECK_THAT(damaged.output, ContainsSubstring("is made again, because it cannot be read"));
  CHECK(letters::load_letters(fonts.output()).faces() == 4);
}
