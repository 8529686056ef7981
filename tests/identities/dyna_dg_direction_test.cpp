// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identity 4: the DMD gradient where one network with an adapter is both scores (DynaDG).

#include "identities/direction_bench.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

TEST_CASE("with DynaDG, equal scales of the adapter and no guidance give no gradient") {
  Dmdr<ClassMlp, DynaDg<2, 2, 10>, UniformClamp<>, SingleStage> recipe;
  CHECK(largest(Bench{}.direction(recipe, 1, 0).g()) == 0);
  CHECK(largest(Bench{}.direction(recipe, 1, 5).g()) > 1e-3);
}
