// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "curve.hpp"

#include <cstdio>
#include <span>
#include <utility>

#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/train/trainer_checks.hpp>

#include "letters_study.hpp"
#include "report.hpp"

namespace letters {

CurvedTeaching::CurvedTeaching(const CurveContext& context, study::Source source)
    : context_(context), teaching_(context.settings.study(), std::move(source)) {
  dmdr::io::make_directories(dmdr::io::real_file_system(), context.directory + "/pictures");
}

void CurvedTeaching::step() {
  if (!log_) {
    log_ = std::make_unique<dmdr::io::MetricsLog>(context_.directory + "/metrics.jsonl");
    log_->truncate_after(update() - 1);
  }
  const auto report = teaching_.step();
  if (!report.skipped.empty())
    context_.progress.say("update " + std::to_string(report.update) + " skipped: " + report.skipped);
  if (report.skipped.empty()) {
    loss_sum_ += report.loss;
    ++loss_count_;
  }
  log_->write(report.update, {{"loss", report.loss},
                              {"gradient_norm", report.gradient_norm},
                              {"learning_rate", report.learning_rate}});
  if (update() % context_.settings.curve_every == 0 || finished()) point();
}

void CurvedTeaching::point() {
  const TeacherSettings& settings = context_.settings;
  double seconds = 0;
  const study::Images images =
      study::draw(settings.network, teaching_.averaged(), cycled_labels(settings.curve_samples),
                  {.steps = settings.curve_steps,
                   .guidance = settings.curve_guidance,
                   .euler = true,
                   .shift = settings.shift,
                   .seed = settings.seed + 1000},
                  seconds);
  TeacherPoint now{.update = update(),
                   .loss = loss_count_ > 0 ? loss_sum_ / static_cast<double>(loss_count_) : 0,
                   .judge_accuracy = study::accuracy(context_.judges.judge, images),
                   .figures = context_.evaluator.figures(images)};
  loss_sum_ = 0;
  loss_count_ = 0;
  curve_.push_back(now);
  char line[160];
  std::snprintf(line, sizeof line,
                "teacher update %6ld  loss %.4f  judge accuracy %.3f  FD %6.2f  recall %.3f  luma %.3f",
                static_cast<long>(now.update), now.loss, now.judge_accuracy, now.figures.frechet, now.figures.recall,
                now.figures.luminance);
  context_.progress.say(line);
  const std::string png = study::png_grid(images, {.picture_columns = letter_count, .upscale = 1});
  dmdr::io::write_file_atomically(dmdr::io::real_file_system(),
                                  context_.directory + "/pictures/update-" + std::to_string(now.update) + ".png",
                                  dmdr::io::bytes_of(png));
}

dmdr::NamedTensors CurvedTeaching::state() {
  dmdr::NamedTensors named = teaching_.state();
  std::vector<double> rows{loss_sum_, static_cast<double>(loss_count_)};
  for (const TeacherPoint& p : curve_)
    rows.insert(rows.end(), {static_cast<double>(p.update), p.loss, p.judge_accuracy, p.figures.reward,
                             p.figures.held_out_reward, p.figures.frechet, p.figures.precision, p.figures.recall,
                             p.figures.inception_score, p.figures.luminance, p.figures.saturation});
  named.emplace("curve", dmdr::HostTensor::from<double>(dmdr::Shape{static_cast<std::int64_t>(rows.size())}, rows));
  return named;
}

void CurvedTeaching::restore(const dmdr::NamedTensors& named) {
  const std::vector<double> rows = dmdr::detail::stored(named, "curve", dmdr::Location::current()).as<double>();
  teaching_.restore(named);
  loss_sum_ = rows.at(0);
  loss_count_ = static_cast<std::int64_t>(rows.at(1));
  curve_.clear();
  for (std::size_t i = 2; i + 11 <= rows.size(); i += 11)
    curve_.push_back({.update = static_cast<std::int64_t>(rows[i]),
                      .loss = rows[i + 1],
                      .judge_accuracy = rows[i + 2],
                      .figures = {.reward = rows[i + 3],
                                  .held_out_reward = rows[i + 4],
                                  .frechet = rows[i + 5],
                                  .precision = rows[i + 6],
                                  .recall = rows[i + 7],
                                  .inception_score = rows[i + 8],
                                  .luminance = rows[i + 9],
                                  .saturation = rows[i + 10]}});
}

}  // namespace letters
