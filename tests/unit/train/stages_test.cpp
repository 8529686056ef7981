// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <vector>

#include <dmdr/train/stages.hpp>

#include "support/catch.hpp"

using namespace dmdr;

namespace {

const std::vector<Stage> stages{{.name = "first", .updates = 10},
                                {.name = "second",
                                 .updates = 20,
                                 .generator_lr = 3,
                                 .generator_rate = {.schedule = RateSchedule::hold_linear, .hold = 0.5}}};

}  // namespace

TEST_CASE("an update lies in the stage that holds it, counted from where that begins") {
  CHECK(total_updates(stages) == 30);
  CHECK(stage_at(stages, 0).stage.name == "first");
  CHECK(stage_at(stages, 9).update == 9);
  CHECK(stage_at(stages, 9).stage.name == "first");
  CHECK(stage_at(stages, 10).stage.name == "second");
  CHECK(stage_at(stages, 10).update == 0);
  CHECK(stage_at(stages, 29).update == 19);
}

TEST_CASE("updates beyond the end belong to the last stage, at its last rate") {
  const StagePosition beyond = stage_at(stages, 35);
  CHECK(beyond.stage.name == "second");
  CHECK(beyond.update == 25);
  CHECK(beyond.generator_lr(1) == stage_at(stages, 29).generator_lr(1));
}

TEST_CASE("a stage's rates are the run's own or its own, times where its course is") {
  CHECK(stage_at(stages, 5).generator_lr(7) == 7);
  CHECK(stage_at(stages, 5).fake_lr(2) == 2);
  CHECK(stage_at(stages, 15).generator_lr(7) == 3);
  CHECK(stage_at(stages, 25).generator_lr(7) == Approx(1.5));
  CHECK(stage_at(stages, 25).fake_lr(2) == 2);  // its course is constant
}
