// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <dmdr/diffusion/mixture.hpp>

#include "support/catch.hpp"

using namespace dmdr;

namespace {

struct Low {
  using role = role::renoise;
  [[nodiscard]] Times times(const RenoiseContext& context) const {
    return {static_cast<std::int64_t>(context.samples.size()), Time(0.25)};
  }
};

template <class Law>
std::vector<double> drawn(const Law& law, const std::vector<std::int64_t>& samples) {
  Philox random(3);
  return law.times({random, Draw{"teacher_time", 7}, samples, 0, {}}).values();
}

}  // namespace

static_assert(RenoiseLaw<Mixture<LogitNormal<>, Uniform>>);

TEST_CASE("a mixture draws each law as often as its share says, and each law's own numbers") {
  const std::vector<std::int64_t> samples = iota_samples(100000);
  const std::vector<double> mixed = drawn(Mixture<Low, Uniform, 0.7>{}, samples), uniform = drawn(Uniform{}, samples);
  std::int64_t low = 0;
  for (std::size_t i = 0; i < mixed.size(); ++i) {
    if (mixed[i] == 0.25)
      ++low;
    else
      REQUIRE(mixed[i] == uniform[i]);
  }
  CHECK(static_cast<double>(low) / 1e5 == Approx(0.7).margin(0.005));  // the standard deviation is .0014
}

TEST_CASE("a mixture with share 1 or 0 is one of its laws, number for number") {
  const std::vector<std::int64_t> samples = iota_samples(1000);
  CHECK(drawn(Mixture<LogitNormal<0.4, 1.2>, Uniform, 1>{}, samples) == drawn(LogitNormal<0.4, 1.2>{}, samples));
  CHECK(drawn(Mixture<LogitNormal<0.4, 1.2>, Uniform, 0>{}, samples) == drawn(Uniform{}, samples));
}

TEST_CASE("a mixture's choice does not depend on the value that a law draws") {
  const std::vector<std::int64_t> samples = iota_samples(100000);
  const std::vector<double> mixed = drawn(Mixture<Low, Uniform, 0.5>{}, samples);
  double sum = 0;
  std::int64_t count = 0;
  for (const double t : mixed)
    if (t != 0.25) {
      sum += t;
      ++count;
    }
  CHECK(sum / static_cast<double>(count) == Approx(0.5).margin(0.006));  // five standard errors of a uniform mean
}

namespace {

template <int Percent>
struct Fixed {
  using role = role::renoise;
  [[nodiscard]] Times times(const RenoiseContext& context) const {
    return {static_cast<std::int64_t>(context.samples.size()), Time(Percent / 100.0)};
  }
};
/// A law around another one, as `WithinInput` is.
template <RenoiseLaw Law>
struct Around {
  using role = role::renoise;
  Law law{};
  [[nodiscard]] Times times(const RenoiseContext& context) const { return law.times(context); }
};

}  // namespace

TEST_CASE("a mixture inside of a mixture makes a choice of its own, behind another law's template, too") {
  const std::vector<std::int64_t> samples = iota_samples(100000);
  const auto shares = [&](const auto& law) {
    const std::vector<double> times = drawn(law, samples);
    return std::vector<double>{static_cast<double>(std::count(times.begin(), times.end(), 0.1)) / 1e5,
                               static_cast<double>(std::count(times.begin(), times.end(), 0.2)) / 1e5};
  };
  using Inner = Mixture<Fixed<10>, Fixed<20>, 0.5>;
  for (const std::vector<double>& found :
       {shares(Mixture<Inner, Fixed<30>, 0.5>{}), shares(Mixture<Around<Inner>, Fixed<30>, 0.5>{})}) {
    CHECK(found[0] == Approx(0.25).margin(0.007));
    CHECK(found[1] == Approx(0.25).margin(0.007));
  }
}
