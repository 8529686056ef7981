// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "arm_log.hpp"

#include <cstddef>
#include <cstdio>

#include <dmdr/io/file.hpp>

namespace study {
namespace {

const std::string& made(const std::string& directory) {
  dmdr::io::make_directories(dmdr::io::real_file_system(), directory);
  return directory;
}

dmdr::io::EventWriterSettings events(std::optional<std::int64_t> resumed_at) {
  dmdr::io::EventWriterSettings settings;
  settings.resumed_at = resumed_at;
  return settings;
}

}  // namespace

ArmLog::ArmLog(const std::string& directory, std::int64_t iteration, std::optional<std::int64_t> resumed_at)
    : metrics_(made(directory) + "/metrics.jsonl"), board_(directory, events(resumed_at)) {
  metrics_.truncate_after(iteration);
}

void ArmLog::update(const dmdr::StepReport& report) {
  metrics_.write(report.iteration, {{"update", static_cast<double>(report.updates)},
                                    {"fake_loss", report.fake_loss},
                                    {"dm_loss", report.dm_loss},
                                    {"rl_loss", report.rl_loss},
                                    {"reward", report.reward},
                                    {"generator_gradient_norm", report.generator_gradient_norm},
                                    {"fake_gradient_norm", report.fake_gradient_norm},
                                    {"generator_lr", report.generator_lr},
                                    {"fake_lr", report.fake_lr},
                                    {"mean_weight", report.mean_weight},
                                    {"ratio_deviation", report.ratio_deviation}});
  board_.add_scalar("fake_loss", report.fake_loss, report.updates);
  board_.add_scalar("generator_gradient_norm", report.generator_gradient_norm, report.updates);
}

void ArmLog::point(std::int64_t update, const Figures& figures, const std::vector<ExtraColumn>& extra) {
  board_.add_scalar("eval/reward", figures.reward, update);
  board_.add_scalar("eval/held_out_reward", figures.held_out_reward, update);
  board_.add_scalar("eval/frechet", figures.frechet, update);
  board_.add_scalar("eval/recall", figures.recall, update);
  board_.add_scalar("eval/luminance", figures.luminance, update);
  board_.add_scalar("eval/saturation", figures.saturation, update);
  for (std::size_t i = 0; i < extra.size(); ++i) board_.add_scalar("eval/" + extra[i].key, figures.extra.at(i), update);
}

std::string skip_line(const std::string& arm, const dmdr::StepReport& report) {
  return arm + ": iteration " + std::to_string(report.iteration) + " skipped: " + report.skipped;
}

std::string point_line(const std::string& arm, std::int64_t update, const Figures& figures,
                       const std::vector<ExtraColumn>& extra) {
  char text[160];
  std::snprintf(text, sizeof text, "%-14s update %4ld  reward %6.2f  held-out %6.2f  FD %6.2f  recall %.3f",
                arm.c_str(), static_cast<long>(update), figures.reward, figures.held_out_reward, figures.frechet,
                figures.recall);
  std::string line = text;
  for (std::size_t i = 0; i < extra.size(); ++i) {
    if (!extra[i].progress) continue;
    std::snprintf(text, sizeof text, "  %s %.*f", extra[i].title.c_str(), extra[i].decimals, figures.extra.at(i));
    line += text;
  }
  return line;
}

}  // namespace study
