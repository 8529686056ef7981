// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "trainer_run.hpp"

// The named methods without a reward, on each backend.

using namespace dmdr;
using namespace dmdr::test;
using toy::Linear;
using toy::Toy;

TEST_CASE("DMD2 trains alike on every backend") { check_method<Dmd2<Toy, Cfg<1.5>>>(); }
TEST_CASE("GNDM trains alike on every backend") { check_method<Gndm<Toy>>(); }
TEST_CASE("Decoupled-DMD trains alike on every backend") { check_method<DecoupledDmd<Toy, Cfg<2>>>(); }
