// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "step_log.hpp"

namespace study {

std::vector<dmdr::io::Metric> update_metrics(const dmdr::StepReport& report) {
  return {{"update", static_cast<double>(report.updates)},
          {"fake_loss", report.fake_loss},
          {"dm_loss", report.dm_loss},
          {"rl_loss", report.rl_loss},
          {"reward", report.reward},
          {"generator_gradient_norm", report.generator_gradient_norm},
          {"fake_gradient_norm", report.fake_gradient_norm},
          {"generator_lr", report.generator_lr},
          {"fake_lr", report.fake_lr},
          {"mean_weight", report.mean_weight},
          {"ratio_deviation", report.ratio_deviation}};
}

std::string skip_line(const std::string& arm, const dmdr::StepReport& report) {
  return arm + ": iteration " + std::to_string(report.iteration) + " skipped: " + report.skipped;
}

}  // namespace study
