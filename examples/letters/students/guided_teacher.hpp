// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "report.hpp"
#include "students_settings.hpp"
#include "study/judging.hpp"

namespace letters {

/// The teacher's rows of the table, each with the guidance that has the least Fréchet distance of those tried, and all that were tried.
struct GuidedTeacher {
  study::JudgedRow many_steps{};     ///< in `study.teacher_steps`
  study::JudgedRow same_guidance{};  ///< in a student's number of steps, with the guidance of `many_steps`
  study::JudgedRow few_steps{};      ///< in a student's number of steps, with a guidance of its own
  std::vector<study::GuidedRow> tried{};
};

/// Draws `teacher` by the probability flow with `settings.teacher_guidances` at both numbers of steps, and with `settings.few_steps_guidances` at
/// the student's, `threads` drawings at a time.
[[nodiscard]] GuidedTeacher guided_teacher(const study::Judging& judging, const study::Network& teacher,
                                           const StudentsSettings& settings, unsigned threads);

}  // namespace letters
