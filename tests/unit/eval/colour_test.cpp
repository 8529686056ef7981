// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <limits>
#include <vector>

#include <dmdr/eval/colour.hpp>

#include "support/catch.hpp"

using namespace dmdr;

TEST_CASE(
    "mean colour: black, white and the primaries have the luma of Rec. 601 and the saturation of their channels") {
  // Two images of two pixels: red and green, blue and white.
  const std::vector<double> images{1,  -1, -1, 1, -1, -1,  //
                                   -1, 1,  -1, 1, 1,  1};
  const eval::Colour colour = eval::mean_colour(images, 3, 6);
  CHECK(colour.luminance == Approx((.299 + .587 + .114 + 1) / 4).epsilon(1e-14));
  CHECK(colour.saturation == Approx(.75).epsilon(1e-14));
}

TEST_CASE("mean colour: values beyond [-1, 1] are clamped, and a single channel is grey") {
  const std::vector<double> images{-3, 0, 5, 1};
  const eval::Colour colour = eval::mean_colour(images, 1, 2);
  CHECK(colour.luminance == Approx((0 + .5 + 1 + 1) / 4).epsilon(1e-14));
  CHECK(colour.saturation == 0);
}

TEST_CASE("mean colour: sizes that do not fit, an empty batch and NaN are errors") {
  const std::vector<double> six(6, 0.0), none;
  CHECK_THROWS_AS((void)eval::mean_colour(six, 2, 6), ShapeError);
  CHECK_THROWS_AS((void)eval::mean_colour(six, 3, 4), ShapeError);
  CHECK_THROWS_AS((void)eval::mean_colour(six, 1, 4), ShapeError);
  CHECK_THROWS_AS((void)eval::mean_colour(none, 3, 6), NumericError);
  const std::vector<double> bad{std::numeric_limits<double>::quiet_NaN(), 0, 0};
  CHECK_THROWS_AS((void)eval::mean_colour(bad, 3, 3), NumericError);
}
