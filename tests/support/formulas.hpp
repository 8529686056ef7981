// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/tensor.hpp>
#include <dmdr/diffusion/guidance.hpp>
#include <dmdr/diffusion/prediction.hpp>
#include <dmdr/diffusion/transition.hpp>
#include <dmdr/divergence/fake_objective.hpp>
#include <dmdr/divergence/split.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/rl/grpo.hpp>
#include <dmdr/rl/refl.hpp>

#include "support/gradient_check.hpp"

/// The formulas of the loss chains, each with sample arguments and a second writing in plain doubles.
///
/// A formula is a type with `name`, `inputs()`, `build(tensors)`, which gives the expression, and `at(x)`, the value at one element from
/// the arguments there. Sample arguments keep away from the kinks of abs, relu, max and clamp by more than a finite difference reaches.
namespace dmdr::test {

/// One sample argument: its extent, and the numbers that it may hold.
struct Input {
  const char* name;
  expr::Extent extent = expr::Extent::full;
  double low = -1;
  double high = 1;
  /// Numbers are multiples of 1/64, plus 1/128 if `between`: a difference of one of each is never near 0.
  bool lattice = false;
  bool between = false;
};

/// `B` samples of `N` elements. 3 x 5 x 7 elements a sample: rows that no vector width divides.
inline const Shape formula_shape{3, 5, 7};

[[nodiscard]] inline Shape shape_of_input(const Input& input, const Shape& full) {
  return input.extent == expr::Extent::full ? full
                                            : (input.extent == expr::Extent::per_sample ? Shape{full.rows()} : Shape{});
}
[[nodiscard]] inline std::vector<double> sample_of(const Input& input, const Shape& full) {
  std::vector<double> values = seeded(input.name, shape_of_input(input, full), input.low, input.high);
  if (input.lattice)
    for (double& value : values) value = std::floor(64 * value) / 64 + (input.between ? 1.0 / 128 : 0.0);
  return values;
}

namespace formulas {

using X = std::span<const double>;
inline constexpr Input alpha{"alpha", expr::Extent::per_sample, 0.2, 0.9},
    sigma{"sigma", expr::Extent::per_sample, 0.1, 0.8};
using enum expr::Extent;

// ---- the paths and what a network's output means ------------------------------------------------------------------------------

struct Noised {
  static constexpr const char* name = "noised";
  static std::vector<Input> inputs() { return {{"x0"}, {"eps"}, alpha, sigma}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return noised(x[0], x[1], x[2], x[3]);
  }
  static double at(X x) { return x[2] * x[0] + x[3] * x[1]; }
};

// In doubles: the clean image, the noise and the regression target of each kind of output.
inline double clean(Velocity, double x, double v, double, double s) { return x - s * v; }
inline double clean(Epsilon, double x, double e, double a, double s) { return (x - s * e) / a; }
inline double clean(CleanSample, double, double x0, double, double) { return x0; }
inline double clean(VpVelocity, double x, double v, double a, double s) { return a * x - s * v; }
inline double noise(Velocity, double x, double v, double a, double) { return x + a * v; }
inline double noise(Epsilon, double, double e, double, double) { return e; }
inline double noise(CleanSample, double x, double x0, double a, double s) { return (x - a * x0) / s; }
inline double noise(VpVelocity, double x, double v, double a, double s) { return s * x + a * v; }
inline double target(Velocity, double x0, double e, double, double) { return e - x0; }
inline double target(Epsilon, double, double e, double, double) { return e; }
inline double target(CleanSample, double x0, double, double, double) { return x0; }
inline double target(VpVelocity, double x0, double e, double a, double s) { return a * e - s * x0; }

template <class Kind>
struct CleanOf {
  static constexpr const char* name = "clean_of";
  static std::vector<Input> inputs() { return {{"x_t"}, {"output"}, alpha, sigma}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return clean_of<Kind>(x[0], x[1], x[2], x[3]);
  }
  static double at(X x) { return clean(Kind{}, x[0], x[1], x[2], x[3]); }
};
template <class Kind>
struct NoiseOf {
  static constexpr const char* name = "noise_of";
  static std::vector<Input> inputs() { return {{"x_t"}, {"output"}, alpha, sigma}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return noise_of<Kind>(x[0], x[1], x[2], x[3]);
  }
  static double at(X x) { return noise(Kind{}, x[0], x[1], x[2], x[3]); }
};
template <class Kind>
struct SquaredErrorOf {
  static constexpr const char* name = "squared_error_of";
  static std::vector<Input> inputs() { return {{"output"}, {"x0"}, {"eps"}, alpha, sigma}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return squared_error_of<Kind>(x[0], x[1], x[2], x[3], x[4]);
  }
  static double at(X x) { return std::pow(x[0] - target(Kind{}, x[1], x[2], x[3], x[4]), 2); }
};
/// The fake score's loss with a weight a sample.
struct WeightedFakeLoss {
  static constexpr const char* name = "weighted fake loss";
  static std::vector<Input> inputs() {
    return {{"u", per_sample, 0.1, 3}, {"x_t"}, {"output"}, {"x0"}, {"eps"}, alpha, sigma};
  }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return expr::per_sample(x[0], "u") * FlowMatching::elements<Velocity>(x[1], x[2], x[3], x[4], x[5], x[6]);
  }
  static double at(X x) { return x[0] * std::pow(x[2] - (x[4] - x[3]), 2); }
};
template <class Kind>
struct EpsMseOf {
  static constexpr const char* name = "EpsMse";
  static std::vector<Input> inputs() { return {{"x_t"}, {"output"}, {"x0"}, {"eps"}, alpha, sigma}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return EpsMse::elements<Kind>(x[0], x[1], x[2], x[3], x[4], x[5]);
  }
  static double at(X x) { return std::pow(noise(Kind{}, x[0], x[1], x[4], x[5]) - x[3], 2); }
};

// ---- the student's transitions ------------------------------------------------------------------------------------------------

inline constexpr PathPoint from{0.25, 0.75};
inline constexpr TransitionCoefficients step{0.5, 0.2, 0.4};

template <class Kind>
double mean_at(double x, double output) {
  return step.clean * clean(Kind{}, x, output, from.alpha, from.sigma) +
         step.noise * noise(Kind{}, x, output, from.alpha, from.sigma);
}
template <class Kind>
struct TransitionMean {
  static constexpr const char* name = "transition_mean";
  static std::vector<Input> inputs() { return {{"x"}, {"output"}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return transition_mean<Kind>(x[0], x[1], from, step);
  }
  static double at(X x) { return mean_at<Kind>(x[0], x[1]); }
};
template <class Kind>
struct TransitionSample {
  static constexpr const char* name = "transition_sample";
  static std::vector<Input> inputs() { return {{"x"}, {"output"}, {"z", full, -3, 3}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return transition_sample<Kind>(x[0], x[1], x[2], from, step);
  }
  static double at(X x) { return mean_at<Kind>(x[0], x[1]) + step.std * x[2]; }
};
template <class Kind>
struct GaussianLogProbOf {
  static constexpr const char* name = "GaussianLogProb";
  static std::vector<Input> inputs() { return {{"x"}, {"output"}, {"x_next"}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return GaussianLogProb::elements<Kind>(x[0], x[1], x[2], from, step);
  }
  static double at(X x) {
    return -std::pow((x[2] - mean_at<Kind>(x[0], x[1])) / step.std, 2) / 2 -
           std::log(step.std * std::sqrt(2 * std::numbers::pi));
  }
};
template <class Kind>
struct NegativeSquaredErrorOf {
  static constexpr const char* name = "NegativeSquaredError";
  static std::vector<Input> inputs() { return {{"x"}, {"output"}, {"x_next"}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return NegativeSquaredError::elements<Kind>(x[0], x[1], x[2], from, step);
  }
  static double at(X x) { return -std::pow(x[2] - mean_at<Kind>(x[0], x[1]), 2); }
};

// ---- scores, the DMD gradient and rewards -------------------------------------------------------------------------------------

struct Guided {
  static constexpr const char* name = "guided";
  static std::vector<Input> inputs() { return {{"conditional"}, {"unconditional"}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return guided(x[0], x[1], 7);
  }
  static double at(X x) { return x[1] + 7 * (x[0] - x[1]); }
};
struct ScoreDifference {
  static constexpr const char* name = "score_difference";
  static std::vector<Input> inputs() { return {{"x0_fake"}, {"x0_real"}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return score_difference(x[0], x[1]);
  }
  static double at(X x) { return x[0] - x[1]; }
};
struct CfgAugmentation {
  static constexpr const char* name = "cfg_augmentation";
  static std::vector<Input> inputs() { return {{"conditional"}, {"unconditional"}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return cfg_augmentation(x[0], x[1], 4.5);
  }
  static double at(X x) { return -3.5 * (x[0] - x[1]); }
};
struct TeacherDistance {
  static constexpr const char* name = "teacher_distance";
  static std::vector<Input> inputs() { return {{"x0", full, -1, 1, true}, {"x0_real", full, -1, 1, true, true}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return teacher_distance(x[0], x[1]);
  }
  static double at(X x) { return std::abs(x[0] - x[1]); }
};
/// `w_dm/n dm + w_ca/n ca`, as the direction of the generator puts it together.
struct WeightedDirection {
  static constexpr const char* name = "weighted direction";
  static std::vector<Input> inputs() { return {{"g"}, {"w_ca/n", per_sample, 0, 4}, {"ca"}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return expr::full(x[0]) + expr::per_sample(x[1]) * expr::full(x[2]);
  }
  static double at(X x) { return x[0] + x[1] * x[2]; }
};
/// Its gradient is not the slope of its value: see the test of its own.
struct Injected {
  static constexpr const char* name = "injected";
  static std::vector<Input> inputs() { return {{"x0"}, {"g", full, -0.1, 0.1}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return injected(x[0], x[1]);
  }
  static double at(X x) { return 0.5 * x[1] * x[1]; }
};
struct RewardHinge {
  static constexpr const char* name = "reward_hinge";
  static std::vector<Input> inputs() { return {{"reward", full, -1, 2, true, true}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return reward_hinge(x[0], 0.7);
  }
  static double at(X x) { return std::max(0.7 - x[0], 0.0); }
};
/// A wide clip, so that samples lie on both sides of both bounds.
struct ClippedObjective {
  static constexpr const char* name = "clipped_objective";
  static std::vector<Input> inputs() {
    return {{"log_prob", full, -0.5, 0.5, true},
            {"old_log_prob", full, -0.5, 0.5, true},
            {"advantage", full, -2, 2, true, true}};
  }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return clipped_objective(x[0], x[1], x[2], 0.2);
  }
  static double at(X x) {
    const double rho = std::exp(x[0] - x[1]);
    return std::max(-x[2] * rho, -x[2] * std::clamp(rho, 0.8, 1.2));
  }
};
/// What images go through before a reward: a clamp to [-1, 1].
struct ClampedImage {
  static constexpr const char* name = "clamped image";
  static std::vector<Input> inputs() { return {{"x0", full, -2, 2, true, true}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return expr::clamp(expr::full(x[0], "x0"), -1, 1);
  }
  static double at(X x) { return std::clamp(x[0], -1.0, 1.0); }
};
/// A loss scaled by a scalar tensor and added to another, as stages do.
struct ScaledSum {
  static constexpr const char* name = "scaled sum";
  static std::vector<Input> inputs() { return {{"loss", scalar}, {"part", scalar}}; }
  template <class T>
  static auto build(const std::vector<T>& x) {
    return 0.5 * expr::scalar(x[0], "loss") + expr::scalar(x[1], "part");
  }
  static double at(X x) { return 0.5 * x[0] + x[1]; }
};

}  // namespace formulas

/// A formula's terminal on one kind of tensor.
template <class Tensor>
using FormulaTerminal = Tensor (*)(const std::vector<Tensor>&, expr::Terminal);

template <class F, class Tensor>
[[nodiscard]] Tensor run_formula(const std::vector<Tensor>& x, expr::Terminal terminal) {
  const auto e = F::build(x);
  return terminal == expr::Terminal::eval ? expr::eval(e)
                                          : (terminal == expr::Terminal::mean ? expr::mean(e) : expr::row_mean(e));
}

/// Values and gradients of a formula's terminal at the sample arguments, every argument a parameter.
template <DifferentiableBackend B>
[[nodiscard]] Evaluated evaluated_formula(const B& backend, FormulaTerminal<typename B::Tensor> run,
                                          const std::vector<Input>& inputs, expr::Terminal terminal) {
  std::vector<Shape> shapes;
  std::vector<std::vector<double>> samples;
  for (const Input& input : inputs) {
    shapes.push_back(shape_of_input(input, formula_shape));
    samples.push_back(sample_of(input, formula_shape));
  }
  return evaluated<B>(
      backend, [&](const std::vector<typename B::Tensor>& x) { return run(x, terminal); }, shapes, samples);
}

}  // namespace dmdr::test
