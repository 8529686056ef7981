// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/letter_checks.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/core/random.hpp>

#include "examples/sheared_letters.hpp"
#include "letters/captioned.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;
using letters::LetterChecks;

namespace {

const letters::LetterMasks& masks() {
  static const letters::LetterMasks made = styled_letters();
  return made;
}
const letters::ShapeBounds& bounds() {
  static const letters::ShapeBounds fitted = letters::fit_shape_bounds(masks(), masks().faces_of(letters::Half::both));
  return fitted;
}

/// Pictures of captioned letters, with uniform noise of that amplitude in [-1, 1].
struct Painted {
  std::vector<letters::CaptionedLetter> letters;
  std::vector<std::vector<double>> pictures;

  explicit Painted(std::int64_t batch, double noise = 0) {
    Philox random(3);
    letters = letters::draw_captioned(letters::stated_styles(masks(), bounds()), masks().faces_of(letters::Half::both),
                                      random, "draw", 0, batch, {.silence = 0});
    const std::vector<float> all = letters::paint(masks(), letters::draws_of(letters)).as<float>();
    const std::vector<double> numbers = random.uniform({.stream = "noise"}, batch, 3072);
    for (std::size_t i = 0; i < letters.size(); ++i) {
      auto& picture = pictures.emplace_back();
      for (std::size_t p = i * 3072; p < (i + 1) * 3072; ++p) picture.push_back(all[p] + noise * (2 * numbers[p] - 1));
    }
  }
};

LetterChecks checks_of(const std::vector<double>& picture, const letters::Caption& caption,
                       const letters::RuleSettings& settings = {}) {
  return letters::check_letter(picture, caption, caption.letter, bounds(), settings);
}

constexpr LetterChecks all_hold{.letter = true, .ink = true, .paper = true, .slant = true, .weight = true};

}  // namespace

TEST_CASE("the estimate of a painted picture is its ink, its paper and its mask") {
  const Painted painted(200);
  for (std::size_t i = 0; i < painted.pictures.size(); ++i) {
    const letters::LetterDraw& draw = painted.letters[i].draw;
    const letters::PictureEstimate seen = letters::estimate_picture(painted.pictures[i]);
    REQUIRE(letters::distance(seen.ink, draw.ink) < 1e-6);
    REQUIRE(letters::distance(seen.paper, draw.paper) < 1e-6);
    const auto mask = masks().mask(draw.face, draw.letter);
    double apart = 0;
    for (std::size_t p = 0; p < mask.size(); ++p) apart = std::max(apart, std::abs(seen.coverage[p] - mask[p] / 255.0));
    CHECK(apart < 1e-5);
  }
}

TEST_CASE("a painted letter obeys every rule of its caption, with a little noise too") {
  for (const double noise : {0.0, 0.1}) {
    const Painted painted(400, noise);
    int obeyed = 0;
    for (std::size_t i = 0; i < painted.pictures.size(); ++i)
      obeyed += checks_of(painted.pictures[i], painted.letters[i].caption) == all_hold ? 1 : 0;
    CHECK(obeyed >= (noise == 0 ? 400 : 396));
  }
}

TEST_CASE("each rule fails alone where the caption says something else there") {
  const Painted painted(100);
  for (std::size_t i = 0; i < painted.pictures.size(); ++i) {
    const letters::Caption& caption = painted.letters[i].caption;
    const auto changed = [&](auto change) {
      letters::Caption other = caption;
      change(other);
      return letters::check_letter(painted.pictures[i], other, caption.letter, bounds());
    };
    LetterChecks expected = all_hold;
    expected.ink = false;
    CHECK(changed([](auto& c) { c.colours.ink = (c.colours.ink + 1) % letters::palette.size(); }) == expected);
    expected = all_hold;
    expected.paper = false;
    CHECK(changed([](auto& c) { c.colours.paper = (c.colours.paper + 1) % letters::palette.size(); }) == expected);
    expected = all_hold;
    expected.slant = false;
    CHECK(changed([](auto& c) {
            c.style.slant = c.style.slant == letters::Slant::italic ? letters::Slant::upright : letters::Slant::italic;
          }) == expected);
    expected = all_hold;
    expected.weight = false;
    CHECK(changed([](auto& c) {
            c.style.weight = c.style.weight == letters::Weight::bold ? letters::Weight::regular : letters::Weight::bold;
          }) == expected);
    CHECK_FALSE(letters::check_letter(painted.pictures[i], caption, (caption.letter + 1) % 26, bounds()).letter);
    const LetterChecks silent = changed([](auto& c) { c.style = {}; });
    CHECK((!silent.slant && !silent.weight && silent.ink && silent.paper && silent.letter));
  }
}

TEST_CASE("a colour that is nearest to its name but far from it is not right") {
  const Painted painted(1);
  const letters::Caption& caption = painted.letters[0].caption;
  CHECK(checks_of(painted.pictures[0], caption).ink);
  const LetterChecks strict = checks_of(painted.pictures[0], caption, {.max_colour_distance = 1e-3});
  CHECK_FALSE(strict.ink);
  CHECK_FALSE(strict.paper);
}

TEST_CASE("a blank picture obeys its paper's rule at most") {
  letters::Caption caption = letters::parse_caption("regular upright A, black on white");
  const std::vector<double> white(3072, 0.9);
  const LetterChecks checks = letters::check_letter(white, caption, 5, bounds());
  CHECK(checks == LetterChecks{.paper = true, .slant = false, .weight = false});
  CHECK(letters::score_of(checks) == Approx(0.2));
}

TEST_CASE("the score is the weighted share of the stated rules that hold") {
  const LetterChecks checks{.letter = true, .ink = false, .paper = true, .slant = false};
  CHECK(letters::score_of(checks) == Approx(0.5));
  CHECK(letters::score_of(checks, {.letter = 3, .ink = 2, .paper = 1, .slant = 4, .weight = 100}) == Approx(0.4));
  CHECK(letters::score_of(all_hold) == 1);
  CHECK_FALSE(letters::RuleSettings{.letter = 0, .ink = 0, .paper = 0}.contradiction().empty());
}
