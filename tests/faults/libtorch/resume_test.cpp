// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Rows 7 and 18 of the list of faults over LibTorch on the host: exact resume of every family, on one and on two threads.

#include "support/libtorch_catch.hpp"
#include "support/tiny_sit.hpp"
#include "unit/io/temporary_directory.hpp"

using namespace dmdr;

namespace {

constexpr int iterations = 20;

// Before the first product of the process.
const bool deterministic = [] {
  libtorch::set_deterministic(true);
  return true;
}();

/// The number of threads of the process, until the end of the scope.
struct Threads {
  explicit Threads(int count) { libtorch::set_threads(count); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() { libtorch::set_threads(before); }
  int before = libtorch::threads();
};

template <class R>
NamedTensors whole_run(std::vector<double>* figures = nullptr) {
  tiny_sit::Tiny<R> tiny;
  for (int i = 0; i < iterations; ++i) {
    const StepReport r = tiny.trainer->step();
    REQUIRE(r.skipped == "");
    if (figures != nullptr)
      figures->insert(figures->end(),
                      {r.fake_loss, r.fake_gradient_norm, r.dm_loss, r.rl_loss, r.generator_gradient_norm});
  }
  REQUIRE(tiny.trainer->updates() > 4);
  return tiny.trainer->state();
}

template <class R>
void resumes_exactly() {
  for (const int threads : {1, 2}) {
    const Threads scope(threads);
    const NamedTensors expected = whole_run<R>();
    tiny_sit::Tiny<R> first;
    for (int k = 1; k < iterations; ++k) {
      (void)first.trainer->step();
      if (threads > 1 && k % 6 != 1) continue;
      tiny_sit::Tiny<R> second;
      second.trainer->restore(first.trainer->state());
      for (int i = k; i < iterations; ++i) (void)second.trainer->step();
      CAPTURE(k, threads);
      CHECK(second.trainer->state() == expected);
    }
  }
}

}  // namespace

TEST_CASE("over LibTorch DMDR with every stateful policy resumes bit for bit after any iteration") {
  resumes_exactly<tiny_sit::Full>();
}
TEST_CASE("over LibTorch DMDR with GRPO resumes bit for bit after any iteration") {
  resumes_exactly<tiny_sit::GrpoRun>();
}
TEST_CASE("over LibTorch a checkpoint on disk carries a run on bit for bit") {
  const NamedTensors expected = whole_run<tiny_sit::Full>();
  const test::TemporaryDirectory directory;
  {
    tiny_sit::Tiny<tiny_sit::Full> first;
    run(*first.trainer, {.directory = directory.path(), .stop_after = 7});
  }
  tiny_sit::Tiny<tiny_sit::Full> second;
  REQUIRE(resume(*second.trainer, directory.path()).found);
  run(*second.trainer, {.stop_after = iterations - 7});
  CHECK(second.trainer->state() == expected);
}
TEST_CASE("over LibTorch one and two threads give the same bits in deterministic mode") {
  REQUIRE(deterministic);
  std::vector<double> figures[2];
  NamedTensors states[2];
  for (const int threads : {1, 2}) {
    const Threads scope(threads);
    states[threads - 1] = whole_run<tiny_sit::Full>(&figures[threads - 1]);
  }
  CHECK(figures[0] == figures[1]);
  CHECK(states[0] == states[1]);
}
