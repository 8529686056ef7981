// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <dmdr/core/host_tensor.hpp>
#include <dmdr/core/random.hpp>

namespace dmdr {

/// Draws that were recorded, by this library or by another code base: so that one step of both can be compared number by number.
///
/// A draw is the tensor `<prefix><stream>.<step>.<use>`, `[rows, ...]` with one row a sample: float64 or float32 for uniforms, normals and
/// Betas, int64 for indices, as the values that the caller gets. Of another rank than 0 its name ends in `.<rank>`. What is not there comes
/// from `rest`, or throws `Error` naming the draw where there is no `rest`.
class Replay final : public RandomSource {
 public:
  explicit Replay(NamedTensors draws, RandomSource* rest = nullptr, std::string prefix = "draw.")
      : draws_(std::move(draws)), rest_(rest), prefix_(std::move(prefix)) {}

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
  [[nodiscard]] const HostTensor* find(const Draw& draw) const;

  NamedTensors draws_;
  RandomSource* rest_;
  std::string prefix_;
};

/// Passes draws on from another source and keeps them, in the form that `Replay` reads. Rows are kept by sample: a draw for some samples
/// after others of the same name adds theirs.
class Recorder final : public RandomSource {
 public:
  explicit Recorder(RandomSource& source, std::string prefix = "draw.") : source_(source), prefix_(std::move(prefix)) {}

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

  /// Everything drawn so far, to be written to a file.
  [[nodiscard]] const NamedTensors& draws() const noexcept { return draws_; }

 private:
  template <class T>
  void keep(const Draw& draw, std::span<const std::int64_t> samples, std::int64_t row_size, std::span<const T> values);

  RandomSource& source_;
  std::string prefix_;
  NamedTensors draws_;
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/core/replay.ipp>  // IWYU pragma: export
#endif
