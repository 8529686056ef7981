// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "report.hpp"
#include "text_arms.hpp"

namespace letters {

/// What the report says around the figures.
[[nodiscard]] study::ReportForm text_report_form();

/// The table's rows, pictures and curves: real pictures (`real`, with the captions that everybody draws for), the teacher with many steps and with
/// a student's, and the students, which are written to `students/<name>.safetensors` below the directory of `keeping`.
[[nodiscard]] study::Outcome text_outcome(const TextArmContext& context, const study::Keeping& keeping,
                                          const CaptionedPictures& real, const std::vector<TextArm>& arms,
                                          const std::map<std::string, TextArmResult>& results);

/// What the figures of the students must bear out, and whether they do.
[[nodiscard]] std::vector<std::pair<std::string, bool>> text_claims(const study::Outcome& outcome);

}  // namespace letters
