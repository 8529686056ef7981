// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <dmdr/core/inline.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/io/append_file.hpp>
#include <dmdr/io/file_system.hpp>

namespace dmdr::io {

/// A named number that a run reports.
using Metric = std::pair<std::string, double>;

/// One line of a metrics log without its line end: `{"step":3,"reward":0.5,"loss":null,"non_finite":{"loss":"nan"}}`.
///
/// Numbers have 17 significant digits, so that they read back to the same double. One that is not finite is null, and `non_finite` says
/// which it was: `nan`, `inf` or `-inf`. Throws `FileError` where a name is not UTF-8, is given twice, or is `step` or `non_finite`.
[[nodiscard]] std::string metrics_line(std::int64_t step, const std::vector<Metric>& metrics,
                                       Location where = Location::current());

/// A log of metrics in JSON Lines: one object a line, each in one write call, in ascending steps.
///
/// Nothing in it depends on the clock, so that the log of a resumed run equals that of an uninterrupted one.
class MetricsLog {
 public:
  /// Opens `path` to go on behind its last line; makes it where it is absent. A last line without its end, which a lost machine may have
  /// left, is taken off. Throws `FileError` where the file cannot be opened or is no metrics log.
  explicit MetricsLog(const std::string& path, FileSystem& file_system = real_file_system(),
                      Location where = Location::current());

  /// Appends a line. Throws `FileError` where it cannot be written (the log then ends with the line before), and `NumericError` where
  /// `step` is below the last one: call `truncate_after` first.
  void write(std::int64_t step, const std::vector<Metric>& metrics, Location where = Location::current());

  /// Takes off the lines of steps above `step`: what a run that goes on from a checkpoint of `step` will write again.
  void truncate_after(std::int64_t step, Location where = Location::current());

  /// The step of the last line; below every step where there is none.
  [[nodiscard]] std::int64_t last_step() const noexcept { return last_step_; }

 private:
  static constexpr std::int64_t no_step = std::numeric_limits<std::int64_t>::min();

  FileSystem& file_system_;
  AppendFile file_;
  std::int64_t last_step_ = no_step;
};

}  // namespace dmdr::io

#ifndef DMDR_COMPILED
#include <dmdr/io/jsonl.ipp>  // IWYU pragma: export
#endif
