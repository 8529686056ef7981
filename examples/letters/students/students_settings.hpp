// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "letters/paint.hpp"
#include "study/settings.hpp"

namespace letters {

/// Everything that the students' run can be told.
struct StudentsSettings {
  study::Settings study{};
  std::int64_t rl_only_updates = 160;  ///< of the arm whose second stage has the reward alone
  double rl_only_weight = 0.006;    ///< its lambda: after DMD's gradients AdamW takes short steps along so small ones
  std::int64_t long_updates = 420;  ///< of the second stage of the long arms, which show whether a student drifts
  /// Of the teacher at `study.teacher_steps` and at as few as a student has; the table has the one with the least Fréchet distance at many steps.
  std::vector<double> teacher_guidances{1.1, 1.15, 1.2, 1.25};
  std::vector<double> few_steps_guidances{1.3, 1.35};  ///< with which the few steps are tried, too
  PaintSettings paint{};
  std::int64_t real_samples = 2600;  ///< real pictures that generated ones are compared with
  std::int64_t samples = 520;        ///< generated pictures of every row

  StudentsSettings() {
    study.curve_every = 60;
    study.curve_samples = 520;  // as many as a row has: Fréchet distances of other numbers do not compare
  }

  template <class V>
  void visit(V&& v) {
    study.visit(v);
    v("rl_only_updates", rl_only_updates, dmdr::at_least(1));
    v("rl_only_weight", rl_only_weight, dmdr::at_least(0));
    v("long_updates", long_updates, dmdr::at_least(1));
    v("teacher_guidances", teacher_guidances, dmdr::Items{.each = dmdr::at_least(0), .min_count = 1});
    v("few_steps_guidances", few_steps_guidances, dmdr::Items{.each = dmdr::at_least(0)});
    v("paint", paint);
    v("real_samples", real_samples, dmdr::at_least(52));
    v("samples", samples, dmdr::at_least(26));
  }
  [[nodiscard]] std::string contradiction() const { return study.contradiction(); }
};

}  // namespace letters
