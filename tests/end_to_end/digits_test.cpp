// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// The main job from its command line: what it leaves, that it repeats, that it stops and goes on, and what it refuses.

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <dmdr/io/image.hpp>
#include <dmdr/io/safetensors.hpp>
#include <dmdr/model/sit.hpp>

#include "end_to_end/tiny_digits.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

Ended digits(const std::vector<std::string>& arguments, const std::function<void()>& prepare = {}) {
  return run_program(DMDR_DIGITS, arguments, prepare);
}
std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

const SharedRun& shared() {
  static const SharedRun run(DMDR_DIGITS, tiny_digits);
  REQUIRE(run.ended.code == 0);
  return run;
}

}  // namespace

TEST_CASE("a run leaves its table, summary, report, logs, pictures and students") {
  const std::string run = shared().place;
  const Ended& ended = shared().ended;
  INFO(ended.output);
  CHECK(ended.output.find("held-out") != std::string::npos);

  const auto summary = nlohmann::json::parse(slurp(run + "/summary.json"));
  std::vector<std::string> expected = digits_arms;
  expected.push_back("teacher");
  CHECK(summary.at("arms").size() == expected.size());
  for (const std::string& arm : expected)
    for (const char* key : {"reward", "held_out_reward", "frechet", "precision", "recall", "inception_score",
                            "seconds_per_image", "nfe"}) {
      CAPTURE(arm, key);
      CHECK(std::isfinite(summary.at("arms").at(arm).at(key).get<double>()));
    }
  CHECK(summary.at("arms").at("teacher").at("nfe") == 10);
  CHECK(summary.at("arms").at("dmd").at("nfe") == 4);
  CHECK(summary.at("arms").at("student_1step").at("nfe") == 1);
  CHECK(summary.at("seconds").at("total").get<double>() > 0);
  CHECK(summary.at("settings_digest").get<std::string>().size() == 32);

  for (const std::string& arm : digits_arms) {
    CAPTURE(arm);
    CHECK(lines_of(slurp(run + "/arms/" + arm + "/metrics.jsonl")) == 10);
    CHECK(io::read_png(run + "/pictures/" + arm + ".png").width > 200);
    bool board = false;
    for (const auto& entry : std::filesystem::directory_iterator(run + "/arms/" + arm))
      board = board || entry.path().filename().string().find("tfevents") != std::string::npos;
    CHECK(board);
  }
  const std::string report = slurp(run + "/report.html");
  CHECK(report.find("data:image/png;base64,") != std::string::npos);
  CHECK(report.find("<svg") != std::string::npos);
  CHECK(report.find("http://") == std::string::npos);
  CHECK(report.find("https://") == std::string::npos);
  CHECK(report.find("src=\"data:") != std::string::npos);
}

TEST_CASE("the same seed gives the same students and logs on one thread and on two") {
  const TemporaryDirectory directory;
  for (const char* threads : {"1", "2"}) {
    CAPTURE(threads);
    REQUIRE(digits(tiny_digits(directory / threads, {"--threads", threads})).code == 0);
    check_same_results(shared().place, directory / threads);
  }
}

TEST_CASE("a run stopped by SIGTERM exits with 3, and goes on to the results of one that was not") {
  const TemporaryDirectory directory;
  const std::string run = directory / "stopped";
  const std::vector<std::string> arguments = tiny_digits(run);
  {
    Child child(DMDR_DIGITS, arguments);
    REQUIRE(child.wait_for("update   12"));  // some arm has done its first stage
    child.signal(SIGTERM);
    CHECK(child.end().code == 3);
  }
  for (const int number : {SIGINT, SIGUSR1}) {
    Child child(DMDR_DIGITS, tiny_digits(run, {"--resume"}));
    child.wait_for("update");
    child.signal(number);
    const int code = child.end().code;
    CHECK((code == 3 || code == 0));
  }
  const Ended ended = digits(tiny_digits(run, {"--resume"}));
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  check_same_results(shared().place, run);
}

