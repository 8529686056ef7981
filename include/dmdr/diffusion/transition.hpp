// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/number.hpp>
#include <dmdr/core/role.hpp>
#include <dmdr/diffusion/path.hpp>
#include <dmdr/diffusion/prediction.hpp>

namespace dmdr {

/// A Gaussian step of the student: `x' = clean x0^ + noise eps^ + std z` with z ~ N(0, I).
struct TransitionCoefficients {
  double clean = 1;
  double noise = 0;
  double std = 0;
};

/// How the student goes from one time of its grid to the next.
template <class T>
concept Transition = std::copyable<T> && requires(const T& transition, PathPoint from, PathPoint to) {
  { transition.coefficients(from, to) } -> std::same_as<TransitionCoefficients>;
  { T::stochastic } -> std::convertible_to<bool>;
  { T::needs_rectified } -> std::convertible_to<bool>;
};

/// Renoising: `x' = alpha' x0^ + sigma' z` (DMD2, DMDR's "sde").
struct Renoise {
  using role = role::sampler;
  static constexpr bool stochastic = true;
  static constexpr bool needs_rectified = false;
  [[nodiscard]] TransitionCoefficients coefficients(PathPoint, PathPoint to) const { return {to.alpha, 0, to.sigma}; }
};

/// Euler step of the probability flow: `x' = x + (sigma' - sigma) v = (1-sigma') x0^ + sigma' eps^` (DMDR's "ode").
struct OdeEuler {
  using role = role::sampler;
  static constexpr bool stochastic = false;
  static constexpr bool needs_rectified = true;
  [[nodiscard]] TransitionCoefficients coefficients(PathPoint, PathPoint to) const { return {to.alpha, to.sigma, 0}; }
};

/// Deterministic DDIM on any path: `x' = alpha' x0^ + sigma' eps^` (Song et al. 2010.02502; TDM).
struct Ddim {
  using role = role::sampler;
  static constexpr bool stochastic = false;
  static constexpr bool needs_rectified = false;
  [[nodiscard]] TransitionCoefficients coefficients(PathPoint, PathPoint to) const { return {to.alpha, to.sigma, 0}; }
};

/// Coefficients-preserving sampling: `x' = (1-sigma') x0^ + sigma' (cos(eta pi/2) eps^ + sin(eta pi/2) z)` (2509.05952; RTDMD).
///
/// eta = 0 is Euler, eta = 1 is renoising; the noise level is preserved for every eta. The step to sigma' = 0 is deterministic.
template <Number Eta = 0.9>
struct Cps {
  using role = role::sampler;
  static constexpr bool stochastic = static_cast<double>(Eta) > 0;
  static constexpr bool needs_rectified = true;
  double eta = Eta;

  [[nodiscard]] TransitionCoefficients coefficients(PathPoint, PathPoint to) const {
    constexpr double half_pi = 1.57079632679489661923;
    // cos(pi/2) in doubles is 6e-17, not 0: eta = 1 must be renoising exactly.
    if (eta == 1) return {to.alpha, 0, to.sigma};
    return {to.alpha, to.sigma * std::cos(eta * half_pi), to.sigma * std::sin(eta * half_pi)};
  }
  template <class V>
  void visit(V&& v) {
    v("eta", eta, Range{0, 1});
  }
};

/// Flow-GRPO's SDE with the flow's marginals (2505.05470): with dt = sigma' - sigma < 0 and q = a sqrt(sigma / (1-sigma)),
/// `x' = x + v dt + q^2/(2 sigma) eps^ dt + q sqrt(-dt) z`.
///
/// At sigma = 1 the denominator alone becomes 1 - sigma'. The published sampler adds noise in the last step, too; at a few steps
/// that noise would stay in the image, so the step to sigma' = 0 is Euler unless `noisy_last_step` is set.
template <Number A = 0.7>
struct FlowSde {
  using role = role::sampler;
  static constexpr bool stochastic = static_cast<double>(A) > 0;
  static constexpr bool needs_rectified = true;
  double a = A;
  bool noisy_last_step = false;

  [[nodiscard]] TransitionCoefficients coefficients(PathPoint from, PathPoint to) const {
    if (to.sigma == 0 && !noisy_last_step) return {to.alpha, to.sigma, 0};
    const double dt = to.sigma - from.sigma;
    const double rest = from.sigma == 1 ? 1 - to.sigma : 1 - from.sigma;
    const double q2 = a * a * from.sigma / rest;
    return {to.alpha, to.sigma + q2 * dt / (2 * from.sigma), std::sqrt(-q2 * dt)};
  }
  template <class V>
  void visit(V&& v) {
    v("a", a, at_least(0));
    v("noisy_last_step", noisy_last_step);
  }
};

/// Mean of a transition from a network's output of kind `P`, every sample at the same time `from`.
template <Prediction P, TensorHandle Tensor>
[[nodiscard]] auto transition_mean(Tensor x, Tensor output, PathPoint from, TransitionCoefficients c) {
  return c.clean * P::clean(expr::full(x, "x"), expr::full(output, "output"), expr::scalar(from.alpha),
                            expr::scalar(from.sigma)) +
         c.noise * P::noise(expr::full(x, "x"), expr::full(output, "output"), expr::scalar(from.alpha),
                            expr::scalar(from.sigma));
}
/// The next state: mean + std z.
template <Prediction P, TensorHandle Tensor>
[[nodiscard]] auto transition_sample(Tensor x, Tensor output, Tensor z, PathPoint from, TransitionCoefficients c) {
  return transition_mean<P>(x, output, from, c) + c.std * expr::full(z, "z");
}

/// Log-density of a transition, averaged over the elements of the sample (Flow-GRPO): `[B]` by `row_mean`.
/// `-(x' - mu)^2 / (2 std^2) - log std - log(2 pi)/2`.
struct GaussianLogProb {
  static constexpr const char* name = "gaussian_log_prob";
  template <Prediction P, TensorHandle Tensor>
  [[nodiscard]] static auto elements(Tensor x, Tensor output, Tensor next, PathPoint from, TransitionCoefficients c) {
    constexpr double half_log_2pi = 0.91893853320467274178;
    return -expr::square(expr::full(next, "x_next") - transition_mean<P>(x, output, from, c)) / (2 * c.std * c.std) -
           expr::scalar(std::log(c.std) + half_log_2pi);
  }
};

/// What RTDMD's code uses in its place: `-(x' - mu)^2`, mean over elements. Not a density: it lacks the variance.
struct NegativeSquaredError {
  static constexpr const char* name = "negative_squared_error";
  template <Prediction P, TensorHandle Tensor>
  [[nodiscard]] static auto elements(Tensor x, Tensor output, Tensor next, PathPoint from, TransitionCoefficients c) {
    return -expr::square(expr::full(next, "x_next") - transition_mean<P>(x, output, from, c));
  }
};

}  // namespace dmdr
