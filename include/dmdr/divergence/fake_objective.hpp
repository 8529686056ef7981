// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/core/role.hpp>
#include <dmdr/diffusion/prediction.hpp>

namespace dmdr {

/// What the fake score is regressed on; `elements<Kind>(...)` is the squared error at every element, for an output of kind `Kind`.
template <class O>
concept FakeObjective = std::copyable<O> && std::same_as<role_of_t<O>, role::fake_objective>;

/// The network's output against its own target: `(v - (eps - x0))^2` for a velocity (DMDR).
struct FlowMatching {
  using role = role::fake_objective;
  template <Prediction Kind, TensorHandle Tensor>
  [[nodiscard]] static auto elements(Tensor, Tensor output, Tensor x0, Tensor eps, Tensor alpha, Tensor sigma) {
    return squared_error_of<Kind>(output, x0, eps, alpha, sigma);
  }
};

/// The noise that the output stands for against the true noise: `(eps^ - eps)^2` (DMD2).
struct EpsMse {
  using role = role::fake_objective;
  template <Prediction Kind, TensorHandle Tensor>
  [[nodiscard]] static auto elements(Tensor x_t, Tensor output, Tensor, Tensor eps, Tensor alpha, Tensor sigma) {
    return expr::square(noise_of<Kind>(x_t, output, alpha, sigma) - expr::full(eps, "eps"));
  }
};

}  // namespace dmdr