TEST_CASE("a run stopped while its models are trained goes on to the results of one that was not") {
  const TemporaryDirectory directory;
  const std::vector<std::string> longer{"--set", "teacher.updates=600", "--set", "model_checkpoint_every=150"};
  REQUIRE(digits(tiny_digits(directory / "whole", longer)).code == 0);
  const std::string run = directory / "stopped";
  std::vector<std::string> again = longer;
  again.emplace_back("--resume");
  {
    Child child(DMDR_DIGITS, tiny_digits(run, longer));
    REQUIRE(child.wait_for("teacher: "));
    child.signal(SIGTERM);
    CHECK(child.end().code == 3);
  }
  CHECK(std::filesystem::exists(run + "/checkpoints/teacher"));
  CHECK_FALSE(std::filesystem::exists(run + "/models/teacher.safetensors"));
  std::vector<std::string> other = again;
  other.insert(other.end(), {"--set", "teacher.batch=31"});
  const Ended refused = digits(tiny_digits(run, other));
  CHECK(refused.code == 4);
  CHECK(refused.output.find("other settings") != std::string::npos);
  const Ended ended = digits(tiny_digits(run, again));
  INFO(ended.output);
  REQUIRE(ended.code == 0);
  for (const char* name : {"teacher", "reward", "judge"}) {
    const io::SafetensorsFile whole = io::read_safetensors(directory / "whole/models/" + name + ".safetensors");
    const io::SafetensorsFile stopped = io::read_safetensors(run + "/models/" + name + ".safetensors");
    CHECK(whole.tensors == stopped.tensors);
    CHECK(whole.metadata == stopped.metadata);
  }
  check_same_results(directory / "whole", run);
}

TEST_CASE("with its standard streams closed a run ends as ever and prints into none of its files") {
  const TemporaryDirectory directory;
  REQUIRE(digits(tiny_digits(directory / "closed"), [] {
            close(1);
            close(2);
          }).code == 0);
  check_same_results(shared().place, directory / "closed");
}

TEST_CASE("several seeds give mean and spread, and the cold start its four arms") {
  const TemporaryDirectory directory;
  REQUIRE(digits(tiny_digits(directory / "seeds", {"--seeds", "2"})).code == 0);
  const auto summary = nlohmann::json::parse(slurp(directory / "seeds/summary.json"));
  CHECK(summary.at("seeds").size() == 2);
  CHECK(summary.at("arms").at("dmd").at("deviation").at("reward").get<double>() > 0);
  REQUIRE(digits(tiny_digits(directory / "cold", {"--cold-start"})).code == 0);
  const auto cold = nlohmann::json::parse(slurp(directory / "cold/summary.json")).at("arms");
  for (const char* arm : {"cold_dynars_dynadg", "cold_dynars", "cold_dynadg", "cold_neither"})
    CHECK(cold.contains(arm));
}

TEST_CASE("bad input is refused with exit code 4 and a sentence") {
  const TemporaryDirectory directory;
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& sentence) {
    const Ended ended = digits(arguments);
    CAPTURE(ended.output);
    CHECK(ended.code == 4);
    CHECK(ended.output.find(sentence) != std::string::npos);
  };
  refused({"--no-such-flag"}, "no-such-flag");
  refused(tiny_digits(directory / "a", {"--set", "studnet.batch=3"}), "student");
  refused(tiny_digits(directory / "a", {"--set", "student.batch=0"}), "student.batch");
  refused(tiny_digits(directory / "a", {"--set", "student.steps=0"}), "student.steps");
  refused(tiny_digits(directory / "a", {"--set", "tilt_beta=nan"}), "tilt_beta");
  spill(directory / "bad.toml", "seed = 1\n[student]\nbatsh = 3\n");
  refused(tiny_digits(directory / "a", {"--config", directory / "bad.toml"}), "bad.toml:3:1");
  refused(tiny_digits(directory / "a", {"--config", directory / "absent.toml"}), "absent.toml");

  const std::string data = slurp(DMDR_DIGITS_DATA);
  spill(directory / "cut.safetensors", data.substr(0, data.size() - 5));
  refused({"--data", directory / "cut.safetensors", "--output", directory / "a"}, "cut.safetensors");
  spill(directory / "foreign.safetensors", "PK\x03\x04 not a tensor file at all");
  refused({"--data", directory / "foreign.safetensors", "--output", directory / "a"}, "foreign.safetensors");
  NamedTensors numbers = io::read_safetensors(DMDR_DIGITS_DATA).tensors;
  numbers.at("images").bytes[70] = std::byte{17};
  io::write_safetensors(directory / "bright.safetensors", numbers, {});
  refused({"--data", directory / "bright.safetensors", "--output", directory / "a"}, "a pixel of 17");
  const Shape shape = numbers.at("images").shape;
  numbers.at("images") = HostTensor::from<float>(shape, std::vector<float>(static_cast<std::size_t>(shape.numel()),
                                                                           std::numeric_limits<float>::quiet_NaN()));
  io::write_safetensors(directory / "nan.safetensors", numbers, {});
  refused({"--data", directory / "nan.safetensors", "--output", directory / "a"}, "float32");
  spill(directory / "file", "");
  refused(tiny_digits(directory / "file"), "file");
  CHECK_FALSE(std::filesystem::exists(directory / "a/summary.json"));
}

