// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <unistd.h>

#include <climits>
#include <csignal>
#include <string>

#include <dmdr/io/line_writer.hpp>

#include "support/catch.hpp"

using namespace dmdr;

TEST_CASE("a reader that does not read makes nobody wait; it loses whole lines, which are counted") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  io::LineWriter out(ends[1]);
  const std::string line(999, 'x');
  int written = 0;
  while (out.write_line(line)) ++written;
  CHECK(written > 0);
  CHECK(out.lost() == 1);
  CHECK_FALSE(out.write_line(line));
  CHECK(out.lost() == 2);

  // What was read is whole lines, and with room again there are more.
  std::string text;
  char buffer[4096];
  REQUIRE(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
  for (ssize_t count = 0; (count = read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(count));
  CHECK(text.size() == 1000U * static_cast<std::size_t>(written));
  CHECK(text.back() == '\n');
  CHECK(out.write_line("again"));
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("a line too long to be written at once is cut and ends as a line") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  io::LineWriter out(ends[1]);
  CHECK(out.write_line(std::string(100000, 'x')));
  std::string text(200000, '\0');
  const ssize_t count = read(ends[0], text.data(), text.size());
  REQUIRE(count == PIPE_BUF);
  CHECK(text[PIPE_BUF - 1] == '\n');
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("after a reader has gone, or with no output at all, lines are left out and nothing is thrown") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  close(ends[0]);
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  io::LineWriter out(ends[1]);
  CHECK_FALSE(out.write_line("nobody reads"));
  CHECK_FALSE(out.write_line("nobody reads"));
  CHECK(out.lost() == 2);
  close(ends[1]);
  std::signal(SIGPIPE, before);
  io::LineWriter closed(ends[1]);
  CHECK_FALSE(closed.write_line("to a closed descriptor"));
  CHECK_FALSE(closed.is_terminal());
  CHECK(closed.columns() == 80);
}
