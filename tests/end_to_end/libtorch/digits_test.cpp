// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The main job over LibTorch from its command line, and sampling from what it saves. What the program does on either backend (flags, full
// disks, closed streams) is tested with the run over Eigen, which is quicker.

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <dmdr/eigen.hpp>
#include <dmdr/io/image.hpp>
#include <dmdr/io/safetensors.hpp>

#include "end_to_end/tiny_digits.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

/// A run that takes a few seconds.
std::vector<std::string> tiny_sit(const std::string& output, const std::vector<std::string>& more) {
  return digits_arguments(output,
                          {"network.width=16", "network.depth=1", "network.heads=2", "network.adapter.rank=4",
                           "teacher.updates=40", "teacher.batch=32", "teacher_steps=2", "reward.updates=30",
                           "judge.updates=30", "reward.batch=32", "judge.batch=32", "stage1_updates=8",
                           "stage2_updates=6", "anneal_updates=4", "curve_every=4", "curve_samples=40",
                           "student.batch=16", "checkpoint_every=7"},
                          more);
}
const SharedRun& shared() {
  static const SharedRun run(DMDR_DIGITS, tiny_sit);
  REQUIRE(run.ended.code == 0);
  return run;
}

}  // namespace

TEST_CASE("a run over LibTorch leaves table, summary, report and pictures, and its students are SiTs") {
  const std::string run = shared().place;
  INFO(shared().ended.output);
  CHECK(shared().ended.output.find("held-out") != std::string::npos);
  const auto summary = nlohmann::json::parse(slurp(run + "/summary.json"));
  CHECK(summary.at("backend") == "libtorch");
  CHECK(summary.at("generator") == "PixelSit");
  CHECK(summary.at("arms").size() == digits_arms.size() + 1);
  for (const auto& [arm, figures] : summary.at("arms").items())
    for (const auto& [key, value] : figures.items()) {
      CAPTURE(arm, key);
      CHECK(std::isfinite(value.get<double>()));
    }
  CHECK(slurp(run + "/report.html").find("PixelSit over libtorch") != std::string::npos);
  for (const std::string& arm : digits_arms) {
    CAPTURE(arm);
    CHECK(io::read_png(run + "/pictures/" + arm + ".png").width > 200);
    const io::SafetensorsFile student = io::read_safetensors(run + "/students/" + arm + ".safetensors");
    CHECK(student.tensors.contains("blocks.0.attn.qkv.weight"));
    CHECK(student.metadata.at("generator") == "PixelSit");
    CHECK(student.metadata.at("heads") == "2");
  }
}

TEST_CASE("over LibTorch the same seed gives the same students and logs on one thread and on two") {
  const TemporaryDirectory directory;
  for (const char* threads : {"1", "2"}) {
    CAPTURE(threads);
    REQUIRE(run_program(DMDR_DIGITS, tiny_sit(directory / threads, {"--threads", threads})).code == 0);
    check_same_results(shared().place, directory / threads);
  }
}

TEST_CASE("over LibTorch a run stopped by SIGTERM exits with 3, and goes on to the results of one that was not") {
  const TemporaryDirectory directory;
  const std::string run = directory / "stopped";
  for (const char* const sign :
       {"teacher: ", "update    8"}) {  // in the teacher's training; after some arm's first stage
    Child child(DMDR_DIGITS, tiny_sit(run, {"--resume"}));
    REQUIRE(child.wait_for(sign));
    child.signal(SIGTERM);
    CHECK(child.end().code == 3);
  }
  const Ended ended = run_program(DMDR_DIGITS, tiny_sit(run, {"--resume"}));
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  check_same_results(shared().place, run);
}

TEST_CASE("sizes that contradict each other are refused with exit code 4, and a resume with others too") {
  const TemporaryDirectory directory;
  const auto refused = [&](const std::string& place, const std::vector<std::string>& more,
                           const std::string& sentence) {
    const Ended ended = run_program(DMDR_DIGITS, tiny_sit(place, more));
    CAPTURE(ended.output);
    CHECK(ended.code == 4);
    CHECK(ended.output.find(sentence) != std::string::npos);
  };
  refused(directory / "a", {"--set", "network.patch=3"}, "divisible by patch 3");
  refused(directory / "a", {"--set", "network.heads=3"}, "divisible by heads 3");
  refused(directory / "a", {"--set", "network.blocks=3"}, "network.blocks");
  refused(directory / "a", {"--set", "network.size=16"}, "[B, 1, 16, 16]");
  CHECK_FALSE(std::filesystem::exists(directory / "a/summary.json"));
  refused(shared().place, {"--resume", "--set", "network.depth=2"}, "other settings");
}

TEST_CASE("a saved SiT student draws pictures that its seed decides, and files of other networks are refused") {
  const TemporaryDirectory directory;
  const std::string student = shared().place + "/students/student_1step.safetensors";
  const auto sample = [&](const std::string& file, const char* seed, const std::string& picture) {
    return run_program(DMDR_SAMPLE, {"--student", file, "--class", "3", "--count", "6", "--seed", seed, "--output",
                                     directory / picture});
  };
  const Ended drawn = sample(student, "5", "a.png");
  INFO(drawn.output);
  REQUIRE(drawn.code == 0);
  CHECK(drawn.output.find("in 1 steps") != std::string::npos);
  REQUIRE(sample(student, "5", "b.png").code == 0);
  REQUIRE(sample(student, "6", "c.png").code == 0);
  CHECK(slurp(directory / "a.png") == slurp(directory / "b.png"));
  CHECK(slurp(directory / "a.png") != slurp(directory / "c.png"));
  CHECK(io::read_png(directory / "a.png").width == 6 * 32 + 7);

  const auto refused = [&](const NamedTensors& tensors, const io::Metadata& metadata, const std::string& sentence) {
    io::write_safetensors(directory / "bad.safetensors", tensors, metadata);
    const Ended ended = sample(directory / "bad.safetensors", "5", "d.png");
    CAPTURE(ended.output, sentence);
    CHECK(ended.code == 4);
    CHECK(ended.output.find(sentence) != std::string::npos);
  };
  Philox random(1);
  const eigen::ClassMlpNetwork<float> mlp(EigenCpu<float>{}, {.width = 8, .blocks = 1}, random);
  refused(store_parameters(mlp.base()), {{"generator", "ClassMlp"}}, "try the program sample");
  refused(store_parameters(mlp.base()), {}, "is no PixelSit");
  const io::SafetensorsFile sit = io::read_safetensors(student);
  for (const char* const heads : {"0", "3", "two", "99999999999999999999"}) {
    io::Metadata metadata = sit.metadata;
    metadata["heads"] = heads;
    refused(sit.tensors, metadata, "heads");
  }
  refused(sit.tensors, {{"generator", "PixelSit"}}, "number of heads");
  NamedTensors fewer = sit.tensors;
  fewer.erase("blocks.0.attn.qkv.weight");
  refused(fewer, sit.metadata, "blocks.0.attn.qkv.weight");
  CHECK_FALSE(std::filesystem::exists(directory / "d.png"));
}