TEST_CASE("resuming with other settings is refused and changes nothing") {
  const std::string student = shared().place + "/students/dmd.safetensors", before = slurp(student);
  const std::string settings = slurp(shared().place + "/settings.toml");
  const Ended ended = digits(tiny_digits(shared().place, {"--resume", "--set", "student.batch=17"}));
  CHECK(ended.code == 4);
  CHECK(ended.output.find("other settings") != std::string::npos);
  CHECK(slurp(student) == before);
  CHECK(slurp(shared().place + "/settings.toml") == settings);
}

TEST_CASE("where no file can grow any more, the run ends with a clear error") {
  const TemporaryDirectory directory;
  const Ended ended = digits(tiny_digits(directory / "run"), [] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{2048, 2048};
    setrlimit(RLIMIT_FSIZE, &limit);
  });
  CAPTURE(ended.output);
  CHECK(ended.code == 4);
  CHECK(ended.output.find("file error") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(directory / "run/summary.json"));
}

TEST_CASE("a saved student draws pictures that its seed decides") {
  const TemporaryDirectory directory;
  const std::string student = shared().place + "/students/tilted_joint.safetensors";
  const auto sample = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"--student", student};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(DMDR_SAMPLE, arguments);
  };
  REQUIRE(sample({"--class", "3", "--count", "6", "--seed", "5", "--output", directory / "a.png"}).code == 0);
  REQUIRE(sample({"--class", "3", "--count", "6", "--seed", "5", "--output", directory / "b.png"}).code == 0);
  REQUIRE(sample({"--class", "3", "--count", "6", "--seed", "6", "--output", directory / "c.png"}).code == 0);
  CHECK(slurp(directory / "a.png") == slurp(directory / "b.png"));
  CHECK(slurp(directory / "a.png") != slurp(directory / "c.png"));
  CHECK(io::read_png(directory / "a.png").width == 6 * 32 + 7);
  CHECK(sample({"--class", "10", "--output", directory / "d.png"}).code == 4);
  CHECK(sample({"--student", directory / "absent.safetensors"}).code == 4);
  spill(directory / "cut.safetensors", slurp(student).substr(0, 1000));
  CHECK(run_program(DMDR_SAMPLE, {"--student", directory / "cut.safetensors", "--output", directory / "d.png"}).code ==
        4);

  // What the run over LibTorch saves, here with all weights zero: with and without the name of its network.
  const SitSettings sit{.size = 8, .channels = 1, .width = 8, .depth = 1, .heads = 2, .classes = 10};
  NamedTensors tensors;
  for (const auto& [name, extents] : sit_parameters(sit))
    tensors.emplace(name, HostTensor::from<float>(extents, std::vector<float>(extents.numel())));
  for (const io::Metadata& metadata : {io::Metadata{{"generator", "PixelSit"}, {"heads", "2"}}, io::Metadata{}}) {
    io::write_safetensors(directory / "sit.safetensors", tensors, metadata);
    const Ended ended =
        run_program(DMDR_SAMPLE, {"--student", directory / "sit.safetensors", "--output", directory / "d.png"});
    CAPTURE(ended.output);
    CHECK(ended.code == 4);
    CHECK(ended.output.find(metadata.empty() ? "no ClassMlp" : "sample_libtorch") != std::string::npos);
  }
  CHECK_FALSE(std::filesystem::exists(directory / "d.png"));
}
