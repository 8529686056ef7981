// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Row 7, the other families: each resumes bit for bit.

#include "support/catch.hpp"
#include "support/tiny.hpp"

using namespace dmdr;

namespace {

template <class R>
void resumes_exactly() {
  tiny::Tiny<R> whole;
  for (int i = 0; i < 20; ++i) (void)whole.trainer->step();
  REQUIRE(whole.trainer->updates() > 0);
  const NamedTensors expected = whole.trainer->state();
  for (int k = 1; k < 20; ++k) {
    tiny::Tiny<R> first, second;
    for (int i = 0; i < k; ++i) (void)first.trainer->step();
    second.trainer->restore(first.trainer->state());
    for (int i = k; i < 20; ++i) (void)second.trainer->step();
    CAPTURE(k);
    CHECK(second.trainer->state() == expected);
  }
}

}  // namespace

TEST_CASE("DMD2 resumes bit for bit after any iteration") { resumes_exactly<tiny::Dmd2Run>(); }
TEST_CASE("GNDM resumes bit for bit after any iteration") { resumes_exactly<tiny::GndmRun>(); }
TEST_CASE("Decoupled-DMD resumes bit for bit after any iteration") { resumes_exactly<tiny::DecoupledRun>(); }
