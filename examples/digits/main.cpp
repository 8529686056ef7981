// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The main job: a teacher of handwritten digits, few-step students by every method, and a report that compares them.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/train/stop_signals.hpp>

#include "arms.hpp"
#include "command_line.hpp"
#include "report.hpp"

namespace digits {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::vector<Arm> main_arms(const Settings& s) {
  const dmdr::Stage distil{.name = "distil", .updates = s.stage1_updates};
  const dmdr::Stage more{.name = "distil", .updates = s.stage2_updates};
  const dmdr::Stage joint{.name = "joint",
                          .updates = s.stage2_updates,
                          .rl_weight = s.rl_weight,
                          .sample_weight = false};
  const dmdr::Stage rl_only{
      .name = "rl_only", .updates = s.stage2_updates, .dm_weight = 0, .rl_weight = s.rl_weight, .train_fake = false};
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

/// Ten labels of every class, class by class.
std::vector<std::int64_t> grid_labels(std::int64_t classes) {
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < 10 * classes; ++i) labels.push_back(i / 10);
  return labels;
}

Outcome run_seed(const Settings& settings, const Images& images, const Options& options, const std::string& directory,
                 dmdr::Progress& progress) {
  Outcome outcome;
  outcome.seed = settings.seed;
  outcome.generator = Spec::name;
  outcome.backend = Backend::name;
  dmdr::Philox random(settings.seed);
  const Halves halves = split_halves(images, random);
  const Models models = make_models({settings, directory, options.resume, progress}, images, halves, outcome.seconds);
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
  const auto add = [&](const std::string& name, const Network& network, Sampling sampling, std::int64_t nfe) {
    sampling.seed = settings.seed + 2000;
    double drawing = 0, unused = 0;
    Figures figures = evaluator.figures(draw(settings.network, network, images.labels, sampling, drawing));
    figures.seconds_per_image = drawing / static_cast<double>(images.rows());
    figures.nfe = nfe;
    outcome.rows.emplace_back(name, figures);
    outcome.pictures.emplace(name, draw(settings.network, network, grid_labels(classes_of(settings.network)), sampling,
                                        unused));
  };
  add("teacher", models.teacher, {.steps = settings.teacher_steps, .guidance = settings.guidance, .euler = true},
      settings.teacher_steps * (settings.guidance > 1 ? 2 : 1));
  std::vector<std::string> names = table_order;
  if (options.cold_start) {
    names.clear();
    for (const Arm& arm : arms) names.push_back(arm.name);
  }
  for (const std::string& name : names) {
    const Arm& arm = *std::find_if(arms.begin(), arms.end(), [&](const Arm& a) { return a.name == name; });
    add(name, results.at(name).student,
        {.steps = arm.steps,
         .shift = settings.student.shift,
         .adapter_scale = settings.student.student_adapter ? 1.0 : 0.0},
        arm.steps);
    outcome.curves.emplace(name, results.at(name).curve);
    outcome.skips += results.at(name).skips;
    dmdr::io::make_directories(dmdr::io::real_file_system(), directory + "/students");
    dmdr::io::Metadata metadata = network_metadata(settings, "student");
    metadata["steps"] = std::to_string(arm.steps);
    dmdr::io::write_safetensors(directory + "/students/" + name + ".safetensors",
                                dmdr::store_parameters(results.at(name).student.base()), metadata);
  }
  std::vector<std::int64_t> of_class;
  for (std::int64_t label = 0; label < classes_of(settings.network); ++label)
    for (std::int64_t i = 0, found = 0; i < images.rows() && found < 10; ++i)
      if (images.labels[static_cast<std::size_t>(i)] == label) {
        of_class.push_back(i);
        ++found;
      }
  outcome.pictures.emplace("real", images.take(of_class));
  outcome.seconds["evaluation"] = seconds_since(evaluation);
  return outcome;
}

/// A run is gone on with under its own settings only; refused before any file of it is touched.
void require_same_settings(const Options& options, const std::string& resolved) {
  const std::string path = options.output + "/settings.toml";
  if (!options.resume || !std::filesystem::exists(path)) return;
  const std::vector<std::byte> stored = dmdr::io::read_file(dmdr::io::real_file_system(), path, 1 << 20);
  const auto wanted = dmdr::io::bytes_of(resolved);
  if (!std::equal(stored.begin(), stored.end(), wanted.begin(), wanted.end()))
    throw dmdr::ConfigError("resume: " + options.output +
                            " was made with other settings; run without --resume, or with those in its settings.toml");
}

int run(const Options& options, Settings settings) {
  const auto start = std::chrono::steady_clock::now();
  dmdr::io::check_settings(settings);
  const Images images = load_digits(options.data);
  dmdr::io::make_directories(dmdr::io::real_file_system(), options.output);
  const std::string resolved = dmdr::io::resolved_toml(settings);
  require_same_settings(options, resolved);
  dmdr::io::write_file_atomically(dmdr::io::real_file_system(), options.output + "/settings.toml",
                                  dmdr::io::bytes_of(resolved));
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
    write_pictures(directory + "/pictures", outcomes.back());
  }
  const double total = seconds_since(start);
  write_summary(options.output + "/summary.json", outcomes, dmdr::io::settings_digest(settings), total);
  write_report(options.output + "/report.html", outcomes, resolved, total);
  std::printf("\n%s\n", table_text(outcomes).c_str());
  bool all = true;
  for (const Outcome& outcome : outcomes)
    for (const auto& [sentence, holds] : verdicts(outcome)) {
      std::printf("seed %llu: %s: %s\n", static_cast<unsigned long long>(outcome.seed), sentence.c_str(),
                  holds ? "yes" : "NO");
      all = all && holds;
    }
  std::printf(
      "\nreward classifier %.1f %%, judge %.1f %% on the half that each was not trained on; FD between the halves "
      "%.2f\n",
      100 * outcomes[0].reward_accuracy, 100 * outcomes[0].judge_accuracy, outcomes[0].half_frechet);
  std::printf("%.1f s; report: %s/report.html\n", total, options.output.c_str());
  return 0;
}

}  // namespace
}  // namespace digits

int main(int argc, char** argv) {
  dmdr::io::open_standard_streams();
  digits::prepare_process();
  const std::variant<digits::Options, int> parsed = digits::parse_command_line(argc, argv, digits::Defaults::output);
  if (const int* const code = std::get_if<int>(&parsed)) return *code;
  const auto& options = std::get<digits::Options>(parsed);
  try {
    digits::Settings settings;
    if (!options.config.empty()) dmdr::io::read_config(options.config, settings);
    for (const std::string& assignment : options.overrides) dmdr::io::apply_override(assignment, settings);
    return digits::run(options, settings);
  } catch (const digits::Stopped&) {
    std::fprintf(stderr, "stopped by a signal; what was done is kept: go on with --resume\n");
    return static_cast<int>(dmdr::ExitCode::preempted);
  } catch (const dmdr::NumericError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(dmdr::ExitCode::diverged);
  } catch (const dmdr::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(dmdr::ExitCode::bad_input);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "digits: %s\n", error.what());
    return static_cast<int>(dmdr::ExitCode::failed);
  }
}
