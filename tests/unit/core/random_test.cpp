// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/random.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;

namespace {

using Words = std::array<std::uint32_t, 4>;

// Philox 4x32-10 written from the paper (Salmon et al. 2011, section 3.3), to check the library's streams against.
Words philox(Words counter, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * counter[0], p1 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(p1 >> 32U) ^ counter[1] ^ key0, static_cast<std::uint32_t>(p1),
               static_cast<std::uint32_t>(p0 >> 32U) ^ counter[3] ^ key1, static_cast<std::uint32_t>(p0)};
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return counter;
}

std::uint64_t mix(std::uint64_t z) {  // the finaliser of SplitMix64
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}
std::uint64_t key_of(std::uint64_t seed, std::string_view stream) {
  std::uint64_t key = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : stream) key = (key ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return mix(key ^ mix(seed + 0x9e3779b97f4a7c15U));
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}
double moment_of(const std::vector<double>& values, double centre, int power) {
  double sum = 0;
  for (const double value : values) sum += std::pow(value - centre, power);
  return sum / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("the checking generator gives the published known answers of Philox 4x32-10") {
  CHECK(philox({0, 0, 0, 0}, 0, 0) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffff, 0xffffffff) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a uniform is the Philox block of its seed, stream, step, rank, use, sample and position") {
  Philox random(1234567890123456789U);
  const std::vector<std::int64_t> samples{7, 4294967295};
  std::vector<double> drawn(6);
  random.uniform(Draw{.stream = "dm_noise", .step = 4294967295U, .use = 65535, .rank = 3}, samples, 3, drawn);
  const std::uint64_t key = key_of(1234567890123456789U, "dm_noise");
  for (std::size_t row = 0; row < 2; ++row)
    for (std::uint32_t i = 0; i < 3; ++i) {
      const Words block = philox({i / 2, static_cast<std::uint32_t>(samples[row]), 4294967295U, (3U << 16U) | 65535U},
                                 static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U));
      const std::uint64_t bits = (std::uint64_t{block[i % 2 * 2]} << 32U) | block[i % 2 * 2 + 1];
      CHECK(drawn[row * 3 + i] == (static_cast<double>(bits >> 11U) + 0.5) * 0x1.0p-53);
    }
}

TEST_CASE("the numbers of a seed stay what they are from version to version") {
  Philox random(0);
  const std::vector<double> u = random.uniform(Draw{.stream = "dm_noise"}, 1, 2);
  const std::uint64_t key = key_of(0, "dm_noise");
  CHECK(key == 0xbdfc3e6d3670747fU);
  CHECK(u[0] == 0x1.09c19c3ad63b4p-1);
  CHECK(u[1] == 0x1.0b3ac01a40a44p-4);
}

TEST_CASE("a draw repeats, and every field of its name changes it") {
  Philox random(5), again(5), other(6);
  const Draw draw{.stream = "a", .step = 1, .use = 2, .rank = 3};
  const std::vector<double> numbers = random.normal(draw, 4, 8);
  CHECK(numbers == random.normal(draw, 4, 8));
  CHECK(numbers == again.normal(draw, 4, 8));
  CHECK(numbers != other.normal(draw, 4, 8));
  CHECK(numbers != random.normal(Draw{.stream = "b", .step = 1, .use = 2, .rank = 3}, 4, 8));
  CHECK(numbers != random.normal(Draw{.stream = "a", .step = 2, .use = 2, .rank = 3}, 4, 8));
  CHECK(numbers != random.normal(Draw{.stream = "a", .step = 1, .use = 3, .rank = 3}, 4, 8));
  CHECK(numbers != random.normal(Draw{.stream = "a", .step = 1, .use = 2, .rank = 4}, 4, 8));
}

TEST_CASE("a sample's numbers depend on neither the order nor the rest of the batch") {
  Philox random(5);
  const Draw draw{.stream = "order", .step = 9};
  const std::int64_t size = 5;  // odd: one of a pair of normals is left over
  const std::vector<double> all = random.normal(draw, 4, size);
  const std::vector<std::int64_t> some{3, 1, 1};
  std::vector<double> part(15), betas(3);
  random.normal(draw, some, size, part);
  for (std::size_t row = 0; row < some.size(); ++row)
    for (std::size_t i = 0; i < 5; ++i) CHECK(part[row * 5 + i] == all[static_cast<std::size_t>(some[row]) * 5 + i]);
  random.beta(draw, some, 4, 1.5, betas);
  const std::vector<double> all_betas = random.beta(draw, 4, 4, 1.5);
  CHECK(betas == std::vector<double>{all_betas[3], all_betas[1], all_betas[1]});
  std::vector<std::int64_t> indices(3);
  random.index(draw, some, 1000, indices);
  const std::vector<std::int64_t> all_indices = random.index(draw, 4, 1000);
  CHECK(indices == std::vector<std::int64_t>{all_indices[3], all_indices[1], all_indices[1]});
}

TEST_CASE("a longer row begins with the shorter one") {
  Philox random(5);
  const std::vector<double> longer = random.uniform(Draw{.stream = "row"}, 1, 9);
  const std::vector<double> shorter = random.uniform(Draw{.stream = "row"}, 1, 4);
  CHECK(std::equal(shorter.begin(), shorter.end(), longer.begin()));
}

// Bounds are five standard errors of the estimate over 200,000 numbers; the seed is fixed, so they hold or they do not.
TEST_CASE("uniforms have the moments of the unit interval") {
  Philox random(11);
  const std::vector<double> u = random.uniform(Draw{.stream = "moments"}, 1000, 200);
  CHECK_THAT(mean_of(u), WithinAbs(0.5, 5 * std::sqrt(1.0 / 12 / 200000)));
  CHECK_THAT(moment_of(u, 0.5, 2), WithinAbs(1.0 / 12, 5 * std::sqrt((1.0 / 80 - 1.0 / 144) / 200000)));
  CHECK(*std::min_element(u.begin(), u.end()) > 0);
  CHECK(*std::max_element(u.begin(), u.end()) < 1);
}

