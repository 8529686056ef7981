// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// What a trainer refuses, and what it never touches.

#include <cmath>
#include <string>

#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace dmdr;
using Tiny = tiny::Tiny<tiny::Full>;

namespace {

void refused(TrainerSettings settings, std::vector<Stage> stages, const std::string& sentence) {
  CHECK_THROWS_WITH(Tiny({}, settings, std::move(stages)), Catch::Contains(sentence));
}
TrainerSettings with(auto change) {
  TrainerSettings settings = Tiny::defaults();
  change(settings);
  return settings;
}

}  // namespace

TEST_CASE("settings that make no run are refused when the trainer is made") {
  refused(with([](auto& s) { s.batch = 0; }), Tiny::two_stages(), "the batch is empty");
  refused(with([](auto& s) { s.ratio = 0; }), Tiny::two_stages(), "ratio must be at least 1");
  refused(with([](auto& s) { s.steps = 0; }), Tiny::two_stages(), "at least one step");
  refused(with([](auto& s) { s.shift = -1; }), Tiny::two_stages(), "shift must be positive");
  refused(Tiny::defaults(), {}, "no stages");
}

TEST_CASE("parts that are missing are named") {
  Tiny tiny;
  enum class Given { nothing, conditions, all };
  const auto make = [&](Given given) {
    tiny::Full recipe;
    recipe.generator = tiny::spec;
    Tiny::Trainer::Parts parts{.teacher = tiny.teacher};
    if (given != Given::nothing)
      parts.conditions = [](RandomSource&, std::uint64_t, std::int64_t) { return ClassLabels({0, 1}); };
    if (given == Given::all)
      parts.reward.emplace(ClassMargin{}, std::tuple{eigen::ClassMarginModel<float>(tiny.classifier)});
    Tiny::Trainer trainer(tiny::Backend{}, recipe, Tiny::defaults(), Tiny::two_stages(), std::move(parts));
    return trainer.step();
  };
  CHECK_THROWS_WITH(make(Given::nothing), Catch::Contains("parts.conditions is empty"));
  CHECK_THROWS_WITH(make(Given::conditions), Catch::Contains("parts.reward is empty"));
  CHECK_THROWS_WITH(make(Given::all), Catch::Contains("gave 2 conditions for a batch of 6"));
}

TEST_CASE("a stage that would train nothing is refused") {
  Tiny tiny({}, Tiny::defaults(), {{.name = "empty", .updates = 10, .dm_weight = 0}});
  CHECK_THROWS_WITH(
      [&] {
        for (int i = 0; i < 5; ++i) (void)tiny.trainer->step();
      }(),
      Catch::Contains("stage 'empty' has neither a DMD nor an RL weight"));
}

TEST_CASE("PureNoise refuses a grid of several steps") {
  using OneStep = tiny::Tiny<tiny::OneStepRun>;
  CHECK_THROWS_WITH(OneStep({}, OneStep::defaults()), Catch::Contains("one-step student"));
  TrainerSettings settings = OneStep::defaults();
  settings.steps = 1;
  OneStep one({}, settings);
  for (int i = 0; i < 5; ++i) CHECK(one.trainer->step().skipped.empty());
}

TEST_CASE("a batch of one trains") {
  Tiny tiny({}, with([](auto& s) { s.batch = 1; }));
  for (int i = 0; i < 9; ++i) CHECK(tiny.trainer->step().skipped.empty());
  CHECK(tiny.trainer->updates() == 4);
}

TEST_CASE("training leaves the teacher as it was, bit for bit") {
  Tiny tiny;
  const NamedTensors before = store_parameters(tiny.teacher.base());
  const NamedTensors student = tiny.trainer->state();
  for (int i = 0; i < 12; ++i) (void)tiny.trainer->step();
  CHECK(store_parameters(tiny.teacher.base()) == before);
  CHECK_FALSE(tiny.trainer->state() == student);
}

TEST_CASE("a student with an adapter trains the adapter only") {
  Tiny tiny({}, with([](auto& s) { s.student_adapter = true; }));
  const NamedTensors before = store_parameters(tiny.teacher.base());
  for (const auto& [name, tensor] : tiny.trainer->student_parameters()) CHECK(name.find("lora") != std::string::npos);
  const NamedTensors adapter = store_parameters(tiny.trainer->student_parameters());
  for (int i = 0; i < 12; ++i) CHECK(tiny.trainer->step().skipped.empty());
  CHECK_FALSE(store_parameters(tiny.trainer->student_parameters()) == adapter);
  CHECK(store_parameters(tiny.teacher.base()) == before);
  CHECK(tiny.trainer->student_adapter_scale() == 1);
}

TEST_CASE("the evaluated student is the average of the trained one") {
  Tiny tiny({}, with([](auto& s) { s.ema_decay = .5; }));
  auto average = store_parameters(tiny.trainer->student_parameters());
  for (int i = 0; i < 9; ++i) {
    if (!tiny.trainer->step().generator_updated) continue;
    for (auto& [name, tensor] : average) {
      std::vector<float> mean = tensor.as<float>();
      const std::vector<float> now = tiny::Backend::store(tiny.trainer->student_parameters().at(name)).as<float>();
      for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += .5F * (now[k] - mean[k]);
      tensor = HostTensor::from<float>(tensor.shape, std::span<const float>(mean));
    }
  }
  auto student = tiny.trainer->evaluation_student();
  CHECK(store_parameters(student.base()) == average);
}

TEST_CASE("stages follow each other by generator updates, and the report names them") {
  Tiny tiny;
  std::string names;
  for (int i = 0; i < 14; ++i) {
    const StepReport report = tiny.trainer->step();
    if (report.generator_updated) names += report.stage[0];
  }
  CHECK(names == "ffffss");
}

TEST_CASE("the rates of a stage take the course that it gives them, and each optimiser its own") {
  const RateCourse falling{.schedule = RateSchedule::hold_linear}, rising{.warm_up = 4};
  Tiny tiny({}, Tiny::defaults(), {{.updates = 4, .generator_rate = falling, .fake_rate = rising}});
  const double full = Tiny::defaults().generator.learning_rate;
  for (int update = 0; update < 4;) {
    const StepReport report = tiny.trainer->step();
    CHECK(report.fake_lr == full * rising.factor(update, 4));
    if (!report.generator_updated) continue;
    CHECK(report.generator_lr == full * falling.factor(update, 4));
    ++update;
  }
  // AdamW's first step has the length of its rate in every weight that has a gradient.
  const auto first_step = [](const RateCourse& course) {
    TrainerSettings settings = Tiny::defaults();
    settings.generator.weight_decay = 0;
    Tiny run({}, settings, {{.updates = 9, .generator_rate = course}});
    const auto before = tiny::Backend::to_host(run.trainer->student_parameters().at("out.weight"));
    while (!run.trainer->step().generator_updated) {
    }
    return std::abs(tiny::Backend::to_host(run.trainer->student_parameters().at("out.weight"))[0] - before[0]);
  };
  CHECK(first_step({}) == Approx(full).epsilon(1e-3));
  CHECK(first_step(rising) == Approx(full / 4).epsilon(1e-3));
}
