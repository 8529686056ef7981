// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include "jobs.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

#include <dmdr/core/error.hpp>

namespace study {

void run_jobs(const std::vector<Job>& jobs, unsigned threads) {
  std::set<std::string> named;
  for (const Job& job : jobs) {
    if (!job.after.empty() && !named.contains(job.after))
      throw dmdr::Error("jobs: '" + job.name + "' comes after '" + job.after + "', and there is no such job before it");
    named.insert(job.name);
  }
  std::set<std::string> done;
  std::vector<bool> taken(jobs.size(), false);
  std::mutex mutex;
  std::condition_variable changed;
  std::exception_ptr failure;
  const auto work = [&] {
    std::unique_lock lock(mutex);
    for (;;) {
      std::size_t next = jobs.size();
      bool waiting = false;
      for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (taken[i]) continue;
        if (jobs[i].after.empty() || done.contains(jobs[i].after)) {
          next = i;
          break;
        }
        waiting = true;
      }
      if (failure) return;
      if (next == jobs.size()) {
        if (!waiting) return;
        changed.wait(lock);
        continue;
      }
      taken[next] = true;
      lock.unlock();
      std::exception_ptr thrown;
      try {
        jobs[next].work();
      } catch (...) {
        thrown = std::current_exception();
      }
      lock.lock();
      if (!thrown)
        done.insert(jobs[next].name);
      else if (!failure)
        failure = thrown;
      changed.notify_all();
    }
  };
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < std::max(1U, threads); ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace study
