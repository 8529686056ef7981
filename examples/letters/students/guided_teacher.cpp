// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "guided_teacher.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "jobs.hpp"

namespace letters {
namespace {

struct Tried {
  std::int64_t steps = 0;
  double guidance = 0;
  study::JudgedRow row{};
};

/// Of `rows` at `steps` the one with the least Fréchet distance; there is one.
const Tried& best(const std::vector<Tried>& rows, std::int64_t steps) {
  const Tried* least = nullptr;
  for (const Tried& one : rows)
    if (one.steps == steps && (!least || one.row.figures.frechet < least->row.figures.frechet)) least = &one;
  return *least;
}

}  // namespace

GuidedTeacher guided_teacher(const study::Judging& judging, const study::Network& teacher,
                             const StudentsSettings& settings, unsigned threads) {
  const study::Settings& s = settings.study;
  std::set<std::pair<std::int64_t, double>> points;
  for (const double guidance : settings.teacher_guidances) {
    points.emplace(s.teacher_steps, guidance);
    points.emplace(s.student.steps, guidance);
  }
  for (const double guidance : settings.few_steps_guidances) points.emplace(s.student.steps, guidance);
  std::vector<Tried> rows;
  for (const auto& [steps, guidance] : points) rows.push_back({steps, guidance});

  std::vector<study::Job> jobs;
  for (Tried& one : rows)
    jobs.push_back(
        {.name = "teacher in " + std::to_string(one.steps) + " steps", .work = [&judging, &teacher, &s, &one] {
           one.row =
               judging.judged(teacher,
                              {.steps = one.steps, .guidance = one.guidance, .euler = true, .shift = s.student.shift},
                              one.steps * (one.guidance > 1 ? 2 : 1));
         }});
  // The longest first, so that no thread is left with one of them at the end.
  std::reverse(jobs.begin(), jobs.end());
  study::run_jobs(jobs, threads);

  GuidedTeacher found;
  for (const Tried& one : rows) found.tried.push_back({one.steps, one.guidance, one.row.figures});
  const Tried& many = best(rows, s.teacher_steps);
  found.many_steps = many.row;
  found.same_guidance = std::find_if(rows.begin(), rows.end(), [&](const Tried& one) {
                          return one.steps == s.student.steps && one.guidance == many.guidance;
                        })->row;
  found.few_steps = best(rows, s.student.steps).row;
  return found;
}

}  // namespace letters
