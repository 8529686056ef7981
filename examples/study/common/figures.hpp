// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace study {

/// One row of the table.
struct Figures {
  double reward = 0;           ///< mean margin by the reward classifier
  double held_out_reward = 0;  ///< mean margin by the judge
  double frechet = 0;
  double precision = 0;
  double recall = 0;
  double inception_score = 0;
  double luminance = 0;   ///< mean luma (Rec. ITU-R BT.601) of all pixels, black 0, white 1
  double saturation = 0;  ///< mean over pixels of the largest less the smallest channel; 0 for grey images
  double seconds_per_image = 0;
  std::int64_t nfe = 0;  ///< network evaluations an image, both of guidance counted
};

/// One point of an arm's curves, drawn from the averaged student.
struct CurvePoint {
  std::int64_t update = 0;
  Figures figures;
};

}  // namespace study
