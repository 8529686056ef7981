// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// What the program letters_data refuses, and what it leaves then.

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "end_to_end/made_fonts.hpp"
#include "support/catch.hpp"
#include "support/tiny_font.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using namespace dmdr::test;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

bool left_nothing(const MadeFonts& fonts) { return !fs::exists(fs::path(fonts.output()).parent_path()); }

}  // namespace

TEST_CASE("what cannot be used is refused with a sentence, and leaves nothing") {
  MadeFonts fonts;
  std::vector<std::string> settings = no_recogniser;
  std::string sentence;
  SECTION("no folder of fonts") {
    add_good_fonts(fonts);
    fs::remove_all(fonts.directory / "fonts");
    sentence = "there is no folder";
  }
  SECTION("a list without a name") {
    fs::create_directories(fonts.directory / "fonts");
    sentence = "names no package";
  }
  SECTION("a package that is not there") {
    add_good_fonts(fonts);
    fs::remove(fonts.place("fonts-two") + "/version");
    sentence = "scripts/letters-data fetches them: fonts-two";
  }
  SECTION("packages without a font") {
    fonts.add("fonts-none", "readme.txt", "no font");
    sentence = "hold no font file";
  }
  SECTION("fonts of which none can be read") {
    fonts.add("fonts-bad", "a.ttf", "garbage");
    sentence = "no face is left after the filter";
  }
  SECTION("a filter that keeps no face") {
    add_good_fonts(fonts);
    settings.insert(settings.end(), {"filter.max_ink=0.95", "filter.min_ink=0.9"});
    sentence = "no face is left after the filter";
  }
  SECTION("one family only") {
    fonts.add("fonts-one", "a.ttf", bytes_of({.family = "One"}));
    fonts.add("fonts-one", "b.ttf", bytes_of({.family = "One", .slant = 0.3}));
    sentence = "of one family";
  }
  SECTION("one family only, with a cross-validation") {
    fonts.add("fonts-one", "a.ttf", bytes_of({.family = "One"}));
    settings.clear();
    sentence = "needs faces of at least two families";
  }
  SECTION("a setting out of its range") {
    settings.emplace_back("filter.min_ink=2");
    sentence = "filter.min_ink";
  }
  SECTION("settings that contradict each other") {
    settings.emplace_back("filter.min_ink=0.5");
    sentence = "min_ink is above max_ink";
  }
  SECTION("letters that are none") {
    settings.emplace_back("sheet_letters=abc");
    sentence = "sheet_letters must be";
  }
  const Ended ended = fonts.run(settings);
  INFO(ended.output);
  CHECK(ended.code == 4);
  CHECK_THAT(ended.output, ContainsSubstring(sentence));
  CHECK(left_nothing(fonts));
}

TEST_CASE("a disk that takes no more leaves no file of letters, and an old one as it was") {
  MadeFonts fonts;
  add_good_fonts(fonts);
  const auto full = [] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{50000, 50000};
    setrlimit(RLIMIT_FSIZE, &limit);
  };
  const Ended first = fonts.run(no_recogniser, "", full);
  INFO(first.output);
  CHECK(first.code == 4);
  CHECK_FALSE(fs::exists(fonts.output()));
  REQUIRE(fonts.run(no_recogniser).code == 0);
  const std::string before = slurp(fonts.output());
  CHECK(fonts.run({"filter.min_recognised=0", "render.letter_height=20"}, "", full).code == 4);
  CHECK(slurp(fonts.output()) == before);
}
