// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The program letters_text on letters that are made here: what it leaves, that a stopped run goes on to the same results, and what it refuses.

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <dmdr/core/random.hpp>
#include <dmdr/io/image.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/model/sit.hpp>

#include "examples/sheared_letters.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

const std::vector<std::string> students{"dmd", "dmd_refl", "tilted_rules", "dmd_cps", "grpo_rules"};

/// Settings of a run that takes seconds.
const std::vector<std::string> tiny{"network.width=16",
                                    "network.depth=1",
                                    "network.heads=2",
                                    "network.patch=8",
                                    "network.frequencies=4",
                                    "network.adapter.rank=4",
                                    "network.text.width=8",
                                    "network.text.depth=1",
                                    "network.text.heads=2",
                                    "reward.updates=12",
                                    "judge.updates=12",
                                    "reward.batch=16",
                                    "judge.batch=16",
                                    "real_samples=52",
                                    "samples=26",
                                    "teacher.updates=30",
                                    "teacher.batch=8",
                                    "teacher_curve_every=6",
                                    "warm_start.updates=12",
                                    "warm_start.batch=16",
                                    "model_checkpoint_every=5",
                                    "stage1_updates=2",
                                    "stage2_updates=3",
                                    "anneal_updates=4",
                                    "teacher_steps=2",
                                    "curve_every=2",
                                    "student.batch=8",
                                    "group=4",
                                    "checkpoint_every=4"};

/// A class-conditional teacher with random weights, as its program leaves one.
void write_class_teacher(const std::string& path) {
  const SitSettings settings{
      .channels = 3, .patch = 8, .width = 16, .depth = 1, .heads = 2, .classes = 26, .frequencies = 4};
  Philox random(2);
  NamedTensors named;
  for (const auto& [name, shape] : sit_parameters(settings)) {
    std::vector<float> values;
    for (const double value : random.normal({.stream = name}, 1, shape.numel()))
      values.push_back(static_cast<float>(0.1 * value));
    named.emplace(name, HostTensor::from<float>(shape, values));
  }
  io::write_safetensors(path, named, {{"generator", "PixelSit"}, {"heads", "2"}});
}

/// Letters, a class-conditional teacher of them and a text-conditioned one, which the cases of this file share.
struct Place {
  Place() {
    const letters::LetterMasks made = styled_letters();
    io::write_safetensors(data, letters::tensors_of(made), {{"faces", letters::face_names_json(made.names)}});
    write_class_teacher(class_teacher);
    ended = run_program(DMDR_LETTERS_TEXT, arguments(taught, {"--teacher", class_teacher, "--teacher-only"}));
  }
  [[nodiscard]] std::vector<std::string> arguments(const std::string& output,
                                                   const std::vector<std::string>& more) const {
    std::vector<std::string> list{"--data", data, "--output", output};
    for (const std::string& setting : tiny) list.insert(list.end(), {"--set", setting});
    list.insert(list.end(), more.begin(), more.end());
    return list;
  }

  TemporaryDirectory directory;
  std::string data = directory / "letters.safetensors";
  std::string class_teacher = directory / "class.safetensors";
  std::string taught = directory / "taught";
  std::string text_teacher = taught + "/teacher.safetensors";
  Ended ended;
};
const Place& place() {
  static const Place made;
  INFO(made.ended.output);
  REQUIRE(made.ended.code == 0);
  return made;
}

}  // namespace

TEST_CASE("the text teacher's training leaves weights in 16 bits with their recipe, losses, figures and pictures") {
  const io::SafetensorsFile file = io::read_safetensors(place().text_teacher);
  for (const auto& [name, tensor] : file.tensors) {
    CAPTURE(name);
    CHECK(tensor.dtype == Dtype::bf16);
  }
  CHECK(file.tensors.contains("text.projection.weight"));
  CHECK(file.metadata.at("generator") == "PixelTextSit");
  CHECK(file.metadata.at("text_heads") == "2");
  CHECK(file.metadata.at("vocabulary").find("italic") != std::string::npos);
  CHECK(std::isfinite(std::stod(file.metadata.at("warm_start_loss"))));
  const std::string figures = slurp(place().taught + "/teacher/figures.jsonl");
  CHECK(std::count(figures.begin(), figures.end(), '\n') == 5);  // every sixth of 30 updates
  CHECK(figures.find("held_out_rules") != std::string::npos);
  CHECK(io::read_png(place().taught + "/teacher/update-30.png").width == 13 * (2 * 32 + 1) + 1);
  CHECK_FALSE(std::filesystem::exists(place().taught + "/summary.json"));
}

TEST_CASE("a text teacher's training stopped in the warm start and later goes on to the same weights and logs") {
  const TemporaryDirectory directory;
  const std::string run = directory / "stopped";
  const std::vector<std::string> more{"--teacher", place().class_teacher, "--teacher-only", "--resume"};
  for (const char* const sign : {"warm_start: ", "teacher update      6"}) {
    Child child(DMDR_LETTERS_TEXT, place().arguments(run, more));
    REQUIRE(child.wait_for(sign));
    child.signal(SIGTERM);
    CHECK(child.end().code == 3);
  }
  const Ended ended = run_program(DMDR_LETTERS_TEXT, place().arguments(run, more));
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  for (const char* const file : {"/teacher.safetensors", "/teacher/metrics.jsonl", "/teacher/figures.jsonl"})
    CHECK(slurp(place().taught + file) == slurp(run + file));
}

