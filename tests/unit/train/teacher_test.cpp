// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/eigen.hpp>
#include <dmdr/model/class_mlp.hpp>
#include <dmdr/train/teacher.hpp>

#include "support/catch.hpp"

using namespace dmdr;

namespace {

using Backend = EigenCpu<double>;
constexpr ClassMlp tiny{.data_size = 4, .classes = 3, .width = 8, .blocks = 1};

TeacherTrainer<ClassMlp, Backend> trainer_of(const TeacherSettings& settings, double value = 0.5) {
  Philox random(1);
  return {Backend{}, tiny, settings, eigen::ClassMlpNetwork<double>(Backend{}, tiny, random),
          [value](RandomSource&, std::uint64_t update, std::int64_t rows) {
            std::vector<double> images(static_cast<std::size_t>(rows * 4), value + 0.01 * static_cast<double>(update));
            std::vector<std::int64_t> labels(static_cast<std::size_t>(rows), 1);
            return std::pair(Backend{}.from_host({rows, 4}, images), ClassLabels(labels));
          }};
}

}  // namespace

TEST_CASE("a teacher's rate follows the schedule that its settings name") {
  TeacherSettings settings{.updates = 20, .batch = 2, .warm_up = 4};
  CHECK(rate_factor(settings, 12) == Approx(warm_cosine(12, 4, 20)));
  settings.schedule = RateSchedule::hold_linear;
  settings.hold = 0.5;
  CHECK(rate_factor(settings, 15) == Approx(0.5));
  auto trainer = trainer_of(settings);
  for (std::int64_t k = 0; k < 20; ++k)
    CHECK(trainer.step().learning_rate == settings.optimiser.learning_rate * hold_linear(k, 4, 0.5, 20));
  CHECK(trainer.finished());
}

TEST_CASE("a teacher that goes on from its state equals the one that never stopped, bit for bit") {
  const TeacherSettings settings{.updates = 12, .batch = 3, .warm_up = 2};
  auto whole = trainer_of(settings), first = trainer_of(settings), second = trainer_of(settings);
  for (int k = 0; k < 12; ++k) (void)whole.step();
  for (int k = 0; k < 5; ++k) (void)first.step();
  second.restore(first.state());
  CHECK(second.update() == 5);
  for (int k = 5; k < 12; ++k) (void)second.step();
  const NamedTensors a = whole.state(), b = second.state();
  REQUIRE(a.size() == b.size());
  for (const auto& [name, tensor] : a) CHECK(tensor.bytes == b.at(name).bytes);
}

TEST_CASE("a teacher skips updates of a loss that is not finite, and stops after too many in a row") {
  const TeacherSettings settings{.updates = 12, .batch = 2, .max_skips_in_row = 3};
  auto trainer = trainer_of(settings, std::numeric_limits<double>::infinity());
  const auto before = store_parameters(trainer.network().base());
  CHECK(trainer.step().skipped == "teacher loss");
  CHECK(trainer.step().skipped == "teacher loss");
  CHECK_THROWS_AS((void)trainer.step(), NumericError);
  for (const auto& [name, tensor] : store_parameters(trainer.network().base()))
    CHECK(tensor.bytes == before.at(name).bytes);
}

TEST_CASE("a teacher's state that does not fit is refused, and nothing is changed") {
  const TeacherSettings settings{.updates = 12, .batch = 2};
  auto trainer = trainer_of(settings);
  (void)trainer.step();
  const NamedTensors before = trainer.state();
  NamedTensors broken = before;
  broken.erase(broken.find("ema/" + store_parameters(trainer.network().base()).begin()->first));
  CHECK_THROWS_AS(trainer.restore(broken), FileError);
  broken = before;
  broken.erase("counters");
  CHECK_THROWS_AS(trainer.restore(broken), FileError);
  const NamedTensors after = trainer.state();
  for (const auto& [name, tensor] : before) CHECK(tensor.bytes == after.at(name).bytes);
}
