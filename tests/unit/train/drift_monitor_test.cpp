// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include <dmdr/io/checkpoint_store.hpp>
#include <dmdr/train/drift_monitor.hpp>

#include "support/catch.hpp"
#include "support/tiny.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;
using namespace dmdr::tiny;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr eval::Colour data{.luminance = 0.5, .saturation = 0.2};
constexpr DriftSettings both{
    .warn_luminance = 0.03, .stop_luminance = 0.1, .warn_saturation = 0.05, .stop_saturation = 0.15, .patience = 2};

}  // namespace

TEST_CASE("within its bounds a colour drift says nothing; beyond them it says update, colour and data") {
  ColourDrift drift(both, data);
  CHECK(drift.look(1, data).empty());
  CHECK(drift.look(2, {.luminance = 0.529, .saturation = 0.16}).empty());
  const std::string darker = drift.look(75, {.luminance = 0.44, .saturation = 0.2});
  CHECK_THAT(darker, ContainsSubstring("update 75") && ContainsSubstring("luminance 0.440 (data 0.500)"));
  CHECK_THAT(drift.look(100, {.luminance = 0.5, .saturation = 0.3}),
             ContainsSubstring("saturation 0.300 (data 0.200)"));
  ColourDrift silent({.warn_luminance = 0, .warn_saturation = 0}, data);
  CHECK(silent.look(1, {.luminance = 0, .saturation = 1}).empty());
}

TEST_CASE("a colour drift ends the run after as many looks in a row as its patience, and NaN counts as beyond") {
  ColourDrift drift(both, data);
  const eval::Colour dark{.luminance = 0.35, .saturation = 0.2};
  CHECK_FALSE(drift.look(1, dark).empty());
  CHECK(drift.look(2, data).empty());  // back: the count begins anew
  CHECK_FALSE(drift.look(3, dark).empty());
  CHECK_THROWS_WITH(drift.look(4, {.luminance = std::numeric_limits<double>::quiet_NaN(), .saturation = 0.2}),
                    ContainsSubstring("update 4") && ContainsSubstring("2 looks in a row"));
}

TEST_CASE("a colour drift's count travels in checkpoints") {
  ColourDrift first(both, data), second(both, data);
  const eval::Colour dark{.luminance = 0.35, .saturation = 0.2};
  CHECK_FALSE(first.look(1, dark).empty());
  second.restore(first.state());
  CHECK_THROWS_AS((void)second.look(2, dark), NumericError);
  CHECK_THROWS_AS(second.restore({}), FileError);
}

TEST_CASE("settings and data of a colour drift that make no sense are refused") {
  CHECK_THROWS_AS(ColourDrift({.warn_luminance = 0.2, .stop_luminance = 0.1}, data), ConfigError);
  CHECK_THROWS_AS(ColourDrift({.warn_saturation = 0.2, .stop_saturation = 0.1}, data), ConfigError);
  CHECK_THROWS_AS(ColourDrift({.patience = 0}, data), ConfigError);
  CHECK_THROWS_AS(ColourDrift({}, {.luminance = 1.5}), ConfigError);
}

TEST_CASE("a drift monitor looks at the student every so many updates, and its drawing changes nothing of the run") {
  std::vector<std::string> said;
  Tiny<Full> watched, alone;
  DriftMonitor monitor(*watched.trainer,
                       ColourDrift({.every = 2, .warn_luminance = 1e-9, .warn_saturation = 0}, {.luminance = 0}),
                       {ClassLabels({0, 1, 2}), 1, 5}, [&](const std::string& line) { said.push_back(line); });
  CHECK(run(*watched.trainer, {.stop_after = 12}, monitor) == RunEnd::paused);
  CHECK(run(*alone.trainer, {.stop_after = 12}) == RunEnd::paused);
  REQUIRE(watched.trainer->updates() >= 4);
  REQUIRE(said.size() == static_cast<std::size_t>(watched.trainer->updates() / 2));
  CHECK_THAT(said[1], ContainsSubstring("update 4"));
  const NamedTensors a = watched.trainer->state(), b = alone.trainer->state();
  for (const auto& [name, tensor] : a) CHECK(tensor == b.at(name));

  const eval::Colour now = student_colour(*watched.trainer, {ClassLabels({0, 1, 2}), 1, 5});
  CHECK(now.luminance == student_colour(*watched.trainer, {ClassLabels({0, 1, 2}), 1, 5}).luminance);
  CHECK(now.luminance > 0);
  CHECK(now.luminance < 1);
}

TEST_CASE("a drift monitor ends a run with a diagnostic checkpoint") {
  const test::TemporaryDirectory directory;
  Tiny<Full> tiny;
  auto& trainer = *tiny.trainer;
  const std::vector<double> real(300, 0.9);
  const auto print = [](const std::string& warning) { std::puts(warning.c_str()); };
  const auto watched_run = [&] {
    // snippet begin: drift_monitor
    const eval::Colour data_colour = eval::mean_colour(real, 1, 4);  // grey images of four numbers
    DriftMonitor drift(trainer,
                       ColourDrift({.every = 1, .warn_luminance = .03, .stop_luminance = .1, .patience = 3},
                                   data_colour),
                       {.conditions = ClassLabels({0, 1, 2}), .channels = 1, .seed = 5}, print);
    run(trainer, {.directory = directory / "run", .checkpoint_every = 100}, drift);
    // snippet end: drift_monitor
  };
  CHECK_THROWS_WITH(watched_run(), ContainsSubstring("colour drift"));
  CHECK(trainer.updates() == 3);
  CHECK(io::CheckpointStore(directory / "run/diverged").load_newest().checkpoint.has_value());
}
