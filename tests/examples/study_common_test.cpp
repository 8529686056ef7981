// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// What all studies share: jobs on threads, curves in checkpoints, what is logged of an arm.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <dmdr/core/error.hpp>

#include "arm_log.hpp"
#include "figures.hpp"
#include "jobs.hpp"
#include "support/catch.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("jobs on two threads are all done once, each after the one that it names") {
  std::mutex mutex;
  std::vector<std::string> order;
  const auto job = [&](const std::string& name, const std::string& after) {
    return study::Job{name, after, [&mutex, &order, name] {
                        const std::scoped_lock lock(mutex);
                        order.push_back(name);
                      }};
  };
  study::run_jobs({job("a", ""), job("b", "a"), job("c", "b"), job("d", "")}, 2);
  REQUIRE(order.size() == 4);
  const auto place = [&](const char* name) { return std::find(order.begin(), order.end(), name) - order.begin(); };
  CHECK(place("a") < place("b"));
  CHECK(place("b") < place("c"));
  CHECK(place("d") < 4);
}

TEST_CASE("a job that throws ends the others that have not begun, and its exception arrives") {
  std::atomic<int> begun = 0;
  const std::vector<study::Job> jobs{{"bad", "", [] { throw std::runtime_error("this one"); }},
                                     {"after", "bad", [&] { ++begun; }},
                                     {"later", "", [&] { ++begun; }}};
  CHECK_THROWS_WITH(study::run_jobs(jobs, 1), "this one");
  CHECK(begun == 0);
}

TEST_CASE("a job after one that is not before it is refused") {
  CHECK_THROWS_WITH(study::run_jobs({{"b", "a", [] {}}, {"a", "", [] {}}}, 2),
                    ContainsSubstring("'b' comes after 'a', and there is no such job before it"));
}

TEST_CASE("a curve with further figures of the application comes back from a checkpoint as it was") {
  study::CurvePoint point{.update = 7};
  point.figures.frechet = 2.5;
  point.figures.extra = {0.25, 0.75};
  const HostTensor stored = study::curve_tensor({point, point});
  const std::vector<study::CurvePoint> back = study::curve_of(stored, 2);
  REQUIRE(back.size() == 2);
  CHECK(back[1].update == 7);
  CHECK(back[1].figures.frechet == 2.5);
  CHECK(back[1].figures.extra == std::vector<double>{0.25, 0.75});
  CHECK_THROWS_AS(study::curve_of(stored), FileError);
  CHECK(study::curve_of(study::curve_tensor({}), 2).empty());
}

TEST_CASE("the log of an arm has every generator update with all of its figures, and after a resume those lines once") {
  const test::TemporaryDirectory directory;
  const std::string place = directory / "arms/dmd";
  StepReport report;
  report.fake_loss = 0.5;
  report.ratio_deviation = 0.25;
  const auto update = [&](study::ArmLog& log, std::int64_t number) {
    report.iteration = 3 * number;
    report.updates = number;
    log.update(report);
  };
  {
    study::ArmLog log(place, 0, std::nullopt);
    for (const std::int64_t number : {1, 2, 3}) update(log, number);
  }
  study::ArmLog log(place, 6, 3);  // goes on from the checkpoint of the second update
  update(log, 3);
  std::istringstream lines(test::slurp(place + "/metrics.jsonl"));
  std::vector<nlohmann::json> found;
  for (std::string line; std::getline(lines, line);) found.push_back(nlohmann::json::parse(line));
  REQUIRE(found.size() == 3);
  CHECK(found[2].at("step") == 9);
  CHECK(found[2].at("update") == 3);
  CHECK(found[2].at("fake_loss") == 0.5);
  CHECK(found[2].at("ratio_deviation") == 0.25);
  CHECK(found[2].at("mean_weight") == 1);
  for (const char* const name : {"dm_loss", "rl_loss", "reward", "generator_gradient_norm", "fake_gradient_norm"})
    CHECK(found[2].at(name) == 0);
}

TEST_CASE(
    "a point of a curve is in the events with all that the application adds, and its line says what it asks for") {
  const test::TemporaryDirectory directory;
  const std::vector<study::ExtraColumn> extra{{.key = "ink", .title = "right ink"},
                                              {.key = "rules", .title = "rules held", .decimals = 2, .progress = true}};
  const study::Figures figures{.held_out_reward = 12.5, .frechet = 1.25, .recall = 0.75, .extra = {0.5, 0.875}};
  study::ArmLog(directory.path(), 0, std::nullopt).point(20, figures, extra);
  std::string events;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path()))
    if (entry.path().filename().string().starts_with("events.")) events += test::slurp(entry.path().string());
  for (const char* const tag : {"eval/held_out_reward", "eval/frechet", "eval/recall", "eval/ink", "eval/rules"})
    CHECK_THAT(events, ContainsSubstring(tag));
  CHECK(study::point_line("dmd", 20, figures, extra) ==
        "dmd            update   20  reward   0.00  held-out  12.50  FD   1.25  recall 0.750  rules held 0.88");
}

TEST_CASE("an iteration that was skipped is named with its arm and what was not finite") {
  StepReport report;
  report.iteration = 7;
  report.skipped = "fake loss";
  CHECK(study::skip_line("dmd", report) == "dmd: iteration 7 skipped: fake loss");
}
