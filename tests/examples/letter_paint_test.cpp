// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/paint.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/model/condition.hpp>

#include "examples/made_letters.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;
using letters::LetterDraw;
using letters::luminance;

namespace {

const std::vector<std::int64_t> all_faces{0, 1, 2, 3, 4, 5};

std::vector<LetterDraw> drawn(std::int64_t batch, const letters::PaintSettings& settings = {}, std::uint64_t step = 0) {
  Philox random(7);
  return letters::draw_letters(all_faces, random, "train", step, batch, settings);
}

double contrast(const LetterDraw& draw) { return luminance(draw.paper) - luminance(draw.ink); }

/// Pearson's chi-square of counts that should be equal.
double chi_square(const std::vector<double>& counts) {
  double total = 0, sum = 0;
  for (const double count : counts) total += count;
  const double expected = total / static_cast<double>(counts.size());
  for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

}  // namespace

TEST_CASE("the paper is lighter than the ink by more than the contrast in every draw") {
  for (const double bound : {0.0, 0.4, 0.7}) {
    CAPTURE(bound);
    double least = 1;
    for (const LetterDraw& draw : drawn(4000, {.min_contrast = bound})) least = std::min(least, contrast(draw));
    CHECK(least > bound);
    CHECK(least < bound + 0.01);  // the bound is reached
  }
}

TEST_CASE("with both polarities the ink is the lighter one in half of the draws") {
  int lighter = 0;
  for (const LetterDraw& draw : drawn(4000, {.polarity = letters::Polarity::both})) {
    CHECK(std::abs(contrast(draw)) > 0.4);
    lighter += contrast(draw) < 0 ? 1 : 0;
  }
  CHECK(std::abs(lighter - 2000) < 4 * std::sqrt(1000.0));
}

TEST_CASE("faces and letters are uniform and independent") {
  const std::int64_t count = 26 * 6 * 100;
  std::vector<double> cells(26 * 6), seen_letters(26), seen_faces(6);
  for (const LetterDraw& draw : drawn(count)) {
    const auto face = static_cast<std::size_t>(draw.face), letter = static_cast<std::size_t>(draw.letter);
    ++cells[letter * 6 + face];
    ++seen_letters[letter];
    ++seen_faces[face];
  }
  // Mean k - 1, deviation sqrt(2 (k - 1)).
  CHECK(chi_square(cells) < 155 + 4 * std::sqrt(2 * 155.0));
  CHECK(chi_square(seen_letters) < 25 + 4 * std::sqrt(50.0));
  CHECK(chi_square(seen_faces) < 5 + 5 * std::sqrt(10.0));
}

TEST_CASE("without a bound on the contrast colours are uniform") {
  std::vector<double> octants(8), levels(10);
  for (const LetterDraw& draw : drawn(8000, {.polarity = letters::Polarity::both, .min_contrast = 0})) {
    ++octants[(draw.ink[0] > 0.5 ? 4 : 0) + (draw.ink[1] > 0.5 ? 2 : 0) + (draw.ink[2] > 0.5 ? 1 : 0)];
    ++levels[static_cast<std::size_t>(draw.paper[2] * 10)];
  }
  CHECK(chi_square(octants) < 7 + 5 * std::sqrt(14.0));
  CHECK(chi_square(levels) < 9 + 5 * std::sqrt(18.0));
}

TEST_CASE("colours are those of uniform pairs that have the contrast") {
  // The mean luminance of the lighter of two uniform colours that differ by more than .4, by a sum over a grid: each colour's luminance
  // has the density of .299 U + .587 U + .114 U.
  constexpr int steps = 60, bins = 400;
  std::vector<double> density(bins);
  for (int r = 0; r < steps; ++r)
    for (int g = 0; g < steps; ++g)
      for (int b = 0; b < steps; ++b)
        ++density[static_cast<std::size_t>(bins * luminance({(r + .5) / steps, (g + .5) / steps, (b + .5) / steps}))];
  double weight = 0, sum = 0;
  for (int dark = 0; dark < bins; ++dark)
    for (int light = dark + 1; light < bins; ++light)
      if (light - dark > 0.4 * bins) {
        const double w = density[static_cast<std::size_t>(dark)] * density[static_cast<std::size_t>(light)];
        weight += w;
        sum += w * (light + .5) / bins;
      }
  double mean = 0;
  for (const LetterDraw& draw : drawn(8000)) mean += luminance(draw.paper) / 8000;
  CHECK(mean == Approx(sum / weight).margin(0.005));
}

TEST_CASE("a picture is paper where there is no coverage, ink where it is whole, and between them in between") {
  const letters::LetterMasks masks = made_letters();
  const LetterDraw draw{.face = 2, .letter = 1, .ink = {0.1, 0.2, 0.3}, .paper = {0.9, 0.6, 1}};
  const std::vector<LetterDraw> draws{draw, {.face = 0, .letter = 0, .ink = {0, 0, 0}, .paper = {1, 1, 1}}};
  const HostTensor pictures = letters::paint(masks, draws);
  REQUIRE(pictures.shape == Shape{2, 3, 32, 32});
  const auto values = pictures.as<float>();
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(values[c * 1024 + 31] == Approx(2 * draw.paper[c] - 1));
    const double share = 250.0 / 255;
    CHECK(values[c * 1024 + 32 + 2] == Approx(2 * (draw.paper[c] + share * (draw.ink[c] - draw.paper[c])) - 1));
    CHECK(values[(3 + c) * 1024] == -1.0F);  // coverage 255
    CHECK(values[(3 + c) * 1024 + 1] == 1.0F);
  }
}

