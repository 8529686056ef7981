// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/diffusion/time.hpp>

namespace dmdr {

/// Coefficients of `x_t = alpha x0 + sigma eps` at one time.
struct PathPoint {
  double alpha = 1;
  double sigma = 0;
};

/// A family of Gaussian marginals between data and noise.
template <class P>
concept Path = std::copyable<P> && requires(const P& path, Time t) {
  { path.at(t) } -> std::same_as<PathPoint>;
  { P::rectified } -> std::convertible_to<bool>;
};

/// Rectified flow: `x_t = (1-t) x0 + t eps`, velocity `eps - x0` (SiT-linear, SD3, FLUX; Liu et al. 2209.03003).
struct RectifiedFlow {
  static constexpr bool rectified = true;
  [[nodiscard]] PathPoint at(Time t) const { return {1 - t.value, t.value}; }
  [[nodiscard]] static Time time_of(NoiseLevel sigma) { return Time(sigma.value); }
};

/// Variance-preserving DDPM schedule with "scaled linear" betas (SD1.5, SDXL): `alpha^2 + sigma^2 = 1`.
///
/// `t` in [0,1] is the training index over its largest: `index = round(t (N-1))`. Tables are in double, as DMD2 has them.
class VpDdpm {
 public:
  static constexpr bool rectified = false;

  /// `steps` training steps, betas from `beta_start` to `beta_end`, linear in their square roots. Throws `ConfigError` on others.
  explicit VpDdpm(std::int64_t steps = 1000, double beta_start = 0.00085, double beta_end = 0.012,
                  Location where = Location::current()) {
    if (steps < 2 || !(beta_start > 0) || !(beta_end >= beta_start) || !(beta_end < 1))
      throw ConfigError("VpDdpm: needs at least 2 steps and 0 < beta_start <= beta_end < 1", where);
    double product = 1;
    for (std::int64_t i = 0; i < steps; ++i) {
      const double u = static_cast<double>(i) / static_cast<double>(steps - 1);
      const double root = std::sqrt(beta_start) + u * (std::sqrt(beta_end) - std::sqrt(beta_start));
      product *= 1 - root * root;
      alpha_bar_.push_back(product);
    }
  }
  [[nodiscard]] PathPoint at(TrainIndex index, Location where = Location::current()) const {
    if (index.value < 0 || index.value >= steps())
      throw NumericError("VpDdpm: index " + std::to_string(index.value) + " of " + std::to_string(steps()) + " steps",
                         where);
    const double alpha_bar = alpha_bar_[static_cast<std::size_t>(index.value)];
    return {std::sqrt(alpha_bar), std::sqrt(1 - alpha_bar)};
  }
  [[nodiscard]] PathPoint at(Time t) const { return at(index_of(t)); }
  [[nodiscard]] TrainIndex index_of(Time t) const {
    return TrainIndex(static_cast<std::int64_t>(std::llround(t.value * static_cast<double>(steps() - 1))));
  }
  [[nodiscard]] Time time_of(TrainIndex index) const {
    return Time(static_cast<double>(index.value) / static_cast<double>(steps() - 1));
  }
  [[nodiscard]] std::int64_t steps() const { return static_cast<std::int64_t>(alpha_bar_.size()); }

 private:
  std::vector<double> alpha_bar_;
};

/// Path coefficients of a batch as tensors `[B]`, for expressions.
template <class Tensor>
struct PathTensors {
  Tensor alpha;
  Tensor sigma;
};

/// `alpha` and `sigma` of every sample of a batch.
template <Backend B, Path P>
[[nodiscard]] PathTensors<typename B::Tensor> path_tensors(const B& backend, const P& path, const Times& times) {
  std::vector<double> alpha, sigma;
  for (const double t : times.values()) {
    const PathPoint point = path.at(Time(t));
    alpha.push_back(point.alpha);
    sigma.push_back(point.sigma);
  }
  const Shape shape{times.rows()};
  return {backend.from_host(shape, alpha), backend.from_host(shape, sigma)};
}

}  // namespace dmdr
