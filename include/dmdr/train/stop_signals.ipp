// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <csignal>

#include <dmdr/train/stop_signals.hpp>

namespace dmdr {
namespace detail {

inline constexpr int handled_signals[4] = {SIGTERM, SIGINT, SIGUSR1, SIGPIPE};

inline volatile std::sig_atomic_t& stop_signal() noexcept {
  static volatile std::sig_atomic_t signal = 0;
  return signal;
}

extern "C" inline void dmdr_on_stop_signal(int signal) {
  if (stop_signal() != 0) _exit(128 + signal);
  stop_signal() = signal;
}

}  // namespace detail

DMDR_INLINE StopSignals::StopSignals() {
  detail::stop_signal() = 0;
  for (int i = 0; i < 4; ++i) {
    struct sigaction action = {};
    action.sa_handler = detail::handled_signals[i] == SIGPIPE ? SIG_IGN : &detail::dmdr_on_stop_signal;
    sigemptyset(&action.sa_mask);
    sigaction(detail::handled_signals[i], &action, &before_[i]);
  }
}

DMDR_INLINE StopSignals::~StopSignals() {
  for (int i = 0; i < 4; ++i) sigaction(detail::handled_signals[i], &before_[i], nullptr);
}

DMDR_INLINE int StopSignals::received() noexcept { return detail::stop_signal(); }

}  // namespace dmdr
