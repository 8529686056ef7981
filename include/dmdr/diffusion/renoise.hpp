// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/number.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/core/role.hpp>
#include <dmdr/diffusion/time.hpp>

namespace dmdr {

/// What a renoising law may look at.
struct RenoiseContext {
  RandomSource& random;
  Draw draw;
  std::span<const std::int64_t> samples;  ///< numbers of the batch's samples
  std::int64_t updates = 0;               ///< generator updates so far, the k of the annealed laws
  std::span<const double> input_times;    ///< noise level of each generator input
};

/// A law of the time at which an image is noised again before it is scored.
template <class R>
concept RenoiseLaw = std::copyable<R> && requires(const R& law, const RenoiseContext& context) {
  { law.times(context) } -> std::same_as<Times>;
};

/// Cosine from 1 at k = 0 to 0 at k >= K; K = 0 means that nothing is annealed: 1 for ever.
[[nodiscard]] double cosine_anneal(std::int64_t k, std::int64_t steps);

namespace detail {
// One number a sample.
[[nodiscard]] std::vector<double> uniforms(const RenoiseContext& context);
[[nodiscard]] std::vector<double> normals(const RenoiseContext& context);
[[nodiscard]] std::vector<double> betas(const RenoiseContext& context, double a, double b);

template <class F>
[[nodiscard]] Times map_uniform(const RenoiseContext& context, F f) {
  std::vector<double> times = uniforms(context);
  for (std::size_t i = 0; i < times.size(); ++i) times[i] = f(times[i], i);
  return Times(std::move(times));
}
}  // namespace detail

/// `t = floor + (1 - floor) U`; DMDR's code has floor = .001.
struct Uniform {
  using role = role::renoise;
  double floor = 0;

  [[nodiscard]] Times times(const RenoiseContext& context) const {
    return detail::map_uniform(context, [this](double u, std::size_t) { return floor + (1 - floor) * u; });
  }
  template <class V>
  void visit(V&& v) {
    v("floor", floor, Range{.low = 0, .high = 1, .high_open = true});
  }
};

/// `t ~ U(low, high)`: .02 to .98 in DMD and DMD2 (min/max_step_percent).
template <Number Low = 0.02, Number High = 0.98>
struct UniformClamp {
  using role = role::renoise;
  double low = Low;
  double high = High;

  [[nodiscard]] Times times(const RenoiseContext& context) const {
    return detail::map_uniform(context, [this](double u, std::size_t) { return low + (high - low) * u; });
  }
  template <class V>
  void visit(V&& v) {
    v("low", low, Range{0, 1});
    v("high", high, Range{0, 1});
  }
  [[nodiscard]] std::string contradiction() const { return low < high ? "" : "low must be below high"; }
};

/// DynaRS: `t ~ Beta(a(k), b(k))`, from Beta(A0, B0), mass near pure noise, by a cosine over K generator updates to Beta(1, 1)
/// (DMDR 2511.13649; its code calls the option "logit_normal"). K = 0: stays Beta(A0, B0).
template <Number A0 = 4, Number B0 = 1.5, std::int64_t K = 0>
struct BetaAnneal {
  using role = role::renoise;
  double a0 = A0;
  double b0 = B0;
  std::int64_t anneal_updates = K;

  struct Parameters {
    double a, b;
  };
  [[nodiscard]] Parameters parameters(std::int64_t updates) const {
    const double d = cosine_anneal(updates, anneal_updates);
    return {1 + (a0 - 1) * d, 1 + (b0 - 1) * d};
  }
  [[nodiscard]] Times times(const RenoiseContext& context) const {
    const Parameters p = parameters(context.updates);
    return Times(detail::betas(context, p.a, p.b));
  }
  template <class V>
  void visit(V&& v) {
    v("a0", a0, at_least(1));
    v("b0", b0, at_least(1));
    v("anneal_updates", anneal_updates, at_least(0));
  }
};

/// `t = sigmoid(mean + std n)`, n standard normal (SD3, Esser et al. 2403.03206).
template <Number Mean = 0, Number Std = 1>
struct LogitNormal {
  using role = role::renoise;
  double mean = Mean;
  double std = Std;

  [[nodiscard]] Times times(const RenoiseContext& context) const {
    std::vector<double> times = detail::normals(context);
    for (double& t : times) t = 1 / (1 + std::exp(-(mean + std * t)));
    return Times(std::move(times));
  }
  template <class V>
  void visit(V&& v) {
    v("mean", mean);
    v("std", std, at_least(0));
  }
};

/// `t ~ U(0, t_in)`: levels cleaner than the generator's input, for the CFG-augmentation term of Decoupled-DMD's hybrid schedule
/// (2511.22677).
struct BelowInput {
  using role = role::renoise;

  [[nodiscard]] Times times(const RenoiseContext& context) const {
    return detail::map_uniform(context, [&](double u, std::size_t i) { return u * context.input_times[i]; });
  }
};

/// `t = shift(u)` with u uniform on [low, high]: uniform in the index of a shifted schedule, so denser at high noise (SenseFlow 2506.00523).
template <Number Shift = 3, Number Low = 0.02, Number High = 0.98>
struct ShiftedIndex {
  using role = role::renoise;
  double shift = Shift;
  double low = Low;
  double high = High;

  [[nodiscard]] Times times(const RenoiseContext& context) const {
    return detail::map_uniform(context, [this](double u, std::size_t) {
      const double index = low + (high - low) * u;
      return shift * index / (1 + (shift - 1) * index);
    });
  }
  template <class V>
  void visit(V&& v) {
    v("shift", shift, positive);
    v("low", low, Range{0, 1});
    v("high", high, Range{0, 1});
  }
  [[nodiscard]] std::string contradiction() const { return low < high ? "" : "low must be below high"; }
};

// A law put into one slot; bare, it serves the distribution-matching term and the fake score.
template <RenoiseLaw L>
struct ForDm : L {
  using role = role::renoise_dm;
};
template <RenoiseLaw L>
struct ForCa : L {
  using role = role::renoise_ca;
};
template <RenoiseLaw L>
struct ForFake : L {
  using role = role::renoise_fake;
};

/// The CFG-augmentation term uses the time and noise of the distribution-matching term: then both together are plain DMD with CFG.
struct SharedWithDm {
  using role = role::renoise_ca;
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/diffusion/renoise.ipp>  // IWYU pragma: export
#endif
