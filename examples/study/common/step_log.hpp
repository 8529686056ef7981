// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <dmdr/io/jsonl.hpp>
#include <dmdr/train/trainer_settings.hpp>

namespace study {

/// What an arm's log has of every generator update.
[[nodiscard]] std::vector<dmdr::io::Metric> update_metrics(const dmdr::StepReport& report);

/// What is said of an iteration that was skipped.
[[nodiscard]] std::string skip_line(const std::string& arm, const dmdr::StepReport& report);

}  // namespace study
