// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <dmdr/core/host_tensor.hpp>

namespace study {

/// A figure that the application adds to every row.
struct ExtraColumn {
  std::string key{}, title{};
  int decimals = 3;
  bool curve = false;     ///< with a chart over the updates
  bool progress = false;  ///< and among what is said of a point while the run goes on
};

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
  std::int64_t nfe = 0;         ///< network evaluations an image, both of guidance counted
  std::vector<double> extra{};  ///< the application's own, in the order of `ReportForm::extra`

  /// What a set of images is judged by, with its name in files: all but time and evaluations.
  template <class V>
  void visit(V&& v) {
    v("reward", reward);
    v("held_out_reward", held_out_reward);
    v("frechet", frechet);
    v("precision", precision);
    v("recall", recall);
    v("inception_score", inception_score);
    v("luminance", luminance);
    v("saturation", saturation);
  }
};

/// One point of an arm's curves, drawn from the averaged student.
struct CurvePoint {
  std::int64_t update = 0;
  Figures figures{};
};

/// A curve as a checkpoint keeps it, a row for each point.
[[nodiscard]] dmdr::HostTensor curve_tensor(const std::vector<CurvePoint>& curve);
/// The inverse, of points with `extra` figures of the application. Throws `FileError` where the rows have another length.
[[nodiscard]] std::vector<CurvePoint> curve_of(const dmdr::HostTensor& tensor, std::size_t extra = 0);

}  // namespace study
