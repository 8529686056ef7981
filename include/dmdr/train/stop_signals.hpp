// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

#include <dmdr/core/inline.hpp>

namespace dmdr {

/// What a program of the library returns to its caller.
enum class ExitCode : int {
  done = 0,
  failed = 1,     ///< an error that is none of the following
  preempted = 3,  ///< stopped by a signal; a checkpoint was written
  bad_input = 4,  ///< settings, flags or files that were refused
  diverged = 5,   ///< too many steps in a row were not finite
};

/// While it lives, SIGTERM, SIGINT and SIGUSR1 ask the run to stop at the next step; a second signal ends the process at once with 128 plus
/// its number. SIGPIPE is ignored, so that a reader that has gone makes a write fail and ends no run. One at a time in a process.
class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  /// The signal that came, or 0.
  [[nodiscard]] static int received() noexcept;

 private:
  struct sigaction before_[4];
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/train/stop_signals.ipp>  // IWYU pragma: export
#endif
