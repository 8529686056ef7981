// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Trains the class-conditional teacher of the letters and writes it with its recipe, curve and figures.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <dmdr/core/random.hpp>
#include <dmdr/io/atomic_write.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/io/file.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/train/stop_signals.hpp>

#include "curve.hpp"
#include "letters_study.hpp"
#include "program.hpp"
#include "report.hpp"
#include "rounded.hpp"

namespace letters {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string data = "runs/letters-data/letters.safetensors";
  std::string output = "runs/letters-teacher";
  bool resume = false;
};

void write_text(const std::string& path, const std::string& text) {
  dmdr::io::write_file_atomically(dmdr::io::real_file_system(), path, dmdr::io::bytes_of(text));
}

Json json_of(study::Figures figures) {
  Json json;
  figures.visit([&](const char* name, double value) { json[name] = value; });
  return json;
}

struct Row {
  std::string name{};
  std::int64_t steps = 0;
  double guidance = 0;
  double accuracy = 0;
  study::Figures figures{};
};

/// The figures of the data and of the teacher at several guidances and two numbers of steps; a picture each.
std::vector<Row> table(const TeacherSettings& settings, const study::Models& models, const study::Evaluator& evaluator,
                       const study::Images& real, const std::string& directory) {
  std::vector<Row> rows;
  const auto add = [&](const std::string& name, std::int64_t steps, double guidance, const study::Images& images) {
    rows.push_back({name, steps, guidance, study::accuracy(models.judge, images), evaluator.figures(images)});
    write_text(directory + "/pictures/" + name + ".png",
               study::png_grid(images.take(dmdr::iota_samples(std::min<std::int64_t>(8 * letter_count, images.rows()))),
                               {.picture_columns = letter_count, .upscale = 2}));
    const Row& row = rows.back();
    std::printf("%-22s reward %6.2f  held-out %6.2f  accuracy %.3f  FD %6.2f  precision %.3f  recall %.3f  luma %.3f\n",
                name.c_str(), row.figures.reward, row.figures.held_out_reward, row.accuracy, row.figures.frechet,
                row.figures.precision, row.figures.recall, row.figures.luminance);
  };
  add("real", 0, 0, real);
  for (const std::int64_t steps : {settings.steps, settings.few_steps})
    for (const double guidance : std::array{1.0, 1.1, 1.2, 1.3, 1.5, 2.0, 2.5, 3.5}) {
      double seconds = 0;
      std::array<char, 64> name{};
      std::snprintf(name.data(), name.size(), "steps-%ld-cfg-%.1f", static_cast<long>(steps), guidance);
      add(name.data(), steps, guidance,
          study::draw(settings.network, models.teacher, study::cycled_labels(settings.samples, letter_count),
                      {.steps = steps,
                       .guidance = guidance,
                       .euler = true,
                       .shift = settings.shift,
                       .seed = settings.seed + 2000},
                      seconds));
    }
  return rows;
}

int run(const Options& options, const TeacherSettings& settings) {
  const auto start = std::chrono::steady_clock::now();
  dmdr::io::check_settings(settings);
  const LetterMasks masks = load_letters(options.data);
  const std::string resolved = dmdr::io::resolved_toml(settings);
  study::keep_settings(options.output, resolved, options.resume);
  const dmdr::StopSignals signals;
  dmdr::Progress progress;
  const study::Keeping keeping{
      resolved, dmdr::io::settings_digest(settings), settings.checkpoint_every, options.output, options.resume,
      progress};
  const study::Data data = study_data(masks, settings.real_samples / 2, settings.seed, settings.paint);
  dmdr::Philox random(settings.seed);
  const study::Network untrained = study::new_network(settings.network, random);
  std::map<std::string, double> seconds;
  study::Models models = study::make_models(keeping, settings.study(), data, &untrained, seconds);
  std::printf("reward classifier %.1f %%, judge %.1f %% on the half that each was not trained on\n",
              100 * models.reward_accuracy, 100 * models.judge_accuracy);
  const study::Images real =
      paintings(masks, masks.faces_of(Half::both), settings.real_samples, settings.seed + 13, settings.paint);
  const study::Evaluator evaluator(models, real);

  CurvedTeaching teaching({settings, models, evaluator, options.output, progress}, data.teacher);
  study::train_kept(teaching, "teacher", settings.teacher.updates, keeping);
  const std::string path = options.output + "/teacher.safetensors";
  dmdr::io::Metadata metadata = study::network_metadata(keeping, settings.study(), "teacher");
  metadata["teacher_loss"] = std::to_string(teaching.teaching().last_loss());
  const study::Network averaged = teaching.teaching().averaged();
  dmdr::io::write_safetensors(path, study::rounded(dmdr::store_parameters(averaged.base())), metadata);
  dmdr::load_parameters(study::Backend{}, models.teacher.base(), dmdr::io::read_safetensors(path).tensors);

  Json report{{"settings_digest", keeping.digest},         {"seed", settings.seed},
              {"updates", settings.teacher.updates},       {"last_loss", teaching.teaching().last_loss()},
              {"reward_accuracy", models.reward_accuracy}, {"judge_accuracy", models.judge_accuracy}};
  for (const TeacherPoint& point : teaching.curve()) {
    Json one{{"update", point.drawn.update}, {"loss", point.loss}, {"accuracy", point.judge_accuracy}};
    one.update(json_of(point.drawn.figures));
    report["curve"].push_back(one);
  }
  for (const Row& row : table(settings, models, evaluator, real, options.output)) {
    Json one{{"name", row.name}, {"steps", row.steps}, {"guidance", row.guidance}, {"accuracy", row.accuracy}};
    one.update(json_of(row.figures));
    report["figures"].push_back(one);
  }
  write_text(options.output + "/teacher.json", report.dump(1) + "\n");
  std::printf("%.1f s; teacher: %s\n", study::seconds_since(start), path.c_str());
  return 0;
}

}  // namespace
}  // namespace letters

int main(int argc, char** argv) {
  study::prepare_process();
  letters::Options options;
  CLI::App app{"Trains the teacher of the letters: a class-conditional SiT, by flow matching", "letters_teacher"};
  app.add_option("--data", options.data, "the letters (scripts/letters-data)")->capture_default_str();
  app.add_option("--output", options.output, "folder of the run")->capture_default_str();
  app.add_flag("--resume", options.resume, "go on from the checkpoints in the output folder");
  const study::SettingsOptions settings(app);
  return study::run_program(app, argc, argv,
                            [&] { return letters::run(options, settings.applied_to(letters::TeacherSettings{})); });
}
