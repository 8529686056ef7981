// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/role.hpp>
#include <dmdr/expr/build.hpp>

namespace dmdr {

/// `x0_fake - x0_real`: the difference of the estimates in x0 space, minus the direction towards the teacher.
template <expr::PerElement Fake, expr::PerElement Real>
[[nodiscard]] auto score_difference(Fake fake, Real real) {
  return expr::elements(std::move(fake), "x0_fake") - expr::elements(std::move(real), "x0_real");
}
/// CFG augmentation of Decoupled-DMD: `-(w-1)(c - u)`.
template <expr::PerElement C, expr::PerElement U>
[[nodiscard]] auto cfg_augmentation(C conditional, U unconditional, double w) {
  return (1 - w) *
         (expr::elements(std::move(conditional), "x0_cond") - expr::elements(std::move(unconditional), "x0_uncond"));
}
/// `mean_CHW |x0 - x0_real|` by `row_mean`: the scale of the DMD gradient.
template <expr::PerElement X, expr::PerElement Real>
[[nodiscard]] auto teacher_distance(X x0, Real real) {
  return expr::abs(expr::elements(std::move(x0), "x0") - expr::elements(std::move(real), "x0_real"));
}
/// A gradient g of the generator's output as a loss: `1/2 mean (x - sg(x - g))^2`, so that dL/dx = g / numel (DMD2).
template <TensorHandle Tensor, expr::PerElement G>
[[nodiscard]] auto injected(Tensor x, G g) {
  const auto leaf = expr::full(x, "x0");
  return 0.5 * expr::square(leaf - expr::stop_gradient(leaf - expr::elements(std::move(g), "g")));
}

/// The terms of one renoise draw, as formulas of the networks' outputs: distribution matching, the guided teacher's estimate for the
/// normaliser, and CFG augmentation where it stands apart.
template <expr::PerElement Dm, expr::PerElement Real>
struct ScoreTerms {
  Dm dm;
  Real real;
};
template <class Dm, class Real>
ScoreTerms(Dm, Real) -> ScoreTerms<Dm, Real>;
template <expr::PerElement Dm, expr::PerElement Real, expr::PerElement Ca>
struct SplitScoreTerms {
  Dm dm;
  Real real;
  std::optional<Ca> ca;
};
template <class Dm, class Real, class Ca>
SplitScoreTerms(Dm, Real, std::optional<Ca>) -> SplitScoreTerms<Dm, Real, Ca>;

/// How the DMD gradient is put together. `terms(estimator)` may ask the estimator for `guidance()`, and for the formulas
/// `fake(slot)`, `conditional(slot)`, `unconditional(slot)` and `guided(slot)`; a slot is the (time, noise) of one renoising. It returns
/// `ScoreTerms`, or, where `augments`, `SplitScoreTerms`.
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
    const auto real = estimator.guided(Slot::dm);
    return ScoreTerms{score_difference(estimator.fake(Slot::dm), real), real};
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
    const double w = estimator.guidance();
    const auto augmentation = [&] {
      return cfg_augmentation(estimator.conditional(Slot::ca), estimator.unconditional(Slot::ca), w);
    };
    SplitScoreTerms terms{score_difference(estimator.fake(Slot::dm), estimator.conditional(Slot::dm)),
                          estimator.guided(Slot::dm), std::optional<decltype(augmentation())>()};
    if (w > 1) terms.ca = augmentation();
    return terms;
  }
  template <class V>
  void visit(V&& v) {
    v("draws", draws, at_least(1));
  }
};

}  // namespace dmdr
