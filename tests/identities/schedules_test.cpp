// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identities 4, 5, 13: the two dynamics and the counting rules.

#include <cmath>

#include <dmdr/diffusion/guidance.hpp>
#include <dmdr/diffusion/renoise.hpp>
#include <dmdr/train/stages.hpp>

#include "support/catch.hpp"

using namespace dmdr;

TEST_CASE("DynaDG's real scale starts at s_r0, is half of it at K/2 and 0 from K on") {
  const DynaDg<2, .5, 2000> policy;
  CHECK(policy.real_scale(0) == .5);
  CHECK(policy.real_scale(1000) == Approx(.25).epsilon(1e-14));
  CHECK(policy.real_scale(2000) == 0);
  CHECK(policy.real_scale(5000) == 0);
  CHECK(policy.fake_scale == 2);
  const DynaDg<2, .5, 0> off;
  CHECK(off.real_scale(0) == 0);
}

TEST_CASE("DynaRS goes from Beta(4, 1.5) to the uniform law and stays where K is 0") {
  const BetaAnneal<4, 1.5, 100> law;
  CHECK(law.parameters(0).a == 4);
  CHECK(law.parameters(0).b == 1.5);
  CHECK(law.parameters(50).a == Approx(2.5).epsilon(1e-14));
  CHECK(law.parameters(100).a == 1);
  CHECK(law.parameters(1000).b == 1);
  const BetaAnneal<4, 1.5, 0> constant;
  CHECK(constant.parameters(100000).a == 4);

  Philox random(5);
  const std::vector<std::int64_t> samples = iota_samples(200000);
  const auto moments = [&](std::int64_t updates) {
    const Times times = law.times({random, Draw{"dm_time"}, samples, updates, {}});
    double mean = 0, square = 0;
    for (const double t : times.values()) mean += t / 2e5;
    for (const double t : times.values()) square += (t - mean) * (t - mean) / 2e5;
    return std::pair(mean, square);
  };
  CHECK(moments(0).first == Approx(4 / 5.5).margin(2e-3));
  CHECK(moments(100).first == Approx(.5).margin(3e-3));
  CHECK(moments(100).second == Approx(1.0 / 12).margin(1e-3));
}

TEST_CASE("after M iterations with ratio R the three rules have made the stated number of generator updates") {
  const auto count = [](const auto& rule, std::int64_t iterations, std::int64_t ratio) {
    std::int64_t turns = 0;
    for (std::int64_t m = 0; m < iterations; ++m) turns += rule.generator_turn(m, ratio) ? 1 : 0;
    return turns;
  };
  for (std::int64_t ratio = 1; ratio <= 7; ++ratio)
    for (std::int64_t iterations = 1; iterations <= 60; ++iterations) {
      CAPTURE(ratio, iterations);
      CHECK(count(DmdrTurns{}, iterations, ratio) == (iterations - 1) / ratio);
      CHECK(count(Dmd2Turns{}, iterations, ratio) == (iterations + ratio - 1) / ratio);
      CHECK(count(RtdmdTurns{}, iterations, ratio) == iterations / ratio);
    }
}
