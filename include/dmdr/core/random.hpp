// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace dmdr {

namespace detail {

/// 53 of 64 random bits as a number in (0, 1). The addition of one half rounds where it does not fit, hence the bound.
[[nodiscard]] constexpr double open_unit(std::uint64_t bits) noexcept {
  const double unit = (static_cast<double>(bits >> 11U) + 0.5) * 0x1.0p-53;
  return unit < 1 ? unit : 1 - 0x1.0p-53;
}

}  // namespace detail

/// Name of one batch of random draws. The same name gives the same numbers on every backend, rank layout and thread count.
struct Draw {
  std::string_view stream;  ///< what the draw is for: `"dm_noise"`, `"rollout_latent"`, ...
  std::uint64_t step = 0;   ///< iteration, update or epoch
  std::uint32_t use = 0;    ///< number of the draw within the step: a solver step, a member of a pack of draws
  std::uint32_t rank = 0;   ///< leave 0 for a stream that all ranks share
};

/// Where every random number of the library comes from.
///
/// A draw is a matrix: row r belongs to sample `samples[r]`, and depends on nothing else than `Draw` and that number. So a batch in
/// another order, a part of a batch, or a group that shares its noise (give its members the same number) all agree.
class RandomSource {
 public:
  RandomSource() = default;
  RandomSource(const RandomSource&) = delete;
  RandomSource& operator=(const RandomSource&) = delete;
  virtual ~RandomSource() = default;

  /// Uniform on the open interval (0, 1); `out` is [samples.size(), row_size], row-major.
  virtual void uniform(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t row_size,
                       std::span<double> out) = 0;
  /// Standard normal; `out` as above.
  virtual void normal(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t row_size,
                      std::span<double> out) = 0;
  /// Beta(a, b) with a, b >= 1, one number a sample.
  virtual void beta(const Draw& draw, std::span<const std::int64_t> samples, double a, double b,
                    std::span<double> out) = 0;
  /// Uniform integer in [0, bound), one number a sample.
  virtual void index(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t bound,
                     std::span<std::int64_t> out) = 0;

  // For samples 0..rows-1.
  [[nodiscard]] std::vector<double> uniform(const Draw& draw, std::int64_t rows, std::int64_t row_size = 1);
  [[nodiscard]] std::vector<double> normal(const Draw& draw, std::int64_t rows, std::int64_t row_size = 1);
  [[nodiscard]] std::vector<double> beta(const Draw& draw, std::int64_t rows, double a, double b);
  [[nodiscard]] std::vector<std::int64_t> index(const Draw& draw, std::int64_t rows, std::int64_t bound);
};

/// Counter-based draws (Philox 4x32-10, Salmon et al. 2011): key = (seed, stream), counter = (step, rank, use, sample, position).
///
/// It has no state, so a resumed run needs nothing of it. Fields are 32 bits wide but for `use` and `rank`, 16 bits; a value beyond
/// that throws `NumericError`. Normals are by Box and Muller from 53-bit uniforms.
class Philox final : public RandomSource {
 public:
  explicit Philox(std::uint64_t seed) : seed_(seed) {}

  using RandomSource::beta;
  using RandomSource::index;
  using RandomSource::normal;
  using RandomSource::uniform;
  void uniform(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t row_size,
               std::span<double> out) override;
  void normal(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t row_size,
              std::span<double> out) override;
  void beta(const Draw& draw, std::span<const std::int64_t> samples, double a, double b,
            std::span<double> out) override;
  void index(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t bound,
             std::span<std::int64_t> out) override;

 private:
  std::uint64_t seed_;
};

/// 0, 1, ..., rows-1.
[[nodiscard]] std::vector<std::int64_t> iota_samples(std::int64_t rows);

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/core/random.ipp>
#endif
