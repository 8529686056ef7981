// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <string>

#include <dmdr/core/error.hpp>
#include <dmdr/core/inline.hpp>
#include <dmdr/core/random.hpp>

// Without its intrinsics variants Random123's header costs a third of the compile time.
#define R123_USE_SSE 0
#define R123_USE_AES_NI 0
#define R123_USE_X86INTRIN_H 0
#define R123_USE_IMMINTRIN_H 0
#include <Random123/philox.h>

namespace dmdr {
namespace detail {

/// The uniforms of one sample of one draw, in order.
class SampleStream {
 public:
  SampleStream(std::uint64_t seed, const Draw& draw, std::int64_t sample) {
    constexpr std::uint64_t wide = 0xffffffffU, narrow = 0xffffU;
    if (draw.step > wide || draw.use > narrow || draw.rank > narrow || sample < 0 ||
        static_cast<std::uint64_t>(sample) > wide)
      throw NumericError("random draw '" + std::string(draw.stream) + "': step " + std::to_string(draw.step) +
                         ", use " + std::to_string(draw.use) + ", rank " + std::to_string(draw.rank) + ", sample " +
                         std::to_string(sample) + " leave the counter (32, 16, 16 and 32 bits)");
    // FNV-1a of the name, then the finaliser of SplitMix64 over name and seed.
    std::uint64_t key = 0xcbf29ce484222325U;
    for (const char c : draw.stream) key = (key ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    key = mix(key ^ mix(seed + 0x9e3779b97f4a7c15U));
    key_ = {{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)}};
    counter_ = {
        {0, static_cast<std::uint32_t>(sample), static_cast<std::uint32_t>(draw.step), (draw.rank << 16U) | draw.use}};
  }

  /// 53 random bits, in (0, 1).
  double uniform() {
    if (at_ == 4) refill();
    const std::uint64_t bits = (static_cast<std::uint64_t>(block_[at_]) << 32U) | block_[at_ + 1];
    at_ += 2;
    return open_unit(bits);
  }
  double normal() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const double radius = std::sqrt(-2 * std::log(uniform()));
    const double angle = 2 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
  }
  /// Gamma(shape, 1), shape >= 1 (Marsaglia and Tsang 2000).
  double gamma(double shape) {
    const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
    for (;;) {
      const double x = normal();
      const double root = 1 + c * x;
      if (root <= 0) continue;
      const double v = root * root * root;
      if (std::log(uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
    }
  }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  void refill() {
    const auto block = r123::Philox4x32()(counter_, key_);
    for (std::size_t i = 0; i < 4; ++i) block_[i] = block[i];
    if (++counter_[0] == 0) throw NumericError("random draw: a sample takes more than 2^33 numbers");
    at_ = 0;
  }

  r123::Philox4x32::key_type key_{};
  r123::Philox4x32::ctr_type counter_{};
  std::uint32_t block_[4] = {};
  std::size_t at_ = 4;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace detail

DMDR_INLINE std::vector<std::int64_t> iota_samples(std::int64_t rows) {
  std::vector<std::int64_t> samples(static_cast<std::size_t>(rows));
  std::iota(samples.begin(), samples.end(), std::int64_t{0});
  return samples;
}

DMDR_INLINE std::vector<double> RandomSource::uniform(const Draw& draw, std::int64_t rows, std::int64_t row_size) {
  std::vector<double> out(static_cast<std::size_t>(rows * row_size));
  uniform(draw, iota_samples(rows), row_size, out);
  return out;
}
DMDR_INLINE std::vector<double> RandomSource::normal(const Draw& draw, std::int64_t rows, std::int64_t row_size) {
  std::vector<double> out(static_cast<std::size_t>(rows * row_size));
  normal(draw, iota_samples(rows), row_size, out);
  return out;
}
DMDR_INLINE std::vector<double> RandomSource::beta(const Draw& draw, std::int64_t rows, double a, double b) {
  std::vector<double> out(static_cast<std::size_t>(rows));
  beta(draw, iota_samples(rows), a, b, out);
  return out;
}
DMDR_INLINE std::vector<std::int64_t> RandomSource::index(const Draw& draw, std::int64_t rows, std::int64_t bound) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(rows));
  index(draw, iota_samples(rows), bound, out);
  return out;
}

DMDR_INLINE void Philox::uniform(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t row_size,
                                 std::span<double> out) {
  auto value = out.begin();
  for (const std::int64_t sample : samples) {
    detail::SampleStream stream(seed_, draw, sample);
    for (std::int64_t i = 0; i < row_size; ++i) *value++ = stream.uniform();
  }
}
DMDR_INLINE void Philox::normal(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t row_size,
                                std::span<double> out) {
  auto value = out.begin();
  for (const std::int64_t sample : samples) {
    detail::SampleStream stream(seed_, draw, sample);
    for (std::int64_t i = 0; i < row_size; ++i) *value++ = stream.normal();
  }
}
DMDR_INLINE void Philox::beta(const Draw& draw, std::span<const std::int64_t> samples, double a, double b,
                              std::span<double> out) {
  if (!(a >= 1) || !(b >= 1))
    throw NumericError("random draw: Beta(" + std::to_string(a) + ", " + std::to_string(b) +
                       ") needs parameters of at least 1");
  auto value = out.begin();
  for (const std::int64_t sample : samples) {
    detail::SampleStream stream(seed_, draw, sample);
    const double x = stream.gamma(a);
    const double y = stream.gamma(b);
    *value++ = x / (x + y);
  }
}
DMDR_INLINE void Philox::index(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t bound,
                               std::span<std::int64_t> out) {
  if (bound <= 0) throw NumericError("random draw: an index needs a positive bound, got " + std::to_string(bound));
  auto value = out.begin();
  // The bias of the product is below 2^-53 * bound: invisible for any grid or group.
  for (const std::int64_t sample : samples)
    *value++ =
        static_cast<std::int64_t>(detail::SampleStream(seed_, draw, sample).uniform() * static_cast<double>(bound));
}

}  // namespace dmdr
