// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// What all studies share: jobs on threads, curves in checkpoints, what a log has of a step.

#include <algorithm>
#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>

#include "figures.hpp"
#include "jobs.hpp"
#include "step_log.hpp"
#include "support/catch.hpp"

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

TEST_CASE("the log of a generator update has the update's number and every loss, norm and weight of the report") {
  StepReport report;
  report.updates = 3;
  report.fake_loss = 0.5;
  report.ratio_deviation = 0.25;
  const std::vector<io::Metric> metrics = study::update_metrics(report);
  const auto value = [&](const std::string& name) {
    const auto found = std::find_if(metrics.begin(), metrics.end(), [&](const auto& m) { return m.first == name; });
    REQUIRE(found != metrics.end());
    return found->second;
  };
  CHECK(value("update") == 3);
  CHECK(value("fake_loss") == 0.5);
  CHECK(value("ratio_deviation") == 0.25);
  CHECK(value("mean_weight") == 1);
  for (const char* const name : {"dm_loss", "rl_loss", "reward", "generator_gradient_norm", "fake_gradient_norm"})
    CHECK(value(name) == 0);
}

TEST_CASE("an iteration that was skipped is named with its arm and what was not finite") {
  StepReport report;
  report.iteration = 7;
  report.skipped = "fake loss";
  CHECK(study::skip_line("dmd", report) == "dmd: iteration 7 skipped: fake loss");
}
