// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The main job: a teacher of handwritten digits, few-step students by every method, and a report that compares them.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <dmdr/io/config.hpp>
#include <dmdr/train/stop_signals.hpp>

#include "arms.hpp"
#include "digits_file.hpp"
#include "judging.hpp"
#include "program.hpp"
#include "report.hpp"
#include "run_options.hpp"

namespace study {
namespace {

/// What the command line says.
struct Options : RunOptions {
  std::int64_t seeds = 1;
  bool cold_start = false;
};

void add_options(CLI::App& app, Options& options) {
  options.add_to(app, "the digits");
  app.add_option("--seeds", options.seeds, "how many seeds, counted from `seed`")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_flag("--cold-start", options.cold_start,
               "DynaDG and DynaRS on and off from a random student, instead of the main arms");
}

std::vector<Arm> main_arms(const Settings& s) {
  const dmdr::Stage distil{.name = "distil", .updates = s.stage1_updates};
  const dmdr::Stage more = s.second_stage("distil", s.stage2_updates, 0);
  dmdr::Stage joint = s.second_stage("joint", s.stage2_updates, s.rl_weight);
  joint.sample_weight = false;
  const dmdr::Stage rl_only = study::Settings::reward_stage("rl_only", s.stage2_updates, s.rl_weight);
  return {{.name = "tilted_start", .method = Method::tilted, .stage = distil},
          {.name = "dmd_start", .method = Method::dmd, .stage = distil},
          {.name = "rtdm_start", .method = Method::rt_dm, .stage = distil},
          {.name = "one_step_start", .method = Method::tilted, .stage = distil, .steps = 1},
          {.name = "tilted", .method = Method::tilted, .parent = "tilted_start", .stage = more},
          {.name = "tilted_joint", .method = Method::tilted, .parent = "tilted_start", .stage = joint},
          {.name = "dmd", .method = Method::dmd, .parent = "dmd_start", .stage = more},
          {.name = "dmd_joint", .method = Method::dmd, .parent = "dmd_start", .stage = joint},
          {.name = "rtdm", .method = Method::rt_dm, .parent = "rtdm_start", .stage = more},
          {.name = "rtdm_joint", .method = Method::rt_dm, .parent = "rtdm_start", .stage = joint},
          {.name = "student_1step", .method = Method::tilted, .parent = "one_step_start", .stage = joint, .steps = 1},
          {.name = "dmd_rl_only", .method = Method::dmd, .parent = "dmd_start", .stage = rl_only}};
}
const std::vector<std::string> table_order{"dmd",        "dmd_rl_only", "dmd_joint",    "rtdm",
                                           "rtdm_joint", "tilted",      "tilted_joint", "student_1step"};

std::vector<Arm> cold_arms(const Settings& s) {
  const dmdr::Stage distil{.name = "distil", .updates = s.cold_updates};
  std::vector<Arm> arms;
  for (const bool rs : {true, false})
    for (const bool dg : {true, false})
      arms.push_back(
          {.name = std::string("cold") + (rs ? "_dynars" : "") + (dg ? "_dynadg" : "") + (!rs && !dg ? "_neither" : ""),
           .method = Method::dmd,
           .stage = distil,
           .steps = s.cold_steps,
           .random_start = true,
           .dyna_rs = rs,
           .dyna_dg = dg});
  return arms;
}

const ReportForm form{
    .title = "Handwritten digits: few-step distillation with rewards",
    .introduction =
        std::string("A class-conditional teacher of UCI digits (") + Spec::name + " over " + Backend::name +
        "), distilled by DMD into students of few steps, with and without rewards. The reward is the margin of a "
        "classifier trained on one half of the data; the held-out reward is that of a judge of another shape, trained "
        "on the other half, which no arm sees. FD, precision and recall are in the judge's features, against the real "
        "data.",
    .pictures = "Pictures side by side, ten of every class"};

Outcome run_seed(const Settings& settings, const Images& images, const Options& options, const std::string& directory,
                 dmdr::Progress& progress) {
  Outcome outcome;
  outcome.seed = settings.seed;
  outcome.generator = Spec::name;
  outcome.backend = Backend::name;
  dmdr::Philox random(settings.seed);
  const Halves halves = split_halves(images, random);
  const auto from = [](const Images& set) -> Source {
    return [&set](dmdr::RandomSource& source, const char* stream, std::uint64_t step, std::int64_t batch) {
      return set.batch(source, stream, step, batch);
    };
  };
  const Keeping keeping{dmdr::io::resolved_toml(settings),
                        dmdr::io::settings_digest(settings),
                        settings.model_checkpoint_every,
                        directory,
                        options.resume,
                        progress};
  const Models models =
      make_models(keeping, settings, {from(images), from(halves.a), from(halves.b), halves.b, halves.a}, nullptr,
                  outcome.seconds);
  outcome.reward_accuracy = models.reward_accuracy;
  outcome.judge_accuracy = models.judge_accuracy;
  outcome.teacher_loss = models.teacher_loss;
  const Evaluator evaluator(models, images);
  outcome.half_frechet = evaluator.half_frechet(halves);

  const std::vector<Arm> arms = options.cold_start ? cold_arms(settings) : main_arms(settings);
  const auto start = std::chrono::steady_clock::now();
  const ArmContext context{settings, models, evaluator, directory, options.resume, progress};
  const auto results = train_arms(context, arms, options.threads);
  outcome.seconds["arms"] = seconds_since(start);

  const auto evaluation = std::chrono::steady_clock::now();
  const std::int64_t classes = classes_of(settings.network);
  const std::vector<std::int64_t> pictures = first_of_each_class(images.labels, classes, 10);
  Judging judging(context, keeping, images.labels, pictures, outcome);
  judging.add("teacher", models.teacher,
              {.steps = settings.teacher_steps, .guidance = settings.guidance, .euler = true},
              settings.teacher_steps * (settings.guidance > 1 ? 2 : 1));
  std::vector<std::string> names = table_order;
  if (options.cold_start) {
    names.clear();
    for (const Arm& arm : arms) names.push_back(arm.name);
  }
  for (const std::string& name : names)
    judging.add(*std::find_if(arms.begin(), arms.end(), [&](const Arm& a) { return a.name == name; }),
                results.at(name));
  outcome.pictures.emplace("real", images.take(pictures));
  outcome.seconds["evaluation"] = seconds_since(evaluation);
  outcome.claims = paper_claims(outcome);
  return outcome;
}

int run(const Options& options, const Settings& settings) {
  const auto start = std::chrono::steady_clock::now();
  dmdr::io::check_settings(settings);
  const Images images = digits::load_digits(options.data);
  const std::string resolved = dmdr::io::resolved_toml(settings);
  keep_settings(options.output, resolved, options.resume);
  const dmdr::StopSignals signals;
  dmdr::Progress progress;
  std::vector<Outcome> outcomes;
  for (std::int64_t k = 0; k < options.seeds; ++k) {
    Settings one = settings;
    one.seed += static_cast<std::uint64_t>(k);
    const std::string directory =
        options.seeds == 1 ? options.output : options.output + "/seed-" + std::to_string(one.seed);
    progress.say("seed " + std::to_string(one.seed));
    outcomes.push_back(run_seed(one, images, options, directory, progress));
    write_pictures(directory + "/pictures", outcomes.back(), form);
  }
  conclude(options.output, outcomes, form, resolved, dmdr::io::settings_digest(settings), seconds_since(start));
  return 0;
}

}  // namespace
}  // namespace study

int main(int argc, char** argv) {
  study::prepare_process();
  study::Options options{{.data = "examples/digits/data/digits.safetensors", .output = study::Defaults::output}};
  CLI::App app{"Few-step students of handwritten digits: distillation with and without rewards, compared", "digits"};
  study::add_options(app, options);
  const study::SettingsOptions settings(app);
  return study::run_program(app, argc, argv,
                            [&] { return study::run(options, settings.applied_to(study::Settings{})); });
}
