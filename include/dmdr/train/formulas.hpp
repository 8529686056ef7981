// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <dmdr/expr/formula.hpp>

/// \file
/// The structures of the formulas that a training step runs, for flow-matching networks (`Velocity`).
///
/// With `dmdr::compiled` their kernels come from the library, fully optimised; a formula that is not listed is compiled where it is
/// used. The structures are written out instead of being taken from the formulas, so that this header costs next to nothing;
/// tests/unit/train/formulas_test.cpp holds both against each other.
namespace dmdr::formulas {

// Leaves and numbers are counted from left to right, each from 0.
template <int I>
using Full = expr::LeafSlot<expr::Extent::full, I>;
template <int I>
using Row = expr::LeafSlot<expr::Extent::per_sample, I>;
template <int I>
using Scalar = expr::LeafSlot<expr::Extent::scalar, I>;
template <int I>
using Number = expr::ConstantSlot<I>;
template <class A, class B>
using Plus = expr::Node<expr::Add, A, B>;
template <class A, class B>
using Minus = expr::Node<expr::Sub, A, B>;
template <class A, class B>
using Times = expr::Node<expr::Mul, A, B>;
template <class A, class B>
using Over = expr::Node<expr::Div, A, B>;
template <class A>
using Negative = expr::Node<expr::Neg, A>;
template <class A>
using Squared = expr::Node<expr::Square, A>;
template <class A>
using Stopped = expr::Node<expr::StopGradient, A>;

// The batch on its path, and what a network's output means.
using Identity = Full<0>;
using Noised = Plus<Times<Row<0>, Full<1>>, Times<Row<2>, Full<3>>>;
using Clean = Minus<Full<0>, Times<Row<1>, Full<2>>>;
using SquaredError = Squared<Minus<Full<0>, Minus<Full<1>, Full<2>>>>;
using WeightedSquaredError = Times<Row<0>, Squared<Minus<Full<1>, Minus<Full<2>, Full<3>>>>>;
using Images = expr::Node<expr::Clamp, Full<0>, Number<0>, Number<1>>;

// Transitions of a rollout; `Mean<I>` begins with leaf I.
template <int I>
using Mean = Plus<Times<Number<0>, Minus<Full<I>, Times<Number<1>, Full<I + 1>>>>,
                  Times<Number<2>, Plus<Full<I + 2>, Times<Number<3>, Full<I + 3>>>>>;
using TransitionMean = Mean<0>;
using TransitionSample = Plus<Mean<0>, Times<Number<4>, Full<4>>>;
using NegativeError = Negative<Squared<Minus<Full<0>, Mean<1>>>>;
using LogProb = Minus<Over<NegativeError, Number<4>>, Number<5>>;

// The direction of the DMD gradient, and how it becomes a loss.
using GuidedOutput = Plus<Full<0>, Times<Number<0>, Minus<Full<1>, Full<2>>>>;
/// An estimate of the clean batch, and the guided one; each begins with leaf I. u is the one without its condition.
template <int I>
using Estimate = Minus<Full<I>, Times<Row<I + 1>, Full<I + 2>>>;
template <int U, int W>
using Guided = Plus<Estimate<U>, Times<Number<W>, Minus<Estimate<U + 3>, Estimate<U + 6>>>>;
using TeacherDistance = Stopped<expr::Node<expr::Abs, Minus<Full<0>, Guided<1, 0>>>>;
template <class Difference>
using DistanceBeside = expr::Node<expr::Beside, TeacherDistance, Stopped<Difference>>;
using DistanceBesideDifference = DistanceBeside<Minus<Estimate<10>, Guided<13, 1>>>;
using DistanceBesideConditionalDifference = DistanceBeside<Minus<Estimate<10>, Estimate<13>>>;
using Weighted = Times<Row<0>, Full<1>>;
using SumOfWeighted = Stopped<Plus<Weighted, Times<Row<2>, Full<3>>>>;
using WeightedAndAugmentation =
    Stopped<Plus<Weighted, Times<Row<2>, Times<Number<0>, Minus<Estimate<3>, Estimate<6>>>>>>;
using Injected = Times<Number<0>, Squared<Minus<Full<0>, Stopped<Minus<Full<1>, Times<Row<2>, Full<3>>>>>>>;

// Rewards and policy gradients.
using Scaled = Times<Number<0>, Full<0>>;
using RewardHinge = Times<Number<0>, expr::Node<expr::Relu, Minus<Number<1>, Full<0>>>>;
template <int I>
using Ratio = expr::Node<expr::Exp, Minus<Full<I>, Full<I + 1>>>;
using ClippedObjective =
    Over<expr::Node<expr::Maximum, Times<Negative<Full<0>>, Ratio<1>>,
                    Times<Negative<Full<3>>, expr::Node<expr::Clamp, Ratio<4>, Number<0>, Number<1>>>>,
         Number<2>>;

// Sums of losses.
using ScaledLoss = Times<Number<0>, Scalar<0>>;
using SumOfLosses = Plus<Scalar<0>, Scalar<1>>;

/// The formulas of the catalogue with their kernels for `T`: what dmdr::compiled holds.
template <class T>
[[nodiscard]] std::span<const expr::NamedFormula> catalogue();

}  // namespace dmdr::formulas

#ifdef DMDR_COMPILED
/// Calls `apply(T, name)` for every formula above.
#define DMDR_FORMULAS(apply, T)                                                                                      \
  apply(T, Identity) apply(T, Noised) apply(T, Clean) apply(T, SquaredError) apply(T, WeightedSquaredError)          \
      apply(T, Images) apply(T, TransitionMean) apply(T, TransitionSample) apply(T, LogProb) apply(T, NegativeError) \
          apply(T, GuidedOutput) apply(T, DistanceBesideDifference) apply(T, DistanceBesideConditionalDifference)    \
              apply(T, SumOfWeighted) apply(T, WeightedAndAugmentation) apply(T, Injected) apply(T, Scaled)          \
                  apply(T, RewardHinge) apply(T, ClippedObjective) apply(T, ScaledLoss) apply(T, SumOfLosses)

#define DMDR_DECLARE_NAMED(T, name) DMDR_DECLARE_FORMULA(T, dmdr::formulas::name)
DMDR_FORMULAS(DMDR_DECLARE_NAMED, float)
DMDR_FORMULAS(DMDR_DECLARE_NAMED, double)
#undef DMDR_DECLARE_NAMED
template <>
std::span<const dmdr::expr::NamedFormula> dmdr::formulas::catalogue<float>();
template <>
std::span<const dmdr::expr::NamedFormula> dmdr::formulas::catalogue<double>();
#endif
