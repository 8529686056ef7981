// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <dmdr/train/rate_schedule.hpp>

#include "support/catch.hpp"

using namespace dmdr;

TEST_CASE("hold_linear rises, holds and falls in straight lines, to the step after the last") {
  const auto rate = [](std::int64_t k) { return hold_linear(k, 10, 0.4, 100); };
  CHECK(rate(0) == Approx(0.1));
  CHECK(rate(9) == Approx(1));
  CHECK(rate(25) == 1);
  CHECK(rate(40) == 1);
  CHECK(rate(70) == Approx(0.5));
  CHECK(rate(99) == Approx(1.0 / 60));
  CHECK(hold_linear(5, 0, 0, 10) == Approx(0.5));  // no hold: from the start
  CHECK(hold_linear(9, 0, 1, 10) == 1);            // nothing but hold
}

TEST_CASE("warm_cosine rises in a straight line and falls along half a cosine") {
  CHECK(warm_cosine(0, 4, 20) == Approx(0.25));
  CHECK(warm_cosine(3, 4, 20) == 1);
  CHECK(warm_cosine(4, 4, 20) == 1);
  CHECK(warm_cosine(12, 4, 20) == Approx(0.5));
  CHECK(warm_cosine(20, 4, 20) == Approx(0).margin(1e-15));
}

TEST_CASE("a rate's course is constant by default, and whatever it is after its warm-up") {
  for (const std::int64_t k : {0, 7, 99, 100, 1000}) CHECK(RateCourse{}.factor(k, 100) == 1);
  const RateCourse rising{.warm_up = 5};
  CHECK(rising.factor(1, 100) == Approx(0.4));
  CHECK(rising.factor(4, 100) == 1);
  CHECK(rising.factor(50, 100) == 1);
}

TEST_CASE("a rate's course follows its schedule, and stays above 0 beyond its end") {
  const RateCourse linear{.schedule = RateSchedule::hold_linear, .hold = 0.5, .warm_up = 2};
  CHECK(linear.factor(0, 20) == Approx(0.5));
  CHECK(linear.factor(15, 20) == Approx(0.5));
  CHECK(linear.factor(20, 20) == linear.factor(19, 20));
  CHECK(linear.factor(500, 20) > 0);
  const RateCourse cosine{.schedule = RateSchedule::cosine};
  CHECK(cosine.factor(10, 20) == Approx(0.5));
  CHECK(cosine.factor(25, 20) == cosine.factor(19, 20));
  CHECK(cosine.factor(25, 20) > 0);
}
