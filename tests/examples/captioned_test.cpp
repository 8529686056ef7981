// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/captioned.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>

#include "examples/sheared_letters.hpp"
#include "letters/letter_shape.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;
using letters::CaptionedLetter;
using letters::CaptionStyle;
using letters::luminance;
using letters::palette;

namespace {

/// Face 0 says everything, face 1 nothing, face 2 its slant only.
const std::vector<CaptionStyle> styles{{.weight = letters::Weight::bold,
                                        .slant = letters::Slant::upright,
                                        .serifs = letters::Serifs::serif},
                                       {},
                                       {.slant = letters::Slant::italic}};
const std::vector<std::int64_t> faces{0, 1, 2};

std::vector<CaptionedLetter> drawn(std::int64_t batch, const letters::CaptionSettings& settings = {},
                                   std::uint64_t step = 0) {
  Philox random(7);
  return letters::draw_captioned(styles, faces, random, "train", step, batch, settings);
}

/// Whether counts that should be equal are, as far as chance goes.
void check_uniform(const std::vector<double>& counts) {
  double total = 0, sum = 0;
  for (const double count : counts) total += count;
  const double expected = total / static_cast<double>(counts.size()), freedom = static_cast<double>(counts.size()) - 1;
  for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
  CHECK(sum < freedom + 5 * std::sqrt(2 * freedom));
}

}  // namespace

TEST_CASE("any colour of a cube round a named one is nearest to that name") {
  double closest = 1;
  for (std::size_t name = 0; name < palette.size(); ++name) {
    for (std::size_t other = 0; other < name; ++other)
      closest = std::min(closest, letters::distance(palette[name].centre, palette[other].centre));
    for (int corner = 0; corner < 8; ++corner) {
      letters::Colour colour = palette[name].centre;
      for (std::size_t c = 0; c < 3; ++c) colour[c] += (corner >> c) % 2 != 0 ? 0.08 : -0.08;
      CHECK(letters::nearest_colour(colour) == name);
    }
  }
  CHECK(closest > 0.31);
}

TEST_CASE("the pairs of colours are those with the contrast, in the order of the polarity") {
  const auto dark = letters::colour_pairs(letters::Polarity::dark_on_light, 0.35);
  const auto both = letters::colour_pairs(letters::Polarity::both, 0.35);
  CHECK(both.size() == 2 * dark.size());
  CHECK(dark.size() == 44);
  for (const auto& pair : dark)
    CHECK(luminance(palette[pair.paper].centre) - luminance(palette[pair.ink].centre) > 0.35);
  CHECK(letters::colour_pairs(letters::Polarity::both, 0).size() == 14 * 13);
}

TEST_CASE("faces, letters and pairs of colours are uniform") {
  const auto pairs = letters::colour_pairs(letters::Polarity::both, 0.35);
  std::vector<double> seen_pairs(pairs.size()), cells(3 * 26);
  for (const CaptionedLetter& letter : drawn(20000)) {
    ++seen_pairs[static_cast<std::size_t>(std::find(pairs.begin(), pairs.end(), letter.caption.colours) -
                                          pairs.begin())];
    ++cells[static_cast<std::size_t>(letter.draw.face * 26 + letter.draw.letter)];
    CHECK(letter.draw.letter == letter.caption.letter);
  }
  check_uniform(seen_pairs);
  check_uniform(cells);
}

TEST_CASE("colours fill the cube round the named one, and captions say what is nearest") {
  std::vector<double> octants(8), levels(10);
  for (const CaptionedLetter& letter : drawn(16000, {.silence = 0})) {
    const CaptionStyle& style = styles[static_cast<std::size_t>(letter.draw.face)];
    REQUIRE(letters::caption_of(letter.draw, style) == letter.caption);
    const letters::Colour &ink = letter.draw.ink, &paper = palette[letter.caption.colours.paper].centre;
    const letters::Colour& centre = palette[letter.caption.colours.ink].centre;
    std::size_t octant = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      REQUIRE(std::abs(ink[c] - centre[c]) <= 0.06 + 1e-12);
      REQUIRE((ink[c] >= 0 && ink[c] <= 1));
      octant |= static_cast<std::size_t>(ink[c] > centre[c]) << c;
    }
    ++octants[octant];
    // Where nothing is clamped.
    if (paper[1] > 0.06 && paper[1] < 0.94)
      ++levels[static_cast<std::size_t>(10 * (letter.draw.paper[1] - paper[1] + 0.06) / 0.12)];
  }
  check_uniform(octants);
  check_uniform(levels);
}

