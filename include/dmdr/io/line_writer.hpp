// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <dmdr/core/inline.hpp>

namespace dmdr::io {

/// Puts /dev/null in the place of each standard stream that is closed: else the next file that is opened would get its number, and what
/// is printed. The first thing that a program does.
void open_standard_streams();

/// Whole lines for whoever watches a run: a terminal, a pipe, a log file. It never waits, throws or tears a line.
///
/// A line goes out in one write call and only where there is room for all of it; a reader that has stopped reading loses lines, which
/// are counted. After an error (the reader has gone, the disk is full) nothing more is written. A program that writes to pipes must
/// ignore SIGPIPE, as `StopSignals` does.
class LineWriter {
 public:
  explicit LineWriter(int descriptor = 1) : descriptor_(descriptor) {}

  /// Writes `line` and its end; false where it was left out.
  bool write_line(std::string_view line);
  /// Writes as it stands, for control sequences of a terminal.
  bool write(std::string_view text);

  /// Whether a bar can be drawn: a terminal that is not `TERM=dumb`.
  [[nodiscard]] bool is_terminal() const;
  /// Columns of the terminal; 80 where it does not say.
  [[nodiscard]] int columns() const;
  /// Lines that were left out.
  [[nodiscard]] std::int64_t lost() const noexcept { return lost_; }

 private:
  int descriptor_;
  bool broken_ = false;
  std::int64_t lost_ = 0;
};

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/line_writer.ipp>  // IWYU pragma: export
#endif
