// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Few-step students of the letters' teacher by every method, and a report that compares them.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <dmdr/core/error.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/io/config.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/train/stop_signals.hpp>

#include "guided_teacher.hpp"
#include "letters_study.hpp"
#include "program.hpp"
#include "report.hpp"
#include "run_options.hpp"
#include "students_settings.hpp"
#include "study/arms.hpp"
#include "study/judging.hpp"

namespace letters {
namespace {

struct Options : study::RunOptions {
  std::string teacher = "examples/letters/data/teacher.safetensors";
  std::vector<std::string> arms{};  ///< empty: all but the long ones, which `longer` adds
  bool longer = false;
  std::string students{};  ///< folder of students that are there; empty: they are trained
};

const std::string dmd_arm = "dmd", joint_arm = "tilted_joint";
const std::string long_dmd_arm = "dmd_long", long_arm = "tilted_joint_long";  // the same, farther

std::vector<study::Arm> arms_of(const StudentsSettings& settings) {
  using study::Method;
  const study::Settings& s = settings.study;
  const dmdr::Stage distil{.name = "distil", .updates = s.stage1_updates};
  const dmdr::Stage more = s.second_stage("distil", s.stage2_updates, 0);
  const dmdr::Stage joint = s.second_stage("joint", s.stage2_updates, s.rl_weight);
  const dmdr::Stage rl_only =
      study::Settings::reward_stage("rl_only", settings.rl_only_updates, settings.rl_only_weight);
  const std::int64_t steps = s.student.steps;
  return {{.name = "tilted_start", .method = Method::tilted, .stage = distil, .steps = steps},
          {.name = "dmd_start", .method = Method::dmd, .stage = distil, .steps = steps},
          {.name = "tilted_joint", .method = Method::tilted, .parent = "tilted_start", .stage = joint, .steps = steps},
          {.name = "dmd", .method = Method::dmd, .parent = "dmd_start", .stage = more, .steps = steps},
          {.name = long_arm,
           .method = Method::tilted,
           .parent = "tilted_start",
           .stage = s.second_stage("joint", settings.long_updates, s.rl_weight),
           .steps = steps},
          {.name = long_dmd_arm,
           .method = Method::dmd,
           .parent = "dmd_start",
           .stage = s.second_stage("distil", settings.long_updates, 0),
           .steps = steps},
          {.name = "dmd_joint", .method = Method::dmd, .parent = "dmd_start", .stage = joint, .steps = steps},
          {.name = "tilted", .method = Method::tilted, .parent = "tilted_start", .stage = more, .steps = steps},
          {.name = "dmd_rl_only", .method = Method::dmd, .parent = "dmd_start", .stage = rl_only, .steps = steps}};
}
const std::vector<std::string> table_order{dmd_arm,   "dmd_rl_only", "dmd_joint", "tilted",
                                           joint_arm, long_dmd_arm,  long_arm};

/// Those of `arms` that are asked for, and the arms that they start from. Throws `ConfigError` for a name that is no arm.
std::vector<study::Arm> chosen(const std::vector<study::Arm>& arms, const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const study::Arm& arm : arms) known.push_back(arm.name);
  std::set<std::string> wanted;
  for (std::string name : names) {
    while (!name.empty() && wanted.insert(name).second) {
      study::require_arm("letters", name, known);
      name = std::find_if(arms.begin(), arms.end(), [&](const study::Arm& a) { return a.name == name; })->parent;
    }
  }
  std::vector<study::Arm> list;
  for (const study::Arm& arm : arms)
    if (names.empty() || wanted.contains(arm.name)) list.push_back(arm);
  return list;
}

/// The students of a run that are in `directory`, by arm. Throws `FileError` where there is none, and as `load_class_network`; `ConfigError` where one
/// was made for another number of steps.
std::map<std::string, study::Network> read_students(const std::string& directory, const study::Settings& settings) {
  std::map<std::string, study::Network> students;
  for (const std::string& name : table_order) {
    const std::string path = directory + "/" + name + ".safetensors";
    if (!std::filesystem::exists(path)) continue;
    const dmdr::io::SafetensorsFile file = dmdr::io::read_safetensors(path);
    const std::string steps = std::to_string(settings.student.steps);
    if (const auto found = file.metadata.find("steps"); found != file.metadata.end() && found->second != steps)
      throw dmdr::ConfigError("letters: " + path + " is a student of " + found->second +
                              " steps, and student.steps is " + steps);
    students.emplace(name, load_class_network(file, path, settings.network.network));
  }
  if (students.empty())
    throw dmdr::FileError("letters: no student in " + directory + "; looked for <arm>.safetensors, as " +
                          table_order.back() + ".safetensors");
  return students;
}

const study::ReportForm form{
    .title = "Letters in colour: few-step distillation with rewards",
    .introduction =
        std::string("A class-conditional teacher of the letters A to Z at 32 x 32 in colour (") + study::Spec::name +
        " over " + study::Backend::name +
        "), distilled by DMD into students of four steps, with and without rewards. The reward is the margin of a "
        "classifier trained on one half of the font families; the held-out reward is that of a judge of another shape, "
        "trained on the other half, which no arm sees. FD, precision and recall are in the judge's features.",
    .pictures = "Pictures side by side, eight of every letter",
    .picture_columns = letter_count,
    .upscale = 1,
    .colour = true};

/// What the figures must bear out, as far as they are there.
void add_claims(study::Outcome& outcome) {
  const std::map<std::string, study::Figures> rows(outcome.rows.begin(), outcome.rows.end());
  outcome.claims = study::paper_claims(outcome);
  for (const auto& [arm, dmd] : {std::pair{joint_arm, dmd_arm}, std::pair{long_arm, long_dmd_arm}}) {
    if (!rows.contains(arm)) continue;
    const double student = rows.at(arm).held_out_reward;
    outcome.claims.emplace_back(
        arm + " beats the teacher at its own number of steps, guided as the many-step one, on held-out reward",
        student > rows.at("teacher_same_guidance").held_out_reward);
    outcome.claims.emplace_back(arm + " ... and guided so that so few steps have their best Fréchet distance",
                                student > rows.at("teacher_few_steps").held_out_reward);
    if (rows.contains(dmd))
      outcome.claims.emplace_back(arm + " ... at no worse a Fréchet distance than " + dmd,
                                  rows.at(arm).frechet <= rows.at(dmd).frechet);
  }
  if (rows.contains(long_arm))
    outcome.claims.emplace_back(long_arm + " beats the many-step teacher on held-out reward",
                                rows.at(long_arm).held_out_reward > rows.at("teacher").held_out_reward);
  if (!outcome.curves.contains(long_arm)) return;
  const std::vector<study::CurvePoint>& curve = outcome.curves.at(long_arm);
  double best = curve.back().figures.frechet;
  for (const study::CurvePoint& point : curve) best = std::min(best, point.figures.frechet);
  outcome.claims.emplace_back("the long arm ends within 1.2 of its best Fréchet distance",
                              curve.back().figures.frechet <= 1.2 * best);
  outcome.claims.emplace_back("... and within .03 of the data's luminance",
                              std::abs(curve.back().figures.luminance - rows.at("real").luminance) <= 0.03);
}

int run(const Options& options, const StudentsSettings& settings) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  dmdr::io::check_settings(settings);
  const study::Settings& s = settings.study;
  std::vector<study::Arm> all = arms_of(settings);
  if (options.arms.empty() && !options.longer)
    std::erase_if(all, [](const study::Arm& arm) { return arm.name == long_arm || arm.name == long_dmd_arm; });
  std::vector<study::Arm> arms;
  std::map<std::string, study::Network> given;
  if (options.students.empty())
    arms = chosen(all, options.arms);
  else
    given = read_students(options.students, s);
  const LetterMasks masks = load_letters(options.data);
  const study::Network teacher = load_class_network(options.teacher, settings.study.network.network);
  const std::string resolved = dmdr::io::resolved_toml(settings);
  study::keep_settings(options.output, resolved, options.resume);
  const dmdr::StopSignals signals;
  dmdr::Progress progress;
  const study::Keeping keeping{
      resolved, dmdr::io::settings_digest(settings), s.model_checkpoint_every, options.output, options.resume,
      progress};
  study::Outcome outcome;
  outcome.seed = s.seed;
  outcome.generator = study::Spec::name;
  outcome.backend = study::Backend::name;
  const study::Data data = study_data(masks, settings.real_samples / 2, s.seed, settings.paint);
  const study::Models models = study::make_models(keeping, s, data, &teacher, outcome.seconds);
  outcome.reward_accuracy = models.reward_accuracy;
  outcome.judge_accuracy = models.judge_accuracy;
  const std::vector<std::int64_t> faces = masks.faces_of(Half::both);
  const study::Images real = paintings(masks, faces, settings.real_samples, s.seed + 13, settings.paint);
  const study::Evaluator evaluator(models, real);
  outcome.half_frechet = evaluator.half_frechet({data.judge_check, data.reward_check});

