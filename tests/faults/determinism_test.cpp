// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Row 18: a run is the same, bit for bit, whether or not it is logged, shown and saved, and whatever runs beside it.

#include <fcntl.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include <dmdr/io/jsonl.hpp>
#include <dmdr/io/tensorboard.hpp>
#include <dmdr/train/progress.hpp>

#include "support/catch.hpp"
#include "support/tiny.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;

namespace {

/// Losses in full precision, and the state at the end.
struct Result {
  std::vector<double> losses;
  NamedTensors state;
  void on_step(const StepReport& r) {
    losses.insert(losses.end(), {r.fake_loss, r.dm_loss, r.rl_loss, r.reward, r.generator_gradient_norm});
  }
  friend bool operator==(const Result&, const Result&) = default;
};

template <class R, class... Callbacks>
Result train(const RunSettings& settings, Callbacks&... callbacks) {
  tiny::Tiny<R> tiny;
  Result result;
  run(*tiny.trainer, settings, result, callbacks...);
  result.state = tiny.trainer->state();
  return result;
}

double jumping_clock() {
  static int calls = 0;
  return ++calls % 3 == 0 ? -1e12 : 1e9 * calls;
}

template <class R>
void same_whatever_is_written() {
  const RunSettings plain{.stop_after = 20};
  const Result alone = train<R>(plain);
  CHECK(train<R>(plain) == alone);

  const test::TemporaryDirectory directory;
  struct Logs {
    io::MetricsLog lines;
    io::EventWriter events;
    void on_step(const StepReport& r) {
      lines.write(r.iteration, {{"fake_loss", r.fake_loss}, {"dm_loss", r.dm_loss}});
      events.add_scalar("fake_loss", r.fake_loss, r.iteration);
    }
  } logs{io::MetricsLog(directory / "metrics.jsonl"), io::EventWriter(directory / "events", {.clock = jumping_clock})};
  const int nowhere = open("/dev/null", O_WRONLY);
  REQUIRE(nowhere >= 0);
  Progress progress({.form = ProgressForm::bars, .descriptor = nowhere, .bar_every = 0, .clock = jumping_clock});
  ShowProgress show{progress, "arm", 100};
  CHECK(train<R>({.directory = directory / "run", .checkpoint_every = 3, .stop_after = 20}, logs, show) == alone);
  CHECK(logs.lines.last_step() == 19);
  close(nowhere);
}

}  // namespace

TEST_CASE("DMDR's losses and weights are the same bits twice, with and without logs, progress and checkpoints") {
  same_whatever_is_written<tiny::Full>();
}
TEST_CASE("DMDR with GRPO repeats too") { same_whatever_is_written<tiny::GrpoRun>(); }

TEST_CASE("two runs side by side on two threads are what each is alone") {
  const RunSettings settings{.stop_after = 20};
  const Result full = train<tiny::Full>(settings), grpo = train<tiny::GrpoRun>(settings);
  for (int i = 0; i < 5; ++i) {
    Result beside;
    std::thread other([&] { beside = train<tiny::GrpoRun>(settings); });
    const Result here = train<tiny::Full>(settings);
    other.join();
    CHECK(here == full);
    CHECK(beside == grpo);
  }
}
