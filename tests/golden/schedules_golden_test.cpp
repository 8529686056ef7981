// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/diffusion/guidance.hpp>
#include <dmdr/diffusion/renoise.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "golden_file.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

const GoldenFile& golden() {
  static const GoldenFile file("schedules");
  return file;
}

/// Values of `at(k)` over the golden update counts.
template <class F>
std::vector<double> over_updates(F at) {
  std::vector<double> values;
  for (const std::int64_t k : golden().integers("k")) values.push_back(at(k));
  return values;
}

}  // namespace

TEST_CASE("the adapter scale of the real score falls as DynaDG's formula says") {
  for (const auto& [name, start] : {std::pair{"075", .75}, std::pair{"050", .5}})
    for (const std::int64_t horizon : {20, 0}) {
      const std::string key = "dyna_dg.start" + std::string(name) + ".horizon" + std::to_string(horizon);
      INFO(key);
      DynaDg<> policy;
      policy.real_scale0 = start;
      policy.anneal_updates = horizon;
      CHECK(relative(over_updates([&](std::int64_t k) { return policy.real_scale(k); }), golden().values(key)) < 1e-14);
    }
}

TEST_CASE("the Beta of DynaRS goes to the uniform law as its formula says") {
  for (const std::int64_t horizon : {20, 0}) {
    const std::string key = "dyna_rs.horizon" + std::to_string(horizon);
    INFO(key);
    BetaAnneal<4, 1.5> policy;
    policy.anneal_updates = horizon;
    CHECK(relative(over_updates([&](std::int64_t k) { return policy.parameters(k).a; }), golden().values(key + ".a")) <
          1e-14);
    CHECK(relative(over_updates([&](std::int64_t k) { return policy.parameters(k).b; }), golden().values(key + ".b")) <
          1e-14);
  }
}

TEST_CASE("Beta draws have SciPy's distribution function, mean and variance at every stage of the annealing") {
  // With 40000 draws the distribution function is within .0135 everywhere but for one seed in a million (Dvoretzky, Kiefer, Wolfowitz).
  constexpr std::int64_t count = 40000;
  Philox random(7);
  const std::vector<double> places = golden().values("beta.x"), shares = golden().values("beta.p");
  for (const char* name : {"4_1.5", "2.5_1.25", "1.2_1.03", "1_1"}) {
    const std::string key = "beta." + std::string(name);
    INFO(key);
    const bool whole = std::string(name) == "1_1";  // its parameters are stored as whole numbers
    const double a = whole ? 1 : golden().values(key + ".parameters")[0],
                 b = whole ? 1 : golden().values(key + ".parameters")[1];
    std::vector<double> draws = random.beta(Draw{key}, count, a, b);
    double mean = 0, square = 0;
    for (const double x : draws) mean += x / count;
    for (const double x : draws) square += (x - mean) * (x - mean) / count;
    const double variance = golden().number(key + ".variance");
    CHECK(std::abs(mean - golden().number(key + ".mean")) < 5 * std::sqrt(variance / count));
    CHECK(std::abs(square / variance - 1) < .05);

    std::sort(draws.begin(), draws.end());
    const auto share_below = [&](double x) {
      return static_cast<double>(std::lower_bound(draws.begin(), draws.end(), x) - draws.begin()) / count;
    };
    const std::vector<double> distribution = golden().values(key + ".distribution"),
                              quantiles = golden().values(key + ".quantile");
    for (std::size_t i = 0; i < places.size(); ++i) CHECK(std::abs(share_below(places[i]) - distribution[i]) < .0135);
    for (std::size_t i = 0; i < shares.size(); ++i) CHECK(std::abs(share_below(quantiles[i]) - shares[i]) < .0135);
  }
}
