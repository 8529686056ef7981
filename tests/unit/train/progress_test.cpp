// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <dmdr/train/progress.hpp>

#include "support/catch.hpp"

using namespace dmdr;

namespace {

/// Both ends of a pipe.
struct Pipe {
  int read_end = -1, write_end = -1;
  Pipe() {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    read_end = ends[0];
    write_end = ends[1];
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(read_end);
    close(write_end);
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (pollfd waiting{read_end, POLLIN, 0}; poll(&waiting, 1, 0) == 1;) {
      char buffer[4096];
      const ssize_t count = read(read_end, buffer, sizeof buffer);
      if (count <= 0) break;
      all.append(buffer, static_cast<std::size_t>(count));
    }
    return all;
  }
};

/// A terminal and the side that a person looks at.
struct Terminal {
  int person, program = -1;
  explicit Terminal(unsigned short columns) : person(posix_openpt(O_RDWR | O_NOCTTY)) {
    REQUIRE(person >= 0);
    REQUIRE(grantpt(person) == 0);
    REQUIRE(unlockpt(person) == 0);
    program = open(ptsname(person), O_RDWR | O_NOCTTY);
    REQUIRE(program >= 0);
    const winsize size{24, columns, 0, 0};
    REQUIRE(ioctl(program, TIOCSWINSZ, &size) == 0);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    close(person);
    close(program);
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (pollfd waiting{person, POLLIN, 0}; poll(&waiting, 1, 0) == 1;) {
      char buffer[4096];
      const ssize_t count = read(person, buffer, sizeof buffer);
      if (count <= 0) break;
      all.append(buffer, static_cast<std::size_t>(count));
    }
    return all;
  }
};

/// `TERM` as long as it lives.
struct TerminalName {
  std::string before;
  explicit TerminalName(const char* name) {
    if (const char* const old = getenv("TERM")) before = old;
    setenv("TERM", name, 1);
  }
  TerminalName(const TerminalName&) = delete;
  TerminalName& operator=(const TerminalName&) = delete;
  ~TerminalName() { before.empty() ? unsetenv("TERM") : setenv("TERM", before.c_str(), 1); }
};

}  // namespace

TEST_CASE("a time left is told in minutes, and in hours where there are any") {
  CHECK(clock_text(0) == "0:00");
  CHECK(clock_text(7.4) == "0:07");
  CHECK(clock_text(125) == "2:05");
  CHECK(clock_text(3600) == "1:00:00");
  CHECK(clock_text(86399.6) == "24:00:00");
  for (const double none : {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    CHECK(clock_text(none) == "-:--");
}

TEST_CASE("a line tells count, share, rate and the time that is left") {
  CHECK(progress_line({"teacher", 1200, 4000, 4}) == "teacher: 1200 of 4000, 30 %, 300/s, 0:09 left");
  CHECK(progress_line({"slow", 3, 9, 6}) == "slow: 3 of 9, 33 %, 0.50/s, 0:12 left");
  CHECK(progress_line({"done", 10, 10, 2}) == "done: 10 of 10, 100 %, 5.00/s");
}

TEST_CASE("the rate counts what was done here, not what a resumed run found done") {
  CHECK(progress_line({"arm", 150, 200, 5, 100}) == "arm: 150 of 200, 75 %, 10/s, 0:05 left");
}

TEST_CASE("where no rate can be told, none is: at the beginning, and after the clock went back") {
  CHECK(progress_line({"arm", 0, 200, 0}) == "arm: 0 of 200, 0 %");
  CHECK(progress_line({"arm", 5, 200, -3}) == "arm: 5 of 200, 2 %");
  CHECK(progress_bar({"arm", 5, 200, -3}, 40) == "arm 5/200 [>                      ] -:--");
}

TEST_CASE("a bar fills the columns exactly, whatever their number") {
  const PartProgress part{"teacher", 1200, 4000, 4};
  CHECK(progress_bar(part, 50) == "teacher 1200/4000 [=====>             ] 300/s 0:09");
  for (int columns = 0; columns <= 200; ++columns) {
    CAPTURE(columns);
    CHECK(progress_bar(part, columns).size() == static_cast<std::size_t>(columns));
  }
  CHECK(progress_bar(part, 30) == "teacher 1200/4000 300/s 0:09  ");
  CHECK(progress_bar(part, 24) == "teacher 1200/4000 0:09  ");
  CHECK(progress_bar(part, 10) == "teacher 12");
  CHECK(progress_bar({"a", 4, 4, 1}, 30) == "a 4/4 [==========] 4.00/s 0:00");
}

TEST_CASE("a pipe gets whole lines, now and then, and no control characters") {
  const Pipe out;
  double now = 0;
  Progress progress({.descriptor = out.write_end, .line_every = 5, .clock = [&] { return now; }});
  CHECK_FALSE(progress.draws_bars());
  for (int done = 0; done <= 100; ++done, now += .25) progress.update("arm", done, 100);
  progress.say("a line");
  progress.finish("arm");
  const std::string text = out.text();
  CHECK(text.back() == '\n');
  CHECK(text.find('\r') == std::string::npos);
  CHECK(text.find('\033') == std::string::npos);
  CHECK(text.find("[   0.0 s] arm: 0 of 100, 0 %\n") == 0);
  CHECK(text.find("arm: 20 of 100, 20 %, 4.00/s, 0:20 left\n") != std::string::npos);
  CHECK(text.find("a line\n") != std::string::npos);
  CHECK(text.find("arm: 100 of 100, 100 %, 3.96/s, took 0:25\n") != std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 8);
}

TEST_CASE("a terminal gets bars as wide as it is, and lines above them") {
  const TerminalName name("xterm");
  const Terminal terminal(60);
  double now = 0;
  {
    Progress progress({.descriptor = terminal.program, .clock = [&] { return now; }});
    CHECK(progress.draws_bars());
    progress.update("arm", 0, 10);
    CHECK(terminal.text() == "\r" + progress_bar({"arm", 0, 10, 0}, 59) + "\033[K");
    now = 1;
    progress.update("arm", 5, 10);
    CHECK(terminal.text() == "\r" + progress_bar({"arm", 5, 10, 1}, 59) + "\033[K");
    progress.update("other", 0, 10);
    const std::string both = terminal.text();
    CHECK(both ==
          "\r" + progress_bar({"arm", 5, 10, 1}, 28) + " | " + progress_bar({"other", 0, 10, 0}, 28) + "\033[K");
    progress.say("a line");
    CHECK(terminal.text().find("\r\033[K[   1.0 s] a line\r\n\r") == 0);
  }
  CHECK(terminal.text() == "\r\033[K");
}

TEST_CASE("a terminal that can only print gets lines") {
  const TerminalName name("dumb");
  const Terminal terminal(60);
  CHECK_FALSE(Progress({.descriptor = terminal.program}).draws_bars());
}
