// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Row 11: SIGTERM, SIGINT and SIGUSR1 at random moments of a run in a process of its own.

#include <sys/time.h>

#include <chrono>
#include <csignal>
#include <random>

#include "faults/io_scale.hpp"
#include "support/catch.hpp"
#include "support/forked.hpp"
#include "support/tiny.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;

namespace {

using Tiny = tiny::Tiny<tiny::Full>;
constexpr int preempted = static_cast<int>(ExitCode::preempted);
constexpr int late = 70;  ///< exit code of a child that went on after its signal

std::vector<Stage> short_stages() {
  return {{.name = "first", .updates = 10}, {.name = "second", .updates = 10, .rl_weight = .5}};
}
RunSettings kept(const std::string& directory) { return {.directory = directory, .checkpoint_every = 5}; }

/// Steps that ended after a stop was asked for: the one under way, and no other.
struct StepsAfterStop {
  int count = 0;
  void on_step(const StepReport&) { count += StopSignals::received() != 0 ? 1 : 0; }
};

/// What the alarm sends; the alarm interrupts a run at whatever instruction it has come to.
volatile std::sig_atomic_t alarm_sends = 0;
void on_alarm(int) { raise(alarm_sends); }

/// Trains in this process until a signal or the end, `microseconds` after which comes `signal`.
int train(const std::string& directory, int signal, std::int64_t microseconds) {
  const StopSignals signals;
  Tiny tiny({}, Tiny::defaults(), short_stages());
  alarm_sends = signal;
  std::signal(SIGALRM, on_alarm);
  const itimerval once{{0, 0}, {0, static_cast<suseconds_t>(microseconds)}};
  setitimer(ITIMER_REAL, &once, nullptr);
  StepsAfterStop after;
  const RunEnd end = run(*tiny.trainer, kept(directory), after);
  if (after.count > 1) return late;
  return end == RunEnd::preempted ? preempted : 0;
}

}  // namespace

TEST_CASE("a run stopped by a signal at any moment leaves a checkpoint, and goes on bit for bit", "[faults]") {
  Tiny whole({}, Tiny::defaults(), short_stages());
  const auto start = std::chrono::steady_clock::now();
  {
    const test::TemporaryDirectory directory;
    run(*whole.trainer, kept(directory.path()));
  }
  auto length = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start).count();
  const NamedTensors expected = whole.trainer->state();

  std::mt19937_64 random(11);
  const int signals[] = {SIGTERM, SIGINT, SIGUSR1};
  const int stops = test::scaled(100);
  int stopped = 0, tries = 0;
  // Until that many signals have come during the run. How long one lasts varies with what else the machine does: a signal that came too late
  // shows that it lasts no longer than that, one that came in time lets the bound grow.
  for (; stopped < stops && tries < 20 * stops; ++tries) {
    const test::TemporaryDirectory directory;
    const auto moment = static_cast<std::int64_t>(1 + random() % static_cast<std::uint64_t>(length));
    CAPTURE(tries, moment);
    const int code = test::in_child([&] { return train(directory.path(), signals[tries % 3], moment); });
    REQUIRE((code == preempted || code == 0));
    stopped += code == preempted ? 1 : 0;
    length = code == preempted ? length + length / 20 : moment;
    Tiny second({}, Tiny::defaults(), short_stages());
    REQUIRE(resume(*second.trainer, directory.path()).found);
    CHECK(second.trainer->finished() == (code == 0));
    run(*second.trainer, {});
    CHECK(second.trainer->state() == expected);
  }
  CHECK(stopped == stops);
  WARN(tries << " signals: " << stopped << " came during the run and ended it with " << preempted
             << " within the step, " << tries - stopped << " too late; all went on to the same bits");
}

TEST_CASE("a second signal ends the process at once", "[faults]") {
  for (const int first : {SIGTERM, SIGINT, SIGUSR1})
    for (const int second : {SIGTERM, SIGINT, SIGUSR1}) {
      CAPTURE(first, second);
      const int code = test::in_child([&] {
        const StopSignals signals;
        raise(first);
        raise(second);
        return 0;
      });
      CHECK(code == 128 + second);
    }
}

TEST_CASE("afterwards the signals do what they did before", "[faults]") {
  const int code = test::in_child([] {
    std::signal(SIGTERM, SIG_DFL);
    { const StopSignals signals; }
    raise(SIGTERM);
    return 0;
  });
  CHECK(code == 128 + SIGTERM);
}
