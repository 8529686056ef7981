// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Row 7 over LibTorch, the other families: each resumes bit for bit.

#include "support/libtorch_catch.hpp"
#include "support/tiny_sit.hpp"

using namespace dmdr;

namespace {

template <class R>
void resumes_exactly() {
  tiny_sit::Tiny<R> whole;
  for (int i = 0; i < 20; ++i) REQUIRE(whole.trainer->step().skipped == "");
  REQUIRE(whole.trainer->updates() > 0);
  const NamedTensors expected = whole.trainer->state();
  tiny_sit::Tiny<R> first;
  for (int k = 1; k < 20; ++k) {
    (void)first.trainer->step();
    tiny_sit::Tiny<R> second;
    second.trainer->restore(first.trainer->state());
    for (int i = k; i < 20; ++i) (void)second.trainer->step();
    CAPTURE(k);
    CHECK(second.trainer->state() == expected);
  }
}

}  // namespace

TEST_CASE("over LibTorch DMD2 resumes bit for bit after any iteration") { resumes_exactly<tiny_sit::Dmd2Run>(); }
TEST_CASE("over LibTorch GNDM resumes bit for bit after any iteration") { resumes_exactly<tiny_sit::GndmRun>(); }
TEST_CASE("over LibTorch Decoupled-DMD resumes bit for bit after any iteration") {
  resumes_exactly<tiny_sit::DecoupledRun>();
}
