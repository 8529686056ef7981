// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/diffusion/grid.hpp>

#include <string>
#include <vector>

#include "golden_file.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

const GoldenFile& golden() {
  static const GoldenFile file("diffusion");
  return file;
}

/// All times of a grid and the final 0.
std::vector<double> times_of(const Grid& grid) {
  std::vector<double> times;
  for (std::int64_t i = 0; i <= grid.steps(); ++i) times.push_back(grid[i].value);
  return times;
}

}  // namespace

TEST_CASE("shifted grids are those of the flow-matching Euler scheduler of diffusers") {
  for (const int shift : {1, 3, 5})
    for (const int steps : {1, 2, 4, 8}) {
      const std::string key = "grid.shift" + std::to_string(shift) + ".steps" + std::to_string(steps);
      INFO(key);
      const std::vector<double> times =
          times_of(Grid(GridSettings{.steps = steps, .shift = static_cast<double>(shift)}));
      CHECK(relative(times, golden().values(key)) < 1e-14);
      CHECK(relative(times, golden().values(key + ".diffusers")) < 2e-7);  // the scheduler computes in float32
    }
}

TEST_CASE("a grid that ends above 0 is divided before it is shifted, as in the few-step code for SD3") {
  std::vector<double> times = times_of(Grid(GridSettings{.steps = 4, .shift = 3, .ends_at = .001}));
  CHECK(times.back() == 0);
  times.pop_back();
  CHECK(relative(times, golden().values("grid.shift3.steps4.ends_at_001")) < 1e-14);
}