  const auto arms_start = Clock::now();
  const study::ArmContext context{s, models, evaluator, options.output, options.resume, progress};
  const auto results = study::train_arms(context, arms, options.threads);
  outcome.seconds["arms"] = study::seconds_since(arms_start);

  const auto evaluation = Clock::now();
  const std::vector<std::int64_t> pictures =
      dmdr::iota_samples(std::min<std::int64_t>(8 * letter_count, settings.samples));
  study::Judging judging(context, keeping, study::cycled_labels(settings.samples, letter_count), pictures, outcome);
  const study::Images others = paintings(masks, faces, settings.samples, s.seed + 14, settings.paint);
  outcome.rows.emplace_back("real", evaluator.figures(others));
  GuidedTeacher guided = guided_teacher(judging, models.teacher, settings, options.threads);
  outcome.guided = std::move(guided.tried);
  judging.add("teacher", std::move(guided.many_steps));
  judging.add("teacher_same_guidance", std::move(guided.same_guidance));
  judging.add("teacher_few_steps", std::move(guided.few_steps));
  for (const std::string& name : table_order) {
    const auto arm = std::find_if(arms.begin(), arms.end(), [&](const study::Arm& a) { return a.name == name; });
    if (arm != arms.end()) judging.add(*arm, results.at(name));
    if (const auto student = given.find(name); student != given.end())
      judging.add(name, student->second, judging.student_sampling(s.student.steps), s.student.steps);
  }
  outcome.pictures.emplace("real", others.take(pictures));
  outcome.seconds["evaluation"] = study::seconds_since(evaluation);
  add_claims(outcome);

