// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include <dmdr/core/inline.hpp>
#include <dmdr/io/line_writer.hpp>
#include <dmdr/train/trainer_settings.hpp>

namespace dmdr {

/// How far a part of a program is.
struct PartProgress {
  std::string name{};
  std::int64_t done = 0;
  std::int64_t total = 0;
  double seconds = 0;     ///< since the part began, or was resumed
  std::int64_t from = 0;  ///< what was done already then
};

/// `0:07`, `2:05`, `1:00:00`: minutes and seconds, hours where there are any. Not a finite time of at least 0: `-:--`.
[[nodiscard]] std::string clock_text(double seconds);

/// `teacher: 1200 of 4000, 30 %, 412/s, 0:07 left`. Without a rate, where none can be told yet, or the time, where all is done.
[[nodiscard]] std::string progress_line(const PartProgress& part);

/// `teacher 1200/4000 [=====>              ] 412/s 0:07` in exactly `columns` columns, blanks behind; what does not fit is left
/// out: the bar first, then the rate, then the time.
[[nodiscard]] std::string progress_bar(const PartProgress& part, int columns);

/// How progress is shown.
enum class ProgressForm : std::uint8_t {
  automatic,  ///< bars on a terminal, lines elsewhere
  bars,
  lines,
};

struct ProgressSettings {
  ProgressForm form = ProgressForm::automatic;
  int descriptor = 1;
  double line_every = 5;            ///< seconds between two lines of a part
  double bar_every = 0.1;           ///< seconds between two drawings
  std::function<double()> clock{};  ///< seconds; a steady clock where empty
};

/// Tells on the standard output how far the parts of a program are, from any number of threads: one row of bars on a terminal, a line
/// now and then elsewhere. It never makes a run wait or fail (`io::LineWriter`).
class Progress {
 public:
  explicit Progress(ProgressSettings settings = {});
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// A part is `done` of `total`; its first call starts its clock.
  void update(const std::string& name, std::int64_t done, std::int64_t total);
  /// A part has ended; its bar goes.
  void finish(const std::string& name);
  /// A line of its own, with the seconds since the beginning before it.
  void say(const std::string& line);

  [[nodiscard]] bool draws_bars() const noexcept { return bars_; }

 private:
  struct Part {
    PartProgress shown;
    double began = 0;
    double told = 0;
  };
  void write_line(const std::string& line, double now);
  void draw();

  ProgressSettings settings_;
  io::LineWriter out_;
  bool bars_;
  double began_;
  double drawn_ = 0;
  bool visible_ = false;
  std::map<std::string, Part> parts_;
  std::mutex mutex_;
};

/// Callback of `run` that shows the generator updates of a trainer's run.
struct ShowProgress {
  Progress& progress;
  std::string name;
  std::int64_t total;      ///< updates of this run
  std::int64_t first = 0;  ///< updates that do not belong to it: an earlier run's

  void on_step(const StepReport& report) { progress.update(name, report.updates - first, total); }
  template <class End>
  void on_end(End) {
    progress.finish(name);
  }
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/train/progress.ipp>  // IWYU pragma: export
#endif
