// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Row 24: a standard output that is closed, full or gone, a run directory that is removed or read-only, a disk that is full, a clock that jumps.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include <dmdr/io/jsonl.hpp>
#include <dmdr/train/progress.hpp>

#include "support/catch.hpp"
#include "support/forked.hpp"
#include "support/tiny.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;

namespace {

using Tiny = tiny::Tiny<tiny::Full>;
constexpr int refused = static_cast<int>(ExitCode::bad_input);

/// Trains 30 iterations with checkpoints and a log, showing progress on `descriptor`; `disturb(iteration)` is called after each.
template <class Disturb>
int train(const std::string& directory, int descriptor, Disturb disturb) {
  const StopSignals signals;
  Tiny tiny;
  Progress progress({.descriptor = descriptor, .line_every = 0});
  ShowProgress show{progress, "arm", 104};
  io::MetricsLog log(directory + ".jsonl");
  struct Step {
    io::MetricsLog& log;
    Disturb disturb;
    void on_step(const StepReport& r) {
      log.write(r.iteration, {{"fake_loss", r.fake_loss}});
      disturb(r.iteration);
    }
  } step{log, disturb};
  try {
    run(*tiny.trainer, {.directory = directory, .checkpoint_every = 5, .stop_after = 30}, show, step);
  } catch (const FileError&) {
    return refused;
  }
  return 0;
}
void nothing(std::int64_t) {}

/// Whole lines only, each a step.
std::int64_t last_logged(const std::string& path) {
  const std::string text = test::slurp(path);
  CHECK((text.empty() || text.back() == '\n'));
  return io::MetricsLog(path).last_step();
}
std::int64_t saved(const std::string& directory) {
  Tiny tiny;
  return resume(*tiny.trainer, directory).found ? tiny.trainer->iteration() : -1;
}

}  // namespace

TEST_CASE("a run goes on to its end where the standard output is closed, full, or read by nobody any more") {
  enum class Output { closed, full, gone };
  for (const Output output : {Output::closed, Output::full, Output::gone}) {
    const test::TemporaryDirectory directory;
    const std::string place = directory / "run";
    const int code = test::in_child([&] {
      int ends[2];
      if (pipe(ends) != 0) return 98;
      if (output == Output::closed) {
        close(1);
        io::open_standard_streams();
        return train(place, 1, nothing);
      }
      if (output == Output::gone) close(ends[0]);
      if (output == Output::full) {
        fcntl(ends[1], F_SETFL, O_NONBLOCK);
        while (write(ends[1], "xxxxxxxx", 8) == 8) {
        }
        fcntl(ends[1], F_SETFL, 0);
      }
      return train(place, ends[1], nothing);
    });
    CAPTURE(static_cast<int>(output));
    CHECK(code == 0);
    CHECK(saved(place) == 30);
    CHECK(last_logged(place + ".jsonl") == 29);
  }
}

TEST_CASE(
    "where the run's directory is removed on the way, the next save ends the run with the code of a refused file") {
  const test::TemporaryDirectory directory;
  const std::string place = directory / "run";
  const int code = test::in_child([&] {
    return train(place, open("/dev/null", O_WRONLY), [&](std::int64_t iteration) {
      if (iteration == 12) std::filesystem::remove_all(place);
    });
  });
  CHECK(code == refused);
  CHECK(last_logged(place + ".jsonl") == 14);
}

TEST_CASE("where the run's directory becomes read-only, the run ends with that code and its checkpoints stay") {
  const test::TemporaryDirectory directory;
  const std::string place = directory / "run";
  constexpr uid_t nobody = 65534;
  REQUIRE(chmod(directory.path().c_str(), 0777) == 0);
  const int code = test::in_child([&] {
    if (geteuid() == 0 && setuid(nobody) != 0) return 98;  // nothing is read-only to root
    return train(place, open("/dev/null", O_WRONLY), [&](std::int64_t iteration) {
      if (iteration == 12) chmod(place.c_str(), 0555);
    });
  });
  CHECK(code == refused);
  CHECK(saved(place) == 10);
  CHECK(last_logged(place + ".jsonl") == 14);
  chmod(place.c_str(), 0755);
}

TEST_CASE("a log that cannot grow ends with a whole line, wherever the disk ends") {
  for (rlim_t limit = 900; limit < 940; ++limit) {
    const test::TemporaryDirectory directory;
    const std::string path = directory / "metrics.jsonl";
    const int code = test::in_child([&] {
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit size{limit, limit};
      if (setrlimit(RLIMIT_FSIZE, &size) != 0) return 98;
      io::MetricsLog log(path);
      try {
        for (std::int64_t step = 0;; ++step) log.write(step, {{"fake_loss", 1. / static_cast<double>(step + 3)}});
      } catch (const FileError&) {
        return refused;
      }
    });
    CAPTURE(limit);
    CHECK(code == refused);
    CHECK(last_logged(path) > 10);
    CHECK(std::filesystem::file_size(path) <= limit);
  }
}

TEST_CASE("a clock that jumps back and forth changes nothing but the times that are told") {
  int calls = 0;
  Progress progress({.descriptor = -1, .clock = [&calls] { return ++calls % 2 == 0 ? -1e15 : 1e15; }});
  Tiny tiny;
  ShowProgress show{progress, "arm", 104};
  CHECK(run(*tiny.trainer, {.stop_after = 10}, show) == RunEnd::paused);
  CHECK(calls > 10);
  CHECK(tiny.trainer->iteration() == 10);
}