  study::write_pictures(options.output + "/pictures", outcome, form);
  study::conclude(options.output, {outcome}, form, resolved, keeping.digest, study::seconds_since(start));
  return 0;
}

}  // namespace
}  // namespace letters

int main(int argc, char** argv) {
  study::prepare_process();
  letters::Options options{{.data = letters::default_data, .output = study::Defaults::output}};
  CLI::App app{"Few-step students of letters in colour: distillation with and without rewards, compared", "letters"};
  const study::SettingsOptions settings(app);
  options.add_to(app, "the letters (scripts/letters-data)");
  app.add_option("--teacher", options.teacher, "the teacher's weights")->capture_default_str();
  auto* const some =
      app.add_option("--arms", options.arms, "only these arms, and those that they start from")->delimiter(',');
  auto* const longer = app.add_flag("--long", options.longer,
                                    "the arms dmd and tilted_joint go on for long_updates, to see whether they drift")
                           ->excludes(some);
  app.add_option("--students", options.students,
                 "judge the students in this folder (students/ of a run), by as many pictures as the settings say, "
                 "instead of training any")
      ->excludes(some)
      ->excludes(longer);
  return study::run_program(app, argc, argv,
                            [&] { return letters::run(options, settings.applied_to(letters::StudentsSettings{})); });
}