TEST_CASE("captions leave out the given share of the words that are known, and say none that is not") {
  std::map<std::int64_t, double> count, said_weight, said_slant, said_serifs;
  for (const CaptionedLetter& letter : drawn(15000, {.silence = 0.25})) {
    const std::int64_t face = letter.draw.face;
    const CaptionStyle &said = letter.caption.style, &known = styles[static_cast<std::size_t>(face)];
    ++count[face];
    said_weight[face] += said.weight ? 1 : 0;
    said_slant[face] += said.slant ? 1 : 0;
    said_serifs[face] += said.serifs ? 1 : 0;
    if (said.weight) CHECK(said.weight == known.weight);
    if (said.slant) CHECK(said.slant == known.slant);
    if (said.serifs) CHECK(said.serifs == known.serifs);
  }
  for (const auto& [share, face] : {std::pair{said_weight, 0}, {said_slant, 0}, {said_serifs, 0}, {said_slant, 2}})
    CHECK(share.at(face) / count[face] == Approx(0.75).margin(5 * std::sqrt(0.75 * 0.25 / count[face])));
  CHECK(said_weight[1] + said_slant[1] + said_serifs[1] + said_weight[2] + said_serifs[2] == 0);
}

TEST_CASE("a captioned letter depends on stream, step and its number alone") {
  const auto small = drawn(10), large = drawn(200);
  CHECK(std::equal(small.begin(), small.end(), large.begin()));
  CHECK_FALSE(small == drawn(10, {}, 1));
}

TEST_CASE("prompts come in groups of one text, and are the captions of the letters of that stream") {
  Philox random(7);
  const TextPrompts prompts = letters::draw_prompts(styles, faces, random, "train", 0, 5, 3);
  REQUIRE(prompts.rows() == 15);
  const auto letters_drawn = drawn(5);
  for (std::size_t row = 0; row < 15; ++row)
    CHECK(prompts.texts()[row] == letters::text_of(letters_drawn[row / 3].caption));
  CHECK(prompts_of(letters_drawn).texts()[4] == prompts.texts()[14]);
}

TEST_CASE("captioned letters are painted from the masks") {
  const letters::LetterMasks masks = styled_letters();
  // snippet begin: captioned
  const std::vector<std::int64_t> train = masks.faces_of(letters::Half::a);
  const letters::ShapeBounds bounds = letters::fit_shape_bounds(masks, train);
  const std::vector<CaptionStyle> stated = letters::stated_styles(masks, bounds);
  Philox random(1);
  const auto batch = letters::draw_captioned(stated, train, random, "teacher", /*step=*/7, /*batch=*/32);
  const HostTensor pictures = letters::paint(masks, letters::draws_of(batch));  // [32, 3, 32, 32] in [-1, 1]
  const TextPrompts prompts = letters::prompts_of(batch);                       // "bold upright K, lime on navy", ...
  // snippet end: captioned
  CHECK(pictures.shape == Shape{32, 3, 32, 32});
  for (std::size_t i = 0; i < 32; ++i) CHECK(letters::parse_caption(prompts.texts()[i]) == batch[i].caption);
}

TEST_CASE("no face, a face without a style, no pair of colours, an empty group and settings out of range are refused") {
  Philox random(1);
  const std::vector<std::int64_t> none, beyond{3};
  CHECK_THROWS_AS(letters::draw_captioned(styles, none, random, "x", 0, 4), ConfigError);
  CHECK_THROWS_WITH(letters::draw_captioned(styles, beyond, random, "x", 0, 4),
                    Catch::Matchers::ContainsSubstring("face 3 is not among the 3 styles"));
  CHECK_THROWS_AS(drawn(4, {.min_contrast = 0.9}), ConfigError);
  CHECK_THROWS_AS(drawn(4, {.spread = 0.2}), ConfigError);
  CHECK_THROWS_AS(letters::draw_prompts(styles, faces, random, "x", 0, 4, 0), ConfigError);
}