TEST_CASE("a run from a text teacher leaves students, table, claims, pictures and a report with captions") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run", stopped = directory / "stopped";
  const std::vector<std::string> given{"--text-teacher", place().text_teacher};
  const Ended ended = run_program(DMDR_LETTERS_TEXT, place().arguments(run, given));
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  const auto summary = nlohmann::json::parse(slurp(run + "/summary.json"));
  CHECK(summary.at("arms").size() == 8);
  std::vector<std::string> rows{"real", "teacher", "teacher_few_steps"};
  rows.insert(rows.end(), students.begin(), students.end());
  for (const std::string& row : rows) {
    CAPTURE(row);
    for (const char* const key :
         {"reward", "held_out_reward", "rules", "held_out_rules", "letter", "ink", "paper", "slant", "weight",
          "frechet", "precision", "recall", "luminance", "saturation", "seconds_per_image", "nfe"})
      CHECK(std::isfinite(summary.at("arms").at(row).at(key).get<double>()));
    CHECK(io::read_png(run + "/pictures/" + row + ".png").width == 8 * (2 * 32 + 1) + 1);
  }
  CHECK(summary.at("arms").at("teacher").at("nfe") == 4);
  CHECK(summary.at("arms").at("grpo_rules").at("nfe") == 4);
  CHECK(summary.at("arms").at("real").at("ink") > 0.9);
  CHECK(summary.at("seeds")[0].at("verdicts").size() == 6);
  for (const std::string& student : students) {
    CAPTURE(student);
    const io::SafetensorsFile file = io::read_safetensors(run + "/students/" + student + ".safetensors");
    CHECK(file.metadata.at("shift") == "2.000000");
    CHECK(file.metadata.at("eta") == (student == "grpo_rules" || student == "dmd_cps" ? "0.900000" : "1.000000"));
    CHECK(std::filesystem::exists(run + "/arms/" + student + "/metrics.jsonl"));
  }
  const std::string report = slurp(run + "/report.html");
  CHECK(report.find("held-out rules") != std::string::npos);
  CHECK(report.find("upright") != std::string::npos);  // the captions of the pictures

  {
    Child child(DMDR_LETTERS_TEXT, place().arguments(stopped, given));
    REQUIRE(child.wait_for("update    2"));
    child.signal(SIGTERM);
    CHECK(child.end().code == 3);
  }
  std::vector<std::string> on = given;
  on.emplace_back("--resume");
  const Ended resumed = run_program(DMDR_LETTERS_TEXT, place().arguments(stopped, on));
  INFO(resumed.output);
  REQUIRE(resumed.code == 0);
  for (const std::string& student : students) {
    CAPTURE(student);
    for (const std::string& file : {"/students/" + student + ".safetensors", "/arms/" + student + "/metrics.jsonl"})
      CHECK(slurp(run + file) == slurp(stopped + file));
  }
}

TEST_CASE("teachers of other networks and settings that fit no captions are refused with nothing written") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  const auto refused = [&](const std::vector<std::string>& more, const std::string& sentence) {
    std::vector<std::string> arguments = place().arguments(run, more);
    if (std::find(more.begin(), more.end(), "--text-teacher") == more.end() &&
        std::find(more.begin(), more.end(), "--teacher") == more.end())
      arguments.insert(arguments.end(), {"--from-scratch", "--teacher", place().class_teacher});
    const Ended ended = run_program(DMDR_LETTERS_TEXT, arguments);
    CAPTURE(ended.output);
    CHECK(ended.code == 4);
    CHECK(ended.output.find(sentence) != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(run));
  };
  refused({"--set", "network.width=24"}, "blocks.0.attn.qkv.weight");
  refused({"--set", "network.heads=4"}, "says heads 2, expected 4");
  refused({"--text-teacher", place().class_teacher}, "says generator 'PixelSit', expected 'PixelTextSit'");
  refused({"--text-teacher", place().text_teacher, "--set", "network.text.width=16"}, "text.projection.weight");
  refused({"--text-teacher", place().text_teacher, "--set", "network.text.heads=4"},
          "says text_heads '2', expected '4'");
  refused({"--text-teacher", place().text_teacher, "--teacher-only"}, "excludes");
  refused({"--text-teacher", place().text_teacher, "--from-scratch"}, "excludes");
  refused({"--teacher", place().class_teacher}, "add --from-scratch or --teacher-only");
  refused({"--text-teacher", directory / "none.safetensors"}, "none.safetensors");
  refused({"--set", "captions.silence=1.5"}, "captions.silence");
  refused({"--set", "group=3"}, "student.batch must be a multiple of group");
  refused({"--set", "network.text.max_words=6"}, "network.text.max_words must be at least 7");
  refused({"--set", "network.text.vocabulary=A B"}, "network.text.vocabulary lacks the word");
  refused({"--set", "warm_start.update=3"}, "warm_start.updates");
}
