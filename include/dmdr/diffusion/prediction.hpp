// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/expr/build.hpp>

namespace dmdr {

/// What a network's output means. Each is a tag type with the conversions to the clean image and to the noise, as expressions over
/// `x = alpha x0 + sigma eps`, the output, and the path coefficients (each an operand: a number, or `per_sample(...)`).

/// Velocity of rectified flow, `v = eps - x0`: `x0 = x - t v`, `eps = x + (1-t) v` with t = sigma, 1-t = alpha.
struct Velocity {
  static constexpr const char* name = "velocity";
  static constexpr bool needs_rectified = true;
  template <class X, class V, class A, class S>
  [[nodiscard]] static auto clean(X x, V v, A, S sigma) {
    return x - sigma * v;
  }
  template <class X, class V, class A, class S>
  [[nodiscard]] static auto noise(X x, V v, A alpha, S) {
    return x + alpha * v;
  }
  /// What the network is regressed on.
  template <class X0, class E, class A, class S>
  [[nodiscard]] static auto target(X0 x0, E eps, A, S) {
    return eps - x0;
  }
};

/// The noise: `x0 = (x - sigma eps) / alpha` (DDPM, SDXL). Undefined at alpha = 0.
struct Epsilon {
  static constexpr const char* name = "epsilon";
  static constexpr bool needs_rectified = false;
  template <class X, class V, class A, class S>
  [[nodiscard]] static auto clean(X x, V eps, A alpha, S sigma) {
    return (x - sigma * eps) / alpha;
  }
  template <class X, class V, class A, class S>
  [[nodiscard]] static auto noise(X, V eps, A, S) {
    return eps;
  }
  template <class X0, class E, class A, class S>
  [[nodiscard]] static auto target(X0, E eps, A, S) {
    return eps;
  }
};

/// The clean image itself: `eps = (x - alpha x0) / sigma`. The noise is undefined at sigma = 0.
struct CleanSample {
  static constexpr const char* name = "clean sample";
  static constexpr bool needs_rectified = false;
  template <class X, class V, class A, class S>
  [[nodiscard]] static auto clean(X, V x0, A, S) {
    return x0;
  }
  template <class X, class V, class A, class S>
  [[nodiscard]] static auto noise(X x, V x0, A alpha, S sigma) {
    return (x - alpha * x0) / sigma;
  }
  template <class X0, class E, class A, class S>
  [[nodiscard]] static auto target(X0 x0, E, A, S) {
    return x0;
  }
};

/// Velocity of a variance-preserving path, `v = alpha eps - sigma x0` (Salimans & Ho 2202.00512).
struct VpVelocity {
  static constexpr const char* name = "variance-preserving velocity";
  static constexpr bool needs_rectified = false;
  template <class X, class V, class A, class S>
  [[nodiscard]] static auto clean(X x, V v, A alpha, S sigma) {
    return alpha * x - sigma * v;
  }
  template <class X, class V, class A, class S>
  [[nodiscard]] static auto noise(X x, V v, A alpha, S sigma) {
    return sigma * x + alpha * v;
  }
  template <class X0, class E, class A, class S>
  [[nodiscard]] static auto target(X0 x0, E eps, A alpha, S sigma) {
    return alpha * eps - sigma * x0;
  }
};

/// One of the prediction types above.
template <class P>
concept Prediction = requires {
  { P::name } -> std::convertible_to<const char*>;
  { P::needs_rectified } -> std::convertible_to<bool>;
};

// Formulas over a batch; each serves value and gradient on every backend.

/// `x_t = alpha x0 + sigma eps`.
template <TensorHandle Tensor>
[[nodiscard]] auto noised(Tensor x0, Tensor eps, Tensor alpha, Tensor sigma) {
  return expr::per_sample(alpha, "alpha") * expr::full(x0, "x0") +
         expr::per_sample(sigma, "sigma") * expr::full(eps, "eps");
}
/// The clean image that an output of kind `P` stands for.
template <Prediction P, TensorHandle Tensor>
[[nodiscard]] auto clean_of(Tensor x, Tensor output, Tensor alpha, Tensor sigma) {
  return P::clean(expr::full(x, "x_t"), expr::full(output, "output"), expr::per_sample(alpha, "alpha"),
                  expr::per_sample(sigma, "sigma"));
}
/// The noise that an output of kind `P` stands for.
template <Prediction P, TensorHandle Tensor>
[[nodiscard]] auto noise_of(Tensor x, Tensor output, Tensor alpha, Tensor sigma) {
  return P::noise(expr::full(x, "x_t"), expr::full(output, "output"), expr::per_sample(alpha, "alpha"),
                  expr::per_sample(sigma, "sigma"));
}
/// Squared error of an output against its regression target (flow matching for `Velocity`, eps-MSE for `Epsilon`).
template <Prediction P, TensorHandle Tensor>
[[nodiscard]] auto squared_error_of(Tensor output, Tensor x0, Tensor eps, Tensor alpha, Tensor sigma) {
  return expr::square(expr::full(output, "output") - P::target(expr::full(x0, "x0"), expr::full(eps, "eps"),
                                                               expr::per_sample(alpha, "alpha"),
                                                               expr::per_sample(sigma, "sigma")));
}

}  // namespace dmdr
