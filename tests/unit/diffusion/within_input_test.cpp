// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <vector>

#include <dmdr/diffusion/mixture.hpp>
#include <dmdr/diffusion/within_input.hpp>

#include "support/catch.hpp"

using namespace dmdr;

namespace {

template <class Law>
std::vector<double> drawn(const Law& law, const std::vector<double>& input_times, std::int64_t updates = 0) {
  Philox random(3);
  const std::vector<std::int64_t> samples = iota_samples(static_cast<std::int64_t>(input_times.size()));
  return law.times({random, Draw{"renoise", 7}, samples, updates, input_times}).values();
}

std::vector<double> inputs() {
  std::vector<double> times;
  for (int i = 0; i < 1000; ++i) times.push_back(0.25 * (1 + i % 4));
  return times;
}

}  // namespace

static_assert(RenoiseLaw<WithinInput<BetaAnneal<4, 1.5, 100>>>);
static_assert(RenoiseLaw<Mixture<WithinInput<Uniform>, Uniform, 0.5>>);

TEST_CASE("times within the input are those of the law, in units of each sample's input time") {
  const std::vector<double> times = inputs();
  for (const std::int64_t updates : {0, 50, 200}) {
    const std::vector<double> free = drawn(BetaAnneal<4, 1.5, 100>{}, times, updates);
    const std::vector<double> within = drawn(WithinInput<BetaAnneal<4, 1.5, 100>>{}, times, updates);
    for (std::size_t i = 0; i < times.size(); ++i) {
      REQUIRE(within[i] == free[i] * times[i]);
      REQUIRE(within[i] < times[i]);
    }
  }
}

TEST_CASE("the uniform law within the input is the one below the input") {
  CHECK(drawn(WithinInput<Uniform>{}, inputs()) == drawn(BelowInput{}, inputs()));
}

TEST_CASE("times within the input are refused where there is no generator input") {
  Philox random(3);
  const std::vector<std::int64_t> samples = iota_samples(4);
  CHECK_THROWS_WITH(WithinInput<Uniform>{}.times({random, Draw{"teacher_time", 7}, samples, 0, {}}),
                    Catch::Contains("WithinInput: 4 samples come with 0 times of generator inputs"));
}
