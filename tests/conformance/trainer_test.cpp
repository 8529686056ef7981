// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "trainer_run.hpp"

// The one training loop over a backend that shares no code with the others: the same numbers, up to rounding.

using namespace dmdr;
using namespace dmdr::test;

namespace {

using Recipe = Dmdr<toy::Toy, toy::Linear, ReFL, SeparateFake, UniformClamp<>>;

}  // namespace

TEST_CASE("a run of the trainer gives the same weights, averages and moments on a backend of a user's own") {
  // Twelve iterations add up what one gradient may be off.
  check_alike(trained<Recipe>(minimal::Backend{}), trained<Recipe>(Reference{}),
              20 * Tolerance<minimal::Backend>::gradient);
}
