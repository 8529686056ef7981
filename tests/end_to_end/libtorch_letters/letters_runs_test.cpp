// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The programs letters_teacher and letters on letters that are made here: what they leave, that a stopped run goes on to the same results,
// and what they refuse.

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <dmdr/io/image.hpp>
#include <dmdr/io/safetensors.hpp>

#include "examples/made_letters.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

const std::vector<std::string> tiny_models{"network.width=16", "network.depth=1",   "network.heads=2",
                                           "network.patch=8",  "reward.updates=15", "judge.updates=15",
                                           "reward.batch=16",  "judge.batch=16",    "real_samples=52",
                                           "samples=26"};
const std::vector<std::string> arms{"dmd",          "dmd_rl_only", "dmd_joint",        "tilted",
                                    "tilted_joint", "dmd_long",    "tilted_joint_long"};

void add_settings(std::vector<std::string>& arguments, const std::vector<std::string>& settings) {
  for (const std::string& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
}

/// Letters and a teacher of them, which the cases of this file share.
struct Place {
  Place() {
    const letters::LetterMasks made = made_letters();
    io::write_safetensors(data, letters::tensors_of(made), {{"faces", letters::face_names_json(made.names)}});
    ended = run_program(DMDR_LETTERS_TEACHER, teacher_arguments(directory / "teacher"));
  }
  [[nodiscard]] std::vector<std::string> teacher_arguments(const std::string& output,
                                                           const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"--data", data, "--output", output};
    add_settings(arguments, tiny_models);
    add_settings(arguments, {"teacher.updates=24", "teacher.batch=8", "steps=2", "few_steps=1", "curve_every=10",
                             "curve_samples=26", "curve_steps=1", "checkpoint_every=7"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  [[nodiscard]] std::vector<std::string> students_arguments(const std::string& output,
                                                            const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"--data", data, "--teacher", teacher, "--output", output};
    add_settings(arguments, tiny_models);
    add_settings(arguments, {"network.adapter.rank=4", "stage1_updates=4", "stage2_updates=3", "rl_only_updates=5",
                             "long_updates=5", "anneal_updates=4", "teacher_steps=2", "curve_every=3",
                             "curve_samples=26", "student.batch=8", "checkpoint_every=5"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  TemporaryDirectory directory;
  std::string data = directory / "letters.safetensors";
  std::string teacher = directory / "teacher/teacher.safetensors";
  Ended ended;
};
const Place& place() {
  static const Place made;
  INFO(made.ended.output);
  REQUIRE(made.ended.code == 0);
  return made;
}

/// A finished run of the students.
struct Students {
  Students() : ended(run_program(DMDR_LETTERS, place().students_arguments(run, {"--long"}))) {}
  TemporaryDirectory directory;
  std::string run = directory / "run";
  Ended ended;
};
const Students& students() {
  static const Students made;
  INFO(made.ended.output);
  REQUIRE(made.ended.code == 0);
  return made;
}

}  // namespace

TEST_CASE(
    "the teacher's program leaves weights in 16 bits with their recipe, and the curve and figures of its training") {
  const io::SafetensorsFile file = io::read_safetensors(place().teacher);
  for (const auto& [name, tensor] : file.tensors) {
    CAPTURE(name);
    CHECK(tensor.dtype == Dtype::bf16);
  }
  CHECK(file.metadata.at("generator") == "PixelSit");
  CHECK(file.metadata.at("heads") == "2");
  CHECK(file.metadata.at("settings").find("hold_linear") != std::string::npos);
  const std::string run = place().directory / "teacher";
  const auto report = nlohmann::json::parse(slurp(run + "/teacher.json"));
  CHECK(report.at("settings_digest") == file.metadata.at("settings_digest"));
  REQUIRE(report.at("curve").size() == 3);  // updates 10, 20 and the last
  CHECK(report.at("curve")[2].at("update") == 24);
  REQUIRE(report.at("figures").size() == 17);  // real pictures, and eight guidances at two numbers of steps
  CHECK(report.at("figures")[0].at("name") == "real");
  for (const auto& row : report.at("figures"))
    for (const char* const key : {"accuracy", "held_out_reward", "frechet", "recall", "luminance", "saturation"})
      CHECK(std::isfinite(row.at(key).get<double>()));
  CHECK(report.at("figures")[0].at("luminance") > 0.3);
  CHECK(io::read_png(run + "/pictures/update-20.png").width == 26 * 33 + 1);
}

TEST_CASE("a teacher's training stopped by SIGTERM exits with 3, and goes on to the same weights, curve and log") {
  const TemporaryDirectory directory;
  const std::string run = directory / "stopped";
  for (const char* const sign : {"reward: ", "teacher update     10"}) {
    Child child(DMDR_LETTERS_TEACHER, place().teacher_arguments(run, {"--resume"}));
    REQUIRE(child.wait_for(sign));
    child.signal(SIGTERM);
    CHECK(child.end().code == 3);
  }
  const Ended ended = run_program(DMDR_LETTERS_TEACHER, place().teacher_arguments(run, {"--resume"}));
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  const std::string whole = place().directory / "teacher";
  for (const char* const file : {"/teacher.safetensors", "/teacher.json", "/metrics.jsonl"})
    CHECK(slurp(whole + file) == slurp(run + file));
}

TEST_CASE("the students' run leaves table, summary, report and pictures in colour, and students that can be sampled") {
  const std::string run = students().run;
  const auto summary = nlohmann::json::parse(slurp(run + "/summary.json"));
  for (const char* const row : {"real", "teacher", "teacher_same_guidance", "teacher_few_steps"})
    CHECK(summary.at("arms").contains(row));
  for (const std::string& arm : arms) {
    CAPTURE(arm);
    for (const char* const key : {"reward", "held_out_reward", "frechet", "precision", "recall", "inception_score",
                                  "luminance", "saturation", "seconds_per_image", "nfe"})
      CHECK(std::isfinite(summary.at("arms").at(arm).at(key).get<double>()));
    CHECK(io::read_png(run + "/pictures/" + arm + ".png").width == 26 * 33 + 1);
    CHECK(io::read_safetensors(run + "/students/" + arm + ".safetensors").metadata.at("shift") == "2.000000");
  }
  CHECK(summary.at("arms").at("teacher").at("nfe") == 4);  // two steps, each with and without the class
  for (const char* const row : {"teacher_same_guidance", "teacher_few_steps"})
    CHECK(summary.at("arms").at(row).at("nfe") == 8);  // four with it
  // Four guidances at both numbers of steps and two at few; the table has those with the least distance.
  const auto& guided = summary.at("seeds")[0].at("teacher_by_guidance");
  REQUIRE(guided.size() == 10);
  const auto least = [&](int steps) {
    nlohmann::json best;
    for (const auto& one : guided)
      if (one.at("steps") == steps && (best.is_null() || one.at("frechet") < best.at("frechet"))) best = one;
    return best;
  };
  for (const auto& [row, steps] : {std::pair{"teacher", 2}, std::pair{"teacher_few_steps", 4}})
    CHECK(summary.at("arms").at(row).at("frechet") == least(steps).at("frechet"));
  const auto same = std::find_if(guided.begin(), guided.end(), [&](const auto& one) {
    return one.at("steps") == 4 && one.at("guidance") == least(2).at("guidance");
  });
  REQUIRE(same != guided.end());
  CHECK(summary.at("arms").at("teacher_same_guidance").at("frechet") == same->at("frechet"));
  CHECK(summary.at("seeds")[0].at("verdicts").size() == 14);
  for (const auto& point : summary.at("seeds")[0].at("curves").at("tilted_joint"))
    for (const char* const key : {"update", "frechet", "luminance"}) CHECK(std::isfinite(point.at(key).get<double>()));
  // A point at the end of every stage, though 3 divides neither.
  const auto ends_at = [&](const char* arm) {
    return summary.at("seeds")[0].at("curves").at(arm).back().at("update").get<int>();
  };
  CHECK(ends_at("tilted_joint") == 7);
  CHECK(ends_at("dmd_rl_only") == 9);
  CHECK(ends_at("dmd_long") == 9);
  CHECK(ends_at("tilted_joint_long") == 9);
  const std::string report = slurp(run + "/report.html");
  CHECK(report.find("luminance") != std::string::npos);
  CHECK(report.find("saturation") != std::string::npos);

  const Ended drawn = run_program(DMDR_SAMPLE, {"--student", run + "/students/dmd.safetensors", "--class", "2",
                                                "--count", "3", "--upscale", "1", "--output", run + "/c.png"});
  INFO(drawn.output);
  REQUIRE(drawn.code == 0);
  const io::Image picture = io::read_png(run + "/c.png");
  CHECK(picture.width == 3 * 33 + 1);
  CHECK(picture.channels == 3);
}

TEST_CASE("a students' run of some arms trains these and the arms that they start from, to the same students") {
  const TemporaryDirectory directory;
  const std::string run = directory / "some";
  const Ended ended = run_program(DMDR_LETTERS, place().students_arguments(run, {"--arms", "dmd_joint"}));
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  CHECK(nlohmann::json::parse(slurp(run + "/summary.json")).at("arms").size() == 5);
  CHECK(std::filesystem::exists(run + "/arms/dmd_start"));
  CHECK_FALSE(std::filesystem::exists(run + "/arms/tilted_start"));
  CHECK(io::read_safetensors(students().run + "/students/dmd_joint.safetensors").tensors ==
        io::read_safetensors(run + "/students/dmd_joint.safetensors").tensors);
}

TEST_CASE("students of a run are judged again by more pictures, without a training") {
  const TemporaryDirectory directory;
  const std::string run = directory / "judged";
  const Ended ended =
      run_program(DMDR_LETTERS, place().students_arguments(run, {"--students", students().run + "/students"}));
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  const auto first = nlohmann::json::parse(slurp(students().run + "/summary.json"));
  const auto again = nlohmann::json::parse(slurp(run + "/summary.json"));
  CHECK_FALSE(std::filesystem::exists(run + "/arms"));
  // The same pictures and judges: the same figures, but for the times.
  for (const auto& [row, figures] : first.at("arms").items())
    for (const auto& [key, value] : figures.items()) {
      CAPTURE(row, key);
      if (key != "seconds_per_image") CHECK(again.at("arms").at(row).at(key) == value);
    }
  const std::string more = directory / "more";
  const Ended with_more =
      run_program(DMDR_LETTERS, place().students_arguments(more, {"--students", students().run + "/students", "--set",
                                                                  "samples=52"}));
  INFO(with_more.output);
  REQUIRE(with_more.code == 0);
  CHECK(nlohmann::json::parse(slurp(more + "/summary.json")).at("arms").at("dmd").at("frechet") !=
        first.at("arms").at("dmd").at("frechet"));
}

TEST_CASE("a students' run stopped by SIGTERM exits with 3, and goes on to the same students and logs") {
  const TemporaryDirectory directory;
  const std::string run = directory / "stopped";
  {
    Child child(DMDR_LETTERS, place().students_arguments(run));
    REQUIRE(child.wait_for("update    7"));  // after some arm's first stage
    child.signal(SIGTERM);
    CHECK(child.end().code == 3);
  }
  const Ended ended = run_program(DMDR_LETTERS, place().students_arguments(run, {"--resume"}));
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  CHECK_FALSE(std::filesystem::exists(run + "/arms/tilted_joint_long"));  // only with --long
  CHECK_FALSE(std::filesystem::exists(run + "/arms/dmd_long"));
  for (const std::string& arm : arms) {
    if (arm.ends_with("_long")) continue;
    CAPTURE(arm);
    CHECK(io::read_safetensors(students().run + "/students/" + arm + ".safetensors").tensors ==
          io::read_safetensors(run + "/students/" + arm + ".safetensors").tensors);
    CHECK(slurp(students().run + "/arms/" + arm + "/metrics.jsonl") == slurp(run + "/arms/" + arm + "/metrics.jsonl"));
  }
}

TEST_CASE(
    "letters that are not there, a teacher of another shape and settings that contradict are refused with nothing "
    "written") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  const auto refused = [&](const std::vector<std::string>& more, const std::string& sentence) {
    // An option of `more` that is there already takes the other's place.
    std::vector<std::string> arguments = place().students_arguments(run);
    const auto there = std::find(arguments.begin(), arguments.end(), more[0]);
    if (more[0] != "--set" && there != arguments.end())
      *(there + 1) = more[1];
    else
      arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = run_program(DMDR_LETTERS, arguments);
    CAPTURE(ended.output);
    CHECK(ended.code == 4);
    CHECK(ended.output.find(sentence) != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(run));
  };
  refused({"--data", directory / "none.safetensors"}, "none.safetensors");
  refused({"--teacher", directory / "none.safetensors"}, "none.safetensors");
  refused({"--teacher", place().data}, "blocks.0.attn.qkv.weight");
  refused({"--set", "network.width=24"}, "blocks.0.attn.qkv.weight");
  refused({"--set", "network.heads=4"}, "says heads 2, expected 4");
  refused({"--set", "student.batch=10"}, "student.batch must be a multiple of class_repeats");
  refused({"--set", "student.bathc=8"}, "student.batch");
  refused({"--set", "paint.polarity=dark"}, "dark_on_light");
  refused({"--students", directory / "none"}, "no student in " + (directory / "none"));
  refused({"--students", students().run + "/students", "--set", "student.steps=2"}, "is a student of 4 steps");
  refused({"--students", students().run + "/students", "--set", "network.depth=2"}, "blocks.1");
  refused({"--arms", "tilted,tilted_jiont"}, "there is no arm 'tilted_jiont'; did you mean 'tilted_joint'?");
  const Ended other =
      run_program(DMDR_LETTERS, place().students_arguments(students().run, {"--resume", "--set", "seed=2"}));
  CHECK(other.code == 4);
  CHECK(other.output.find("other settings") != std::string::npos);
}
