// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Row 7 of the list of faults: a run that is stopped after any iteration and resumed from its checkpoint in a new process's objects ends bit for
// bit where an uninterrupted one does: weights, both optimisers, average, counters, memory of the policies, logged figures.

#include <sstream>
#include <vector>

#include "support/catch.hpp"
#include "support/tiny.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;

namespace {

constexpr std::int64_t iterations = 20;

/// Figures in full precision, and a memory that has to survive the stop.
struct Log {
  std::vector<double> figures;
  void on_step(const StepReport& r) {
    figures.insert(figures.end(),
                   {static_cast<double>(r.iteration), static_cast<double>(r.updates), r.fake_loss, r.fake_gradient_norm,
                    r.dm_loss, r.rl_loss, r.generator_gradient_norm, r.reward, r.mean_weight, r.ratio_deviation});
  }
  [[nodiscard]] NamedTensors state() const {
    NamedTensors named;
    named.emplace("figures", HostTensor::from<double>(Shape{static_cast<std::int64_t>(figures.size())}, figures));
    return named;
  }
  void restore(const NamedTensors& named) { figures = named.at("figures").as<double>(); }
};

template <class R>
void resumes_exactly() {
  tiny::Tiny<R> whole;
  Log whole_log;
  CHECK(run(*whole.trainer, {.stop_after = iterations}, whole_log) == RunEnd::paused);
  const NamedTensors expected = whole.trainer->state();
  REQUIRE(whole.trainer->updates() > 0);
  for (std::int64_t k = 1; k < iterations; ++k) {
    const test::TemporaryDirectory directory;
    {
      tiny::Tiny<R> first;
      Log log;
      run(*first.trainer, {.directory = directory.path(), .stop_after = k}, log);
    }
    tiny::Tiny<R> second;
    Log log;
    REQUIRE(resume(*second.trainer, directory.path(), log).found);
    CAPTURE(k);
    CHECK(second.trainer->iteration() == k);
    run(*second.trainer, {.stop_after = iterations - k}, log);
    CHECK(second.trainer->state() == expected);
    CHECK(log.figures == whole_log.figures);
  }
}

}  // namespace

TEST_CASE("DMDR with every stateful policy resumes bit for bit after any iteration") { resumes_exactly<tiny::Full>(); }
TEST_CASE("DMDR with GRPO resumes bit for bit after any iteration") { resumes_exactly<tiny::GrpoRun>(); }

TEST_CASE("the same seed gives the same run, another seed another") {
  const auto state = [](std::uint64_t seed) {
    TrainerSettings settings = tiny::Tiny<tiny::Full>::defaults();
    settings.seed = seed;
    tiny::Tiny<tiny::Full> tiny({}, settings);
    run(*tiny.trainer, {.stop_after = 8});
    return tiny.trainer->state();
  };
  CHECK(state(3) == state(3));
  CHECK_FALSE(state(3) == state(4));
}

TEST_CASE("a checkpoint of other settings, of another recipe or of another teacher is refused by name") {
  const test::TemporaryDirectory directory;
  tiny::Tiny<tiny::Full> first;
  run(*first.trainer, {.directory = directory.path(), .stop_after = 4});

  TrainerSettings settings = tiny::Tiny<tiny::Full>::defaults();
  settings.ratio = 3;
  tiny::Tiny<tiny::Full> other_settings({}, settings);
  CHECK_THROWS_WITH(resume(*other_settings.trainer, directory.path()),
                    Catch::Contains("settings differs") && Catch::Contains("ratio = 3"));

  tiny::Tiny<tiny::GrpoRun> other_recipe;
  CHECK_THROWS_WITH(resume(*other_recipe.trainer, directory.path()), Catch::Contains("recipe differs"));

  tiny::Tiny<tiny::Full> other_teacher;
  auto& weight = other_teacher.teacher.base().at("in.weight");
  tiny::Backend::assign(
      weight, tiny::Backend{}.from_host(shape_of(weight),
                                        std::vector<double>(static_cast<std::size_t>(shape_of(weight).numel()), .5)));
  tiny::Tiny<tiny::Full>::Trainer::Parts parts{.teacher = other_teacher.teacher};
  parts.conditions = [](RandomSource&, std::uint64_t, std::int64_t batch) {
    return ClassLabels(std::vector<std::int64_t>(static_cast<std::size_t>(batch), 0));
  };
  tiny::Full recipe;
  recipe.generator = tiny::spec;
  parts.reward.emplace(recipe.reward, std::tuple{eigen::ClassMarginModel<float>(other_teacher.classifier)});
  tiny::Tiny<tiny::Full>::Trainer trainer(tiny::Backend{}, recipe, tiny::Tiny<tiny::Full>::defaults(),
                                          tiny::Tiny<tiny::Full>::two_stages(), std::move(parts));
  CHECK_THROWS_WITH(resume(trainer, directory.path()), Catch::Contains("teacher_digest differs"));
}

TEST_CASE("a state that does not fit is refused whole: nothing of the trainer changes") {
  tiny::Tiny<tiny::Full> tiny;
  run(*tiny.trainer, {.stop_after = 3});
  const NamedTensors before = tiny.trainer->state();
  NamedTensors damaged = before;
  damaged.erase("fake/blocks.0.w1.lora_b");
  damaged.at("student/in.weight") = HostTensor::from<float>(Shape{1}, std::vector<float>{1});
  CHECK_THROWS_AS(tiny.trainer->restore(damaged), FileError);
  CHECK(tiny.trainer->state() == before);
}

TEST_CASE("a folder without checkpoints is nothing to resume from") {
  const test::TemporaryDirectory directory;
  tiny::Tiny<tiny::Full> tiny;
  CHECK_FALSE(resume(*tiny.trainer, directory.path()).found);
}
