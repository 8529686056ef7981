// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "text_teacher.hpp"

#include <algorithm>
#include <cstdio>
#include <span>
#include <utility>
#include <vector>

#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/train/trainer_checks.hpp>

#include "rounded.hpp"
#include "warm_start.hpp"

namespace letters {
namespace {

using study::Backend;

dmdr::TeacherSettings seeded(const TextSettings& settings) {
  dmdr::TeacherSettings run = settings.teacher;
  run.seed = settings.seed;
  return run;
}

std::string percent(double share) {
  char text[16];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * share);
  return text;
}

}  // namespace

TextTeaching::TextTeaching(const TextTeacherContext& context, TextNetwork network)
    : context_(context),
      trainer_(
          Backend{}, context.settings.network, seeded(context.settings), std::move(network),
          [&data = context.data](dmdr::RandomSource& random, std::uint64_t update, std::int64_t rows) {
            const CaptionedPictures batch = data.pictures(Half::both, random, "text_teacher", update, rows);
            return std::pair(Backend{}.from_host(study::batch_shape(rows, batch.images), batch.images.values),
                             batch.prompts);
          },
          study::TeacherTimes{}) {}

void TextTeaching::open_logs() {
  const std::string place = context_.keeping.directory + "/teacher";
  dmdr::io::make_directories(dmdr::io::real_file_system(), place);
  losses_ = std::make_unique<dmdr::io::MetricsLog>(place + "/metrics.jsonl");
  losses_->truncate_after(update() - 1);
  figures_ = std::make_unique<dmdr::io::MetricsLog>(place + "/figures.jsonl");
  figures_->truncate_after(update());
}

void TextTeaching::step() {
  if (!losses_) open_logs();
  const std::int64_t updates = context_.settings.teacher.updates;
  const std::int64_t tail = std::min<std::int64_t>(100, updates);
  const auto report = trainer_.step();
  if (!report.skipped.empty())
    context_.keeping.progress.say("teacher update " + std::to_string(report.update) + " skipped: " + report.skipped);
  if (update() > updates - tail) last_loss_ += report.loss / static_cast<double>(tail);
  losses_->write(report.update, {{"loss", report.loss},
                                 {"gradient_norm", report.gradient_norm},
                                 {"learning_rate", report.learning_rate}});
  if (update() % context_.settings.teacher_curve_every == 0 || finished()) point();
}

void TextTeaching::point() {
  const TextSettings& settings = context_.settings;
  dmdr::Philox random(settings.seed + 15);
  const dmdr::TextPrompts prompts =
      context_.data.prompts(random, "teacher_curve", 0, std::min<std::int64_t>(104, settings.samples), 1);
  const std::int64_t steps = std::min<std::int64_t>(25, settings.teacher_steps);
  const study::Images images = draw_captions(settings.network, trainer_.averaged(), prompts,
                                             {.steps = steps,
                                              .shift = settings.student.shift,
                                              .guidance = settings.teacher_guidance,
                                              .eta = 0,
                                              .seed = settings.seed + 1000})
                                   .images;
  study::Figures figures = context_.evaluator.figures(images, prompts);
  std::vector<dmdr::io::Metric> metrics;
  figures.visit([&](const char* name, double value) { metrics.emplace_back(name, value); });
  for (const study::ExtraColumn& column : rule_columns())
    metrics.emplace_back(column.key, rule_figure(figures, column.key));
  figures_->write(update(), metrics);
  char line[200];
  std::snprintf(line, sizeof line, "teacher update %6ld  rules %.3f  letter %s  FD %6.2f  recall %.3f  luma %.3f",
                static_cast<long>(update()), rule_figure(figures, "held_out_rules"),
                percent(rule_figure(figures, "letter")).c_str(), figures.frechet, figures.recall, figures.luminance);
  context_.keeping.progress.say(line);
  dmdr::io::write_file_atomically(dmdr::io::real_file_system(),
                                  context_.keeping.directory + "/teacher/update-" + std::to_string(update()) + ".png",
                                  dmdr::io::bytes_of(study::png_grid(images, {.picture_columns = 13, .upscale = 2})));
}

dmdr::NamedTensors TextTeaching::state() {
  dmdr::NamedTensors named = trainer_.state();
  named.emplace("last_loss", dmdr::HostTensor::from<double>(dmdr::Shape{1}, std::span(&last_loss_, 1)));
  return named;
}

void TextTeaching::restore(const dmdr::NamedTensors& named) {
  const std::vector<double> loss = dmdr::detail::stored(named, "last_loss", dmdr::Location::current()).as<double>();
  trainer_.restore(named);
  last_loss_ = loss.at(0);
}

TextTeacher make_text_teacher(const TextTeacherContext& context, const study::Network* start) {
  const TextSettings& settings = context.settings;
  const study::Keeping& keeping = context.keeping;
  dmdr::Philox random(settings.seed);
  TextNetwork network(Backend{}, settings.network.network, random);
  dmdr::io::Metadata metadata = text_metadata(keeping, settings.seed, settings.network, "teacher");
  if (start != nullptr) {
    WarmStart warm(settings, context.data, std::move(network), *start);
    study::train_kept(warm, "warm_start", settings.warm_start.updates, keeping);
    metadata["warm_start_loss"] = std::to_string(warm.loss());
    keeping.progress.say("warm start: mean squared error of the prompts' vectors " + std::to_string(warm.loss()) +
                         ", at first " + std::to_string(warm.first_loss()));
    network = std::move(warm).network();
  }
  TextTeaching teaching(context, std::move(network));
  study::train_kept(teaching, "teacher", settings.teacher.updates, keeping);
  metadata["teacher_loss"] = std::to_string(teaching.last_loss());
  const std::string path = keeping.directory + "/teacher.safetensors";
  const TextNetwork averaged = teaching.averaged();
  dmdr::io::write_safetensors(path, study::rounded(dmdr::store_parameters(averaged.base())), metadata);
  return {load_text_network(path, settings.network), teaching.last_loss()};
}

}  // namespace letters
