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
      study::draw(settings.network, teaching_.averaged(), study::cycled_labels(settings.curve_samples, letter_count),
                  {.steps = settings.curve_steps,
                   .guidance = settings.curve_guidance,
                   .euler = true,
                   .shift = settings.shift,
                   .seed = settings.seed + 1000},
                  seconds);
  const TeacherPoint now{.drawn = {update(), context_.evaluator.figures(images)},
                         .loss = loss_count_ > 0 ? loss_sum_ / static_cast<double>(loss_count_) : 0,
                         .judge_accuracy = study::accuracy(context_.judges.judge, images)};
  loss_sum_ = 0;
  loss_count_ = 0;
  curve_.push_back(now);
  char line[160];
  std::snprintf(line, sizeof line,
                "teacher update %6ld  loss %.4f  judge accuracy %.3f  FD %6.2f  recall %.3f  luma %.3f",
                static_cast<long>(now.drawn.update), now.loss, now.judge_accuracy, now.drawn.figures.frechet,
                now.drawn.figures.recall, now.drawn.figures.luminance);
  context_.progress.say(line);
  const std::string png = study::png_grid(images, {.picture_columns = letter_count, .upscale = 1});
  dmdr::io::write_file_atomically(dmdr::io::real_file_system(),
                                  context_.directory + "/pictures/update-" + std::to_string(now.drawn.update) + ".png",
                                  dmdr::io::bytes_of(png));
}

dmdr::NamedTensors CurvedTeaching::state() {
  dmdr::NamedTensors named = teaching_.state();
  std::vector<study::CurvePoint> drawn;
  std::vector<double> beside{loss_sum_, static_cast<double>(loss_count_)};
  for (const TeacherPoint& point : curve_) {
    drawn.push_back(point.drawn);
    beside.insert(beside.end(), {point.loss, point.judge_accuracy});
  }
  named.emplace("curve", study::curve_tensor(drawn));
  const auto pairs = static_cast<std::int64_t>(beside.size() / 2);
  named.emplace("curve_losses", dmdr::HostTensor::from<double>(dmdr::Shape{pairs, 2}, beside));
  return named;
}

void CurvedTeaching::restore(const dmdr::NamedTensors& named) {
  const auto where = dmdr::Location::current();
  const std::vector<study::CurvePoint> drawn = study::curve_of(dmdr::detail::stored(named, "curve", where));
  const std::vector<double> beside = dmdr::detail::stored(named, "curve_losses", where).as<double>();
  if (beside.size() != 2 * (drawn.size() + 1))
    throw dmdr::FileError("letters_teacher: the checkpoint's curve has " + std::to_string(drawn.size()) +
                          " points and " + std::to_string(beside.size() / 2) + " losses, expected one more");
  teaching_.restore(named);
  loss_sum_ = beside[0];
  loss_count_ = static_cast<std::int64_t>(beside[1]);
  curve_.clear();
  for (std::size_t i = 0; i < drawn.size(); ++i)
    curve_.push_back({.drawn = drawn[i], .loss = beside[2 * i + 2], .judge_accuracy = beside[2 * i + 3]});
}

}  // namespace letters
