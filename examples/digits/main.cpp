// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The main job: a teacher of handwritten digits, few-step students by every method, and a report that compares them.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/train/stop_signals.hpp>

#include "arms.hpp"
#include "report.hpp"

namespace digits {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Options {
  std::string data = "examples/digits/data/digits.safetensors";
  std::string output = "runs/digits";
  std::int64_t seeds = 1;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  bool cold_start = false;
  bool resume = false;
};

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
  const dmdr::Stage distil{.name = "distil", .updates = s.stage1_updates};
  std::vector<Arm> arms;
  for (const bool rs : {true, false})
    for (const bool dg : {true, false})
      arms.push_back(
          {.name = std::string("cold") + (rs ? "_dynars" : "") + (dg ? "_dynadg" : "") + (!rs && !dg ? "_neither" : ""),
           .method = Method::dmd,
           .stage = distil,
           .random_start = true,
           .dyna_rs = rs,
           .dyna_dg = dg});
  return arms;
}

dmdr::io::Metadata model_metadata(const Settings& settings, const std::string& kind) {
  return {{"kind", kind},
          {"seed", std::to_string(settings.seed)},
          {"settings_digest", dmdr::io::settings_digest(settings)},
          {"settings", dmdr::io::resolved_toml(settings)}};
}

/// The three trained models: made, or with `--resume` taken back from files of the same settings.
Models make_models(const Settings& settings, const Images& images, const Halves& halves, const Options& options,
                   const std::string& directory, const Progress& progress, std::map<std::string, double>& seconds) {
  const Backend backend;
  dmdr::Philox random(settings.seed);
  const std::vector<std::int64_t> reward_sizes{images.size, 256, settings.network.classes};
  const std::vector<std::int64_t> judge_sizes{images.size, 256, 64, settings.network.classes};
  Models models{Network(backend, settings.network, random), Classifier(backend, {reward_sizes}, random),
                Classifier(backend, {judge_sizes}, random)};
  const auto path = [&](const char* name) { return directory + "/models/" + name + ".safetensors"; };
  const auto take_back = [&](const char* name, auto& parameters) {
    const auto file = dmdr::io::read_safetensors(path(name));
    if (file.metadata.contains("settings_digest") &&
        file.metadata.at("settings_digest") == dmdr::io::settings_digest(settings)) {
      dmdr::load_parameters(backend, parameters, file.tensors);
      if (file.metadata.contains("teacher_loss")) models.teacher_loss = std::stod(file.metadata.at("teacher_loss"));
      return;
    }
    throw dmdr::ConfigError("resume: " + path(name) +
                            " was made with other settings; run without --resume, or with those in its metadata");
  };
  if (options.resume && std::filesystem::exists(path("judge"))) {
    take_back("teacher", models.teacher.base());
    take_back("reward", models.reward.parameters());
    take_back("judge", models.judge.parameters());
  } else {
    // The teacher on one thread, the classifiers on another.
    std::exception_ptr failure;
    std::thread classifiers([&] {
      try {
        const auto start = std::chrono::steady_clock::now();
        models.reward = train_classifier("reward classifier", reward_sizes, settings.reward, settings.seed + 101,
                                         halves.a, progress);
        models.judge = train_classifier("judge", judge_sizes, settings.judge, settings.seed + 202, halves.b, progress);
        seconds["classifiers"] = seconds_since(start);
      } catch (...) {
        failure = std::current_exception();
      }
    });
    const auto start = std::chrono::steady_clock::now();
    try {
      models.teacher = train_teacher(settings, images, progress, models.teacher_loss);
    } catch (...) {
      classifiers.join();
      throw;
    }
    const double teacher_seconds = seconds_since(start);
    classifiers.join();
    if (failure) std::rethrow_exception(failure);
    seconds["teacher"] = teacher_seconds;
    dmdr::io::make_directories(dmdr::io::real_file_system(), directory + "/models");
    dmdr::io::Metadata metadata = model_metadata(settings, "teacher");
    metadata["teacher_loss"] = std::to_string(models.teacher_loss);
    dmdr::io::write_safetensors(path("teacher"), dmdr::store_parameters(models.teacher.base()), metadata);
    dmdr::io::write_safetensors(path("reward"), dmdr::store_parameters(models.reward.parameters()),
                                model_metadata(settings, "classifier"));
    dmdr::io::write_safetensors(path("judge"), dmdr::store_parameters(models.judge.parameters()),
                                model_metadata(settings, "classifier"));
  }
  models.reward_accuracy = accuracy(models.reward, halves.b);
  models.judge_accuracy = accuracy(models.judge, halves.a);
  return models;
}

/// Ten labels of every class, class by class.
std::vector<std::int64_t> grid_labels(std::int64_t classes) {
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < 10 * classes; ++i) labels.push_back(i / 10);
  return labels;
}