TEST_CASE("pictures lie in [-1, 1], and the same draw gives the same picture bit for bit") {
  const letters::LetterMasks masks = made_letters();
  const auto first = drawn(64, {}, 5), second = drawn(64, {}, 5);
  CHECK(first == second);
  const HostTensor pictures = letters::paint(masks, first);
  CHECK(pictures == letters::paint(masks, second));
  for (const float value : pictures.as<float>()) REQUIRE((value >= -1 && value <= 1));
  CHECK_FALSE(first == drawn(64, {}, 6));
  CHECK(letters::labels_of(first)[3] == first[3].letter);
}

TEST_CASE("a sample does not depend on the size of its batch") {
  const auto small = drawn(10), large = drawn(200);
  CHECK(std::equal(small.begin(), small.end(), large.begin()));
}

TEST_CASE("a batch comes from the faces of a half") {
  const letters::LetterMasks masks = made_letters();
  // snippet begin: batch
  const std::vector<std::int64_t> faces = masks.faces_of(letters::Half::a);
  Philox random(1);
  const std::vector<LetterDraw> draws = letters::draw_letters(faces, random, "teacher", /*step=*/7, /*batch=*/32);
  const HostTensor pictures =
      letters::paint(masks, draws);  // [32, 3, 32, 32] in [-1, 1]; `load` of any backend takes it
  const ClassLabels labels(letters::labels_of(draws));
  // snippet end: batch
  CHECK(pictures.shape == Shape{32, 3, 32, 32});
  CHECK(labels.rows() == 32);
  for (const LetterDraw& draw : draws) CHECK(draw.face % 2 == 0);
}

TEST_CASE("letters that are given are kept, and only the faces that are given are drawn") {
  Philox random(1);
  const std::vector<std::int64_t> wanted{3, 3, 3, 3, 25, 25, 25, 25}, faces{4, 1};
  const auto draws = letters::draw_letters(faces, wanted, random, "group", 2);
  CHECK(letters::labels_of(draws) == wanted);
  for (const LetterDraw& draw : draws) CHECK((draw.face == 4 || draw.face == 1));
}

TEST_CASE("an empty list of faces, a contrast out of its range and a letter that is not there are refused") {
  Philox random(1);
  CHECK_THROWS_AS(letters::draw_letters({}, random, "train", 0, 4), ConfigError);
  CHECK_THROWS_AS(drawn(4, {.min_contrast = 0.9}), ConfigError);
  const letters::LetterMasks masks = made_letters();
  for (const LetterDraw& draw : {LetterDraw{.face = 6}, LetterDraw{.face = -1}, LetterDraw{.letter = 26}})
    CHECK_THROWS_AS(letters::paint(masks, std::vector<LetterDraw>{draw}), NumericError);
}
