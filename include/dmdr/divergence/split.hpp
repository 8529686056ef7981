// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/role.hpp>
#include <dmdr/expr/terminal.hpp>

namespace dmdr {

/// `x0_fake - x0_real`: the difference of the estimates in x0 space, minus the direction towards the teacher.
template <TensorHandle Tensor>
[[nodiscard]] auto score_difference(Tensor fake, Tensor real) {
  return expr::full(fake, "x0_fake") - expr::full(real, "x0_real");
}
/// CFG augmentation of Decoupled-DMD: `-(w-1)(c - u)`.
template <TensorHandle Tensor>
[[nodiscard]] auto cfg_augmentation(Tensor conditional, Tensor unconditional, double w) {
  return (1 - w) * (expr::full(conditional, "x0_cond") - expr::full(unconditional, "x0_uncond"));
}
/// `mean_CHW |x0 - x0_real|` by `row_mean`: the scale of the DMD gradient.
template <TensorHandle Tensor>
[[nodiscard]] auto teacher_distance(Tensor x0, Tensor real) {
  return expr::abs(expr::full(x0, "x0") - expr::full(real, "x0_real"));
}
/// A gradient g of the generator's output as a loss: `1/2 mean (x - sg(x - g))^2`, so that dL/dx = g / numel (DMD2).
template <TensorHandle Tensor>
[[nodiscard]] auto injected(Tensor x, Tensor g) {
  const auto leaf = expr::full(x, "x0");
  return 0.5 * expr::square(leaf - expr::stop_gradient(leaf - expr::full(g, "g")));
}

/// The terms of one renoise draw: distribution matching, CFG augmentation where it stands apart, and the guided teacher's estimate.
template <class Tensor>
struct ScoreTerms {
  Tensor dm;
  std::optional<Tensor> ca;
  Tensor real;  ///< guided, for the normaliser
};

/// How the DMD gradient is put together. `terms(estimator)` may ask the estimator for
/// `guidance()`, `fake(slot)`, `conditional(slot)`, `unconditional(slot)` and `guided(slot)`; a slot is the (time, noise) of one renoising.
template <class S>
concept GradientSplit = std::copyable<S> && std::same_as<role_of_t<S>, role::split> && requires(const S& split) {
  { S::augments } -> std::convertible_to<bool>;
  { split.draws } -> std::convertible_to<std::int64_t>;
};

/// Renoisings of one draw: of the distribution-matching term, and of the CFG-augmentation term.
enum class Slot : std::uint8_t { dm, ca };

/// Guidance inside the real score: `Delta = x0_fake - CFG_w[x0_real]` (DMD, DMD2, DMDR). `draws` renoisings are averaged.
template <std::int64_t Draws = 1>
struct Joint {
  using role = role::split;
  static constexpr bool augments = false;
  std::int64_t draws = Draws;

  template <class Estimator>
  [[nodiscard]] auto terms(Estimator& estimator) const {
    using Tensor = typename Estimator::Tensor;
    const Tensor real = estimator.guided(Slot::dm);
    return ScoreTerms<Tensor>{expr::eval(score_difference(estimator.fake(Slot::dm), real)), std::nullopt, real};
  }
  template <class V>
  void visit(V&& v) {
    v("draws", draws, at_least(1));
  }
};

/// Distribution matching and CFG augmentation apart, each at its own time (Decoupled-DMD 2511.22677):
/// `DM = x0_fake - x0_real,c` at t1, `CA = -(w-1)(x0_real,c - x0_real,u)` at t2. With a shared draw it is the joint gradient.
///
/// The paper does not state the normaliser of the split form; ours takes the guided teacher at t1 for both terms.
struct DmCa {
  using role = role::split;
  static constexpr bool augments = true;
  std::int64_t draws = 1;

  template <class Estimator>
  [[nodiscard]] auto terms(Estimator& estimator) const {
    using Tensor = typename Estimator::Tensor;
    const double w = estimator.guidance();
    ScoreTerms<Tensor> terms{expr::eval(score_difference(estimator.fake(Slot::dm), estimator.conditional(Slot::dm))),
                             std::nullopt, estimator.guided(Slot::dm)};
    if (w > 1)
      terms.ca = expr::eval(cfg_augmentation(estimator.conditional(Slot::ca), estimator.unconditional(Slot::ca), w));
    return terms;
  }
  template <class V>
  void visit(V&& v) {
    v("draws", draws, at_least(1));
  }
};

}  // namespace dmdr
