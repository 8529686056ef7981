// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <dmdr/diffusion/guidance.hpp>
#include <dmdr/diffusion/prediction.hpp>
#include <dmdr/diffusion/transition.hpp>
#include <dmdr/divergence/split.hpp>
#include <dmdr/expr/formula.hpp>
#include <dmdr/rl/grpo.hpp>
#include <dmdr/rl/refl.hpp>

namespace dmdr {

namespace formulas {

/// A tensor that no backend has: stands for one where only the structure of a formula is asked for.
struct Symbol {};

}  // namespace formulas

template <>
struct tensor_traits<formulas::Symbol> {
  using Backend = void;
  static Shape shape(const formulas::Symbol&) { return {}; }
  static Dtype dtype(const formulas::Symbol&) { return Dtype::f32; }
  static Device device(const formulas::Symbol&) { return {}; }
};

/// The structures of the formulas that a training step runs, for flow-matching networks (`Velocity`).
///
/// With `dmdr::compiled` their kernels come from the library, fully optimised; a formula that is not listed is compiled where it is
/// used.
namespace formulas {

inline constexpr Symbol x{};
inline constexpr PathPoint point{};
inline constexpr TransitionCoefficients move{};
template <class E>
constexpr auto structure_of(const E&) -> expr::structure_t<E>;

// The batch on its path, and what a network's output means.
using Identity = decltype(structure_of(expr::full(x)));
using Noised = decltype(structure_of(noised(x, x, x, x)));
using Clean = decltype(structure_of(clean_of<Velocity>(x, x, x, x)));
using SquaredError = decltype(structure_of(squared_error_of<Velocity>(x, x, x, x, x)));
using WeightedSquaredError = decltype(structure_of(expr::per_sample(x) * squared_error_of<Velocity>(x, x, x, x, x)));
using Images = decltype(structure_of(expr::clamp(expr::full(x), -1, 1)));

// Transitions of a rollout.
using TransitionMean = decltype(structure_of(transition_mean<Velocity>(x, x, point, move)));
using TransitionSample = decltype(structure_of(transition_sample<Velocity>(x, x, x, point, move)));
using LogProb = decltype(structure_of(GaussianLogProb::elements<Velocity>(x, x, x, point, move)));
using NegativeError = decltype(structure_of(NegativeSquaredError::elements<Velocity>(x, x, x, point, move)));

// The direction of the DMD gradient, and how it becomes a loss.
using Guided = decltype(structure_of(guided(x, x, 1.0)));
using ScoreDifference = decltype(structure_of(score_difference(x, x)));
using CfgAugmentation = decltype(structure_of(cfg_augmentation(x, x, 1.0)));
using TeacherDistance = decltype(structure_of(teacher_distance(x, x)));
using Weighted = decltype(structure_of(expr::per_sample(x) * expr::full(x)));
using PlusWeighted = decltype(structure_of(expr::full(x) + expr::per_sample(x) * expr::full(x)));
using Sum = decltype(structure_of(expr::full(x) + expr::full(x)));
using Injected = decltype(structure_of(injected(x, x)));

// Rewards and policy gradients.
using Scaled = decltype(structure_of(1.0 * expr::full(x)));
using RewardHinge = decltype(structure_of(1.0 * reward_hinge(x, 1.0)));
using ClippedObjective = decltype(structure_of(clipped_objective(x, x, x, 1.0) / 1.0));

// Sums of losses.
using ScaledLoss = decltype(structure_of(1.0 * expr::scalar(x)));
using SumOfLosses = decltype(structure_of(expr::scalar(x) + expr::scalar(x)));

/// The formulas of the catalogue with their kernels for `T`: what dmdr::compiled holds.
template <class T>
[[nodiscard]] std::span<const expr::NamedFormula> catalogue();

}  // namespace formulas
}  // namespace dmdr

#ifdef DMDR_COMPILED
/// Calls `apply(T, name)` for every formula above.
#define DMDR_FORMULAS(apply, T)                                                                                        \
  apply(T, Identity) apply(T, Noised) apply(T, Clean) apply(T, SquaredError) apply(T, WeightedSquaredError)            \
  apply(T, Images) apply(T, TransitionMean) apply(T, TransitionSample) apply(T, LogProb) apply(T, NegativeError)       \
  apply(T, Guided) apply(T, ScoreDifference) apply(T, CfgAugmentation) apply(T, TeacherDistance) apply(T, Weighted)    \
  apply(T, PlusWeighted) apply(T, Sum) apply(T, Injected) apply(T, Scaled) apply(T, RewardHinge)                       \
  apply(T, ClippedObjective) apply(T, ScaledLoss) apply(T, SumOfLosses)

#define DMDR_DECLARE_NAMED(T, name) DMDR_DECLARE_FORMULA(T, dmdr::formulas::name)
DMDR_FORMULAS(DMDR_DECLARE_NAMED, float)
DMDR_FORMULAS(DMDR_DECLARE_NAMED, double)
#undef DMDR_DECLARE_NAMED
template <>
std::span<const dmdr::expr::NamedFormula> dmdr::formulas::catalogue<float>();
template <>
std::span<const dmdr::expr::NamedFormula> dmdr::formulas::catalogue<double>();
#endif
