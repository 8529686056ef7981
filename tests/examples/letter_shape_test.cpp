// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "letters/letter_shape.hpp"

#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>

#include "examples/sheared_letters.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

std::vector<double> coverage_of(const letters::LetterMasks& masks, std::int64_t face, std::int64_t letter) {
  std::vector<double> coverage;
  for (const std::uint8_t x : masks.mask(face, letter)) coverage.push_back(x / 255.0);
  return coverage;
}

std::vector<std::int64_t> all_faces(const letters::LetterMasks& masks) { return masks.faces_of(letters::Half::both); }

}  // namespace

TEST_CASE("the stroke of a long bar is its width, and its slant its shear") {
  for (const double stroke : {2.0, 3.0, 5.0})
    for (const double shear : {0.0, 0.1, 0.25, -0.2}) {
      CAPTURE(stroke, shear);
      const letters::LetterMasks masks =
          sheared_letters({{.shear = shear, .stroke = stroke}, {.shear = shear, .stroke = stroke}});
      const auto shape = letters::shape_of_letter(coverage_of(masks, 0, 0));
      REQUIRE(shape);
      CHECK(shape->slant == Approx(shear).margin(0.01));
      // A bar of length l has 2 w l / (2 (w + l)); the outline of a slanted one is a little longer, its edges grey.
      CHECK(shape->stroke == Approx(stroke * 24 / (stroke + 24)).epsilon(0.08));
    }
}

TEST_CASE("faint noise on the paper changes neither measure, and a blank picture has none") {
  const letters::LetterMasks masks = styled_letters();
  std::vector<double> coverage = coverage_of(masks, 2, 7);
  const auto clean = letters::shape_of_letter(coverage);
  for (std::size_t i = 0; i < coverage.size(); ++i)
    if (coverage[i] == 0) coverage[i] = 0.19 * static_cast<double>(i % 3) / 2;
  const auto noisy = letters::shape_of_letter(coverage);
  REQUIRE((clean && noisy));
  CHECK(noisy->slant == clean->slant);
  CHECK(noisy->stroke == clean->stroke);
  CHECK_FALSE(letters::shape_of_letter(std::vector<double>(1024, 0.1)));
}

TEST_CASE("bounds lie between the styles, for the faces and for each letter") {
  const letters::LetterMasks masks = styled_letters();
  const letters::ShapeBounds bounds = letters::fit_shape_bounds(masks, all_faces(masks));
  for (std::size_t letter = 0; letter < 26; ++letter)
    for (std::int64_t face = 0; face < masks.faces(); ++face) {
      CAPTURE(face, letter);
      const auto shape = letters::shape_of_letter(coverage_of(masks, face, static_cast<std::int64_t>(letter)));
      const letters::FaceStyle& style = masks.styles[static_cast<std::size_t>(face)];
      CHECK((shape->slant > bounds.letters[letter].slant) == (style.italic == 1));
      CHECK((shape->stroke > bounds.letters[letter].stroke) == (style.weight_class == 700));
    }
  // The arm makes every letter lean in a way of its own.
  CHECK(bounds.letters[25].slant < bounds.letters[0].slant - 0.05);
}

TEST_CASE("a face is called what its font says where its letters bear it out") {
  letters::LetterMasks masks = styled_letters();
  const letters::ShapeBounds bounds = letters::fit_shape_bounds(masks, all_faces(masks));
  masks.styles[0].serif = 1;
  CHECK(letters::stated_style(masks, 0, bounds) == letters::CaptionStyle{.weight = letters::Weight::regular,
                                                                         .slant = letters::Slant::upright,
                                                                         .serifs = letters::Serifs::serif});
  CHECK(letters::stated_style(masks, 6, bounds) ==
        letters::CaptionStyle{.weight = letters::Weight::bold, .slant = letters::Slant::italic});
  SECTION("a slender face that calls itself bold has no weight") {
    masks.styles[0].weight_class = 800;
    CHECK_FALSE(letters::stated_style(masks, 0, bounds).weight);
  }
  SECTION("an upright face that calls itself italic has no slant") {
    masks.styles[0].italic = 1;
    CHECK_FALSE(letters::stated_style(masks, 0, bounds).slant);
  }
  SECTION("what the font does not say is not said") {
    masks.styles[0] = {.weight_class = 0};
    CHECK(letters::stated_style(masks, 0, bounds) == letters::CaptionStyle{});
    masks.styles[0] = {.weight_class = 300};
    CHECK_FALSE(letters::stated_style(masks, 0, bounds).weight);
  }
}

TEST_CASE("a few fonts with wrong words move the bounds of the faces little") {
  std::vector<ShearedFace> faces;
  for (int i = 0; i < 20; ++i)
    for (ShearedFace face : {regular_upright, bold_upright, regular_italic, bold_italic}) {
      face.stroke += 0.02 * i;
      face.shear += 0.004 * i;
      if (i == 7) face.style.italic = face.style.italic == 0 ? 1 : 0;
      if (i == 9) face.style.weight_class = face.style.weight_class == 400 ? 700 : 400;
      faces.push_back(face);
    }
  const letters::LetterMasks masks = sheared_letters(faces);
  const letters::ShapeBounds bounds = letters::fit_shape_bounds(masks, all_faces(masks));
  int said = 0;
  for (const letters::CaptionStyle& style : letters::stated_styles(masks, bounds))
    said += (style.weight ? 1 : 0) + (style.slant ? 1 : 0);
  CHECK(said == 2 * 80 - 8);
}

TEST_CASE("without faces of both kinds there is no bound, and the error says which are missing") {
  const letters::LetterMasks masks = sheared_letters({regular_upright, bold_upright});
  CHECK_THROWS_WITH(letters::fit_shape_bounds(masks, all_faces(masks)),
                    Catch::Matchers::ContainsSubstring("there is no bound for italic: 0 faces are so and 2 are not"));
  CHECK_THROWS_AS(letters::fit_shape_bounds(masks, {}), ConfigError);
}
