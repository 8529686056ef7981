// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <dmdr/eigen/backend.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::expr;

TEST_CASE("sixteen tensors and sixteen numbers fit into one formula") {
  const auto x = full(EigenCpu<double>{}.from_host({1, 2}, std::vector<double>{1, 2}));
  const auto four = 2 * x + 2 * x + 2 * x + 2 * x;
  CHECK(EigenCpu<double>::to_host(eval(four + four + four + four)) == std::vector<double>{32, 64});
}
