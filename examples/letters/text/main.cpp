// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// A text-conditioned teacher of the letters, four-step students of it with a differentiable reward and with rules that have no gradient, and a
// report that compares them.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <dmdr/core/error.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/train/stop_signals.hpp>

#include "letters_study.hpp"
#include "program.hpp"
#include "report.hpp"
#include "run_options.hpp"
#include "text_arms.hpp"
#include "text_outcome.hpp"
#include "text_settings.hpp"
#include "text_teacher.hpp"

namespace letters {
namespace {

struct Options : study::RunOptions {
  std::string teacher = "examples/letters/data/teacher.safetensors";
  std::string text_teacher = "examples/letters/data/text_teacher.safetensors";
  bool from_scratch = false;  ///< no text-conditioned teacher is read, but one is trained
  bool teacher_only = false;
  std::vector<std::string> arms{};  ///< empty: all
};

int run(const Options& options, const TextSettings& settings) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  dmdr::io::check_settings(settings);
  const std::vector<TextArm> arms = text_arms(options.arms);
  const LetterMasks masks = load_letters(options.data);
  const CaptionData data(masks, settings.captions);
  std::optional<TextNetwork> given;
  std::optional<study::Network> warm;
  if (!options.from_scratch && !options.teacher_only)
    given = load_text_network(options.text_teacher, settings.network);
  else if (settings.warm_start.enabled)
    warm = load_class_network(options.teacher, class_network(settings.network.network));
  const std::string resolved = dmdr::io::resolved_toml(settings);
  study::keep_settings(options.output, resolved, options.resume);
  const dmdr::StopSignals signals;
  dmdr::Progress progress;
  const study::Keeping keeping{
      resolved, dmdr::io::settings_digest(settings), settings.model_checkpoint_every, options.output, options.resume,
      progress};
  std::map<std::string, double> seconds;

  const Judges judges = train_judges(keeping, settings, data, settings.real_samples / 2, options.threads);
  seconds["classifiers"] = study::seconds_since(start);
  dmdr::Philox random(settings.seed + 13);
  const study::Images reference = data.pictures(Half::both, random, "real", 0, settings.real_samples).images;
  const TextEvaluator evaluator(judges, data, settings.rules, reference);
  double teacher_loss = 0;
  if (!given) {
    const auto teaching = Clock::now();
    TextTeacher made = make_text_teacher({settings, data, evaluator, keeping}, warm ? &*warm : nullptr);
    teacher_loss = made.last_loss;
    given = std::move(made.network);
    seconds["teacher"] = study::seconds_since(teaching);
  }
  if (options.teacher_only) {
    std::printf("%.1f s; teacher: %s/teacher.safetensors\n", study::seconds_since(start), options.output.c_str());
    return 0;
  }

  const CaptionedPictures real = data.pictures(Half::both, random, "real", 1, settings.samples);
  const TextArmContext context{settings,     data,           *given,         judges,  evaluator,
                               real.prompts, options.output, options.resume, progress};
  const auto arms_start = Clock::now();
  const auto results = train_text_arms(context, arms, options.threads);
  seconds["arms"] = study::seconds_since(arms_start);
  const auto evaluation = Clock::now();
  study::Outcome outcome = text_outcome(context, keeping, real, arms, results);
  outcome.teacher_loss = teacher_loss;
  dmdr::Philox halves(settings.seed + 11);
  const std::int64_t half = settings.real_samples / 2;
  outcome.half_frechet = evaluator.pictures().half_frechet({data.pictures(Half::a, halves, "halves", 0, half).images,
                                                            data.pictures(Half::b, halves, "halves", 1, half).images});
  seconds["evaluation"] = study::seconds_since(evaluation);
  outcome.seconds = seconds;

  const study::ReportForm form = text_report_form();
  study::write_pictures(options.output + "/pictures", outcome, form);
  study::conclude(options.output, {outcome}, form, resolved, keeping.digest, study::seconds_since(start));
  return 0;
}

}  // namespace
}  // namespace letters

int main(int argc, char** argv) {
  study::prepare_process();
  letters::Options options{{.data = letters::default_data, .output = "runs/letters-text"}};
  CLI::App app{
      "Letters in colour from captions: a text-conditioned teacher, and students with rewards that have a gradient and "
      "with rules that have none",
      "letters_text"};
  const study::SettingsOptions settings(app);
  options.add_to(app, "the letters (scripts/letters-data)");
  auto* const given = app.add_option("--text-teacher", options.text_teacher, "the text-conditioned teacher's weights")
                          ->capture_default_str();
  app.add_flag("--from-scratch", options.from_scratch, "train the text-conditioned teacher first")->excludes(given);
  auto* const start = app.add_option("--teacher", options.teacher,
                                     "class-conditional teacher that such a training starts from (with --set "
                                     "warm_start.enabled=false it starts from random weights)")
                          ->capture_default_str()
                          ->excludes(given);
  app.add_option("--arms", options.arms, "only these students")->delimiter(',');
  app.add_flag("--teacher-only", options.teacher_only, "the same, and stop")->excludes(given);
  return study::run_program(app, argc, argv, [&] {
    if (start->count() > 0 && !options.from_scratch && !options.teacher_only)
      throw dmdr::ConfigError(
          "letters_text: --teacher is what a training of the text-conditioned teacher starts from, and none is asked "
          "for; add --from-scratch or --teacher-only");
    return letters::run(options, settings.applied_to(letters::TextSettings{}));
  });
}
