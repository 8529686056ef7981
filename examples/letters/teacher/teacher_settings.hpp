// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "letters/paint.hpp"
#include "study/settings.hpp"

namespace letters {

/// Everything that the training of the teacher can be told: what its digest stands for.
struct TeacherSettings {
  std::uint64_t seed = 1;
  study::Spec network = study::Defaults::network;
  dmdr::TeacherSettings teacher = study::Defaults::teacher;
  PaintSettings paint{};
  study::ClassifierRun reward = study::Defaults::reward;
  study::ClassifierRun judge = study::Defaults::judge;
  std::int64_t real_samples = 2600;  ///< real pictures that generated ones are compared with
  std::int64_t samples = 520;        ///< generated pictures of every row of the table
  std::int64_t steps = 50;           ///< Euler steps of the table's pictures
  std::int64_t few_steps = 4;        ///< and as few as a student's
  double shift = 2;                  ///< of the grid of times, for pictures
  std::int64_t curve_every = 2000;   ///< updates between two points of the curve
  std::int64_t curve_samples = 130;  ///< pictures of a point
  std::int64_t curve_steps = 25;     ///< Euler steps of such a picture
  double curve_guidance = 2;
  std::int64_t checkpoint_every = 1000;

  template <class V>
  void visit(V&& v) {
    v("seed", seed, dmdr::at_least(0));
    v("network", network);
    v("teacher", teacher);
    v("paint", paint);
    v("reward", reward);
    v("judge", judge);
    v("real_samples", real_samples, dmdr::at_least(52));
    v("samples", samples, dmdr::at_least(26));
    v("steps", steps, dmdr::at_least(1));
    v("few_steps", few_steps, dmdr::at_least(1));
    v("shift", shift, dmdr::positive);
    v("curve_every", curve_every, dmdr::at_least(1));
    v("curve_samples", curve_samples, dmdr::at_least(26));
    v("curve_steps", curve_steps, dmdr::at_least(1));
    v("curve_guidance", curve_guidance, dmdr::at_least(0));
    v("checkpoint_every", checkpoint_every, dmdr::at_least(0));
  }

  /// The same as a study has it.
  [[nodiscard]] study::Settings study() const {
    study::Settings settings;
    settings.seed = seed;
    settings.network = network;
    settings.teacher = teacher;
    settings.reward = reward;
    settings.judge = judge;
    return settings;
  }
};

}  // namespace letters