TEST_CASE("normals have mean 0, variance 1, skewness 0 and kurtosis 3") {
  Philox random(12);
  const std::vector<double> n = random.normal(Draw{.stream = "moments"}, 1000, 200);
  CHECK_THAT(mean_of(n), WithinAbs(0, 5 * std::sqrt(1.0 / 200000)));
  CHECK_THAT(moment_of(n, 0, 2), WithinAbs(1, 5 * std::sqrt(2.0 / 200000)));
  CHECK_THAT(moment_of(n, 0, 3), WithinAbs(0, 5 * std::sqrt(15.0 / 200000)));
  CHECK_THAT(moment_of(n, 0, 4), WithinAbs(3, 5 * std::sqrt(96.0 / 200000)));
}

TEST_CASE("neighbouring samples, steps and streams are uncorrelated") {
  Philox random(13);
  const std::vector<double> a = random.normal(Draw{.stream = "a"}, 100000);
  const std::vector<double> next_step = random.normal(Draw{.stream = "a", .step = 1}, 100000);
  const std::vector<double> next_stream = random.normal(Draw{.stream = "b"}, 100000);
  double sample = 0, step = 0, stream = 0;
  for (std::size_t i = 0; i + 1 < a.size(); ++i) {
    sample += a[i] * a[i + 1] / 100000;
    step += a[i] * next_step[i] / 100000;
    stream += a[i] * next_stream[i] / 100000;
  }
  CHECK_THAT(sample, WithinAbs(0, 5 / std::sqrt(100000.0)));
  CHECK_THAT(step, WithinAbs(0, 5 / std::sqrt(100000.0)));
  CHECK_THAT(stream, WithinAbs(0, 5 / std::sqrt(100000.0)));
}

TEST_CASE("Beta(4, 1.5) has mean 4/5.5 and its variance") {
  Philox random(14);
  const std::vector<double> t = random.beta(Draw{.stream = "beta"}, 200000, 4, 1.5);
  const double variance = 4 * 1.5 / (5.5 * 5.5 * 6.5);
  CHECK_THAT(mean_of(t), WithinAbs(0.7273, 1e-4 + 5 * std::sqrt(variance / 200000)));
  CHECK_THAT(moment_of(t, 4 / 5.5, 2), WithinAbs(variance, 0.01 * variance));
  CHECK(*std::min_element(t.begin(), t.end()) > 0);
  CHECK(*std::max_element(t.begin(), t.end()) < 1);
}

TEST_CASE("Beta(1, 1) is uniform: mean 1/2, variance 1/12") {
  Philox random(15);
  const std::vector<double> t = random.beta(Draw{.stream = "beta"}, 200000, 1, 1);
  CHECK_THAT(mean_of(t), WithinAbs(0.5, 5 * std::sqrt(1.0 / 12 / 200000)));
  CHECK_THAT(moment_of(t, 0.5, 2), WithinAbs(1.0 / 12, 5 * std::sqrt((1.0 / 80 - 1.0 / 144) / 200000)));
}

TEST_CASE("an index is uniform over its range and never leaves it") {
  Philox random(16);
  std::array<int, 4> count{};
  for (const std::int64_t i : random.index(Draw{.stream = "index"}, 40000, 4)) {
    REQUIRE(i >= 0);
    REQUIRE(i < 4);
    ++count[static_cast<std::size_t>(i)];
  }
  for (const int n : count) CHECK(std::abs(n - 10000) < 5 * std::sqrt(40000 * 0.25 * 0.75));
  CHECK(random.index(Draw{.stream = "index"}, 3, 1) == std::vector<std::int64_t>{0, 0, 0});
}

TEST_CASE("a uniform lies in the open interval for the smallest and the largest bits, too") {
  CHECK(detail::open_unit(0) == 0x1.0p-54);
  CHECK(detail::open_unit(~std::uint64_t{0}) < 1);
  CHECK(detail::open_unit(~std::uint64_t{0}) == 1 - 0x1.0p-53);
  CHECK(detail::open_unit(std::uint64_t{1} << 63U) == 0.5);
}

TEST_CASE("a draw beyond the counter is refused") {
  Philox random(0);
  CHECK_THROWS_WITH(random.uniform(Draw{.stream = "s", .step = std::uint64_t{1} << 32U}, 1),
                    ContainsSubstring("random draw 's': step 4294967296") && ContainsSubstring("leave the counter"));
  CHECK_THROWS_AS(random.normal(Draw{.stream = "s", .use = 1U << 16U}, 1), NumericError);
  CHECK_THROWS_AS(random.normal(Draw{.stream = "s", .rank = 1U << 16U}, 1), NumericError);
  double out = 0;
  for (const std::int64_t sample : {std::int64_t{-1}, std::int64_t{1} << 32U})
    CHECK_THROWS_AS(random.uniform(Draw{.stream = "s"}, std::span(&sample, 1), 1, std::span(&out, 1)), NumericError);
}

TEST_CASE("a Beta below 1 and an index without a range are refused") {
  Philox random(0);
  CHECK_THROWS_WITH(random.beta(Draw{.stream = "s"}, 1, 0.5, 1), ContainsSubstring("needs parameters of at least 1"));
  CHECK_THROWS_AS(random.beta(Draw{.stream = "s"}, 1, 1, std::nan("")), NumericError);
  CHECK_THROWS_WITH(random.index(Draw{.stream = "s"}, 1, 0), ContainsSubstring("positive bound, got 0"));
}