Outcome run_seed(const Settings& settings, const Images& images, const Options& options, const std::string& directory,
                 const auto& tell) {
  Outcome outcome;
  outcome.seed = settings.seed;
  dmdr::Philox random(settings.seed);
  const Halves halves = split_halves(images, random);
  std::mutex mutex;
  const Progress progress = [&](const std::string& part, std::int64_t done, std::int64_t total) {
    if (done % 500 == 0 || done == total)
      tell(part + ": " + std::to_string(done) + " of " + std::to_string(total) + " updates");
  };
  const Models models = make_models(settings, images, halves, options, directory, progress, outcome.seconds);
  outcome.reward_accuracy = models.reward_accuracy;
  outcome.judge_accuracy = models.judge_accuracy;
  outcome.teacher_loss = models.teacher_loss;
  const Evaluator evaluator(models, images);
  outcome.half_frechet = evaluator.half_frechet(halves);

  const std::vector<Arm> arms = options.cold_start ? cold_arms(settings) : main_arms(settings);
  const auto start = std::chrono::steady_clock::now();
  const ArmContext context{settings, models, evaluator, directory, options.resume, tell};
  const auto results = train_arms(context, arms, options.threads);
  outcome.seconds["arms"] = seconds_since(start);

  const auto evaluation = std::chrono::steady_clock::now();
  const auto add = [&](const std::string& name, const Network& network, Sampling sampling, std::int64_t nfe) {
    sampling.seed = settings.seed + 2000;
    double drawing = 0, unused = 0;
    Figures figures = evaluator.figures(draw(network, images.labels, sampling, drawing));
    figures.seconds_per_image = drawing / static_cast<double>(images.rows());
    figures.nfe = nfe;
    outcome.rows.emplace_back(name, figures);
    outcome.pictures.emplace(name, draw(network, grid_labels(settings.network.classes), sampling, unused));
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
    dmdr::io::Metadata metadata = model_metadata(settings, "student");
    metadata["steps"] = std::to_string(arm.steps);
    dmdr::io::write_safetensors(directory + "/students/" + name + ".safetensors",
                                dmdr::store_parameters(results.at(name).student.base()), metadata);
  }
  std::vector<std::int64_t> of_class;
  for (std::int64_t label = 0; label < settings.network.classes; ++label)
    for (std::int64_t i = 0, found = 0; i < images.rows() && found < 10; ++i)
      if (images.labels[static_cast<std::size_t>(i)] == label) {
        of_class.push_back(i);
        ++found;
      }
  outcome.pictures.emplace("real", images.take(of_class));
  outcome.seconds["evaluation"] = seconds_since(evaluation);
  return outcome;
}

int run(const Options& options, Settings settings) {
  const auto start = std::chrono::steady_clock::now();
  dmdr::io::check_settings(settings);
  const Images images = load_digits(options.data);
  dmdr::io::make_directories(dmdr::io::real_file_system(), options.output);
  const std::string resolved = dmdr::io::resolved_toml(settings);
  dmdr::io::write_file_atomically(dmdr::io::real_file_system(), options.output + "/settings.toml",
                                  dmdr::io::bytes_of(resolved));
  std::mutex mutex;
  const auto tell = [&](const std::string& line) {
    const std::scoped_lock lock(mutex);
    std::printf("[%6.1f s] %s\n", seconds_since(start), line.c_str());
    std::fflush(stdout);
  };
  const dmdr::StopSignals signals;
  std::vector<Outcome> outcomes;
  for (std::int64_t k = 0; k < options.seeds; ++k) {
    Settings one = settings;
    one.seed += static_cast<std::uint64_t>(k);
    const std::string directory =
        options.seeds == 1 ? options.output : options.output + "/seed-" + std::to_string(one.seed);
    tell("seed " + std::to_string(one.seed));
    outcomes.push_back(run_seed(one, images, options, directory, tell));
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
  digits::Options options;
  digits::Settings settings;
  std::string config;
  std::vector<std::string> overrides;
  CLI::App app{"Few-step students of handwritten digits: distillation with and without rewards, compared"};
  app.add_option("--config", config, "TOML file of settings (see settings.toml of a finished run)");
  app.add_option("--set", overrides, "one setting, key=value; may be repeated");
  app.add_option("--data", options.data, "the digits")->capture_default_str();
  app.add_option("--output", options.output, "folder of the run")->capture_default_str();
  app.add_option("--seeds", options.seeds, "how many seeds, counted from `seed`")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "arms trained side by side")
      ->check(CLI::Range(1U, 64U))
      ->capture_default_str();
  app.add_flag("--cold-start", options.cold_start,
               "DynaDG and DynaRS on and off from a random student, instead of the main arms");
  app.add_flag("--resume", options.resume, "go on from the checkpoints in the output folder");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return static_cast<int>(dmdr::ExitCode::bad_input);
  }
  try {
    if (!config.empty()) dmdr::io::read_config(config, settings);
    for (const std::string& assignment : overrides) dmdr::io::apply_override(assignment, settings);
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
