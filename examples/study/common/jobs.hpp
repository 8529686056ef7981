// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace study {

/// Something to do, after the job `after` where one is named.
struct Job {
  std::string name{};
  std::string after{};
  std::function<void()> work{};
};

/// Does all jobs on `threads` threads, in their order as far as `after` allows. Where one throws, no further job is begun, and its exception is
/// thrown when those that run have ended. Throws `Error` where `after` names no job before its own.
void run_jobs(const std::vector<Job>& jobs, unsigned threads);

}  // namespace study
