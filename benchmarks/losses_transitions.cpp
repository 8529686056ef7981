// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Formulas of the student's stochastic transitions, each written as in losses_paths.cpp.

#include <dmdr/diffusion/transition.hpp>

#include "loss_formula.hpp"
#include "losses.hpp"

namespace bench {

namespace {

using dmdr::Velocity;

// The step of a Cps rollout from t = .75 to t = .5.
const dmdr::PathPoint from{.25, .75};
const dmdr::TransitionCoefficients step = dmdr::Cps<.9>{}.coefficients(from, {.5, .5});
struct StepNumbers {
  float alpha = static_cast<float>(from.alpha), sigma = static_cast<float>(from.sigma),
        clean = static_cast<float>(step.clean), noise = static_cast<float>(step.noise),
        std = static_cast<float>(step.std);
  [[nodiscard]] float mean(float x, float v) const { return clean * (x - sigma * v) + noise * (x + alpha * v); }
  [[nodiscard]] float slope() const { return noise * alpha - clean * sigma; }
};

/// `x' = clean x0^ + noise eps^ + std z`.
struct CpsSample {
  static constexpr const char* name = "cps_transition_sample";
  static constexpr Terminal terminal = Terminal::eval;
  static constexpr std::array<Argument, 3> arguments{{{.name = "x"}, {.name = "v", .gradient = true}, {.name = "z"}}};
  static auto build(const std::vector<Tensor>& x) {
    return dmdr::transition_sample<Velocity>(x[0], x[1], x[2], from, step);
  }

  static void forward(const Call& c) {
    const StepNumbers k;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict x = c.row(0, i), * __restrict v = c.row(1, i), * __restrict z = c.row(2, i);
      float* __restrict out = c.out + i * c.cols;
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) out[j] = k.mean(x[j], v[j]) + k.std * z[j];
    }
  }
  static void backward(const Call& c) {
    const float slope = StepNumbers{}.slope();
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict g = c.cotangent + i * c.cols;
      float* __restrict dv = c.grad_row(1, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) dv[j] = slope * g[j];
    }
  }
  static void fused(const Call& c) {
    const StepNumbers k;
    const float slope = k.slope();
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict x = c.row(0, i), * __restrict v = c.row(1, i), * __restrict z = c.row(2, i);
      const float* __restrict g = c.cotangent + i * c.cols;
      float* __restrict out = c.out + i * c.cols, * __restrict dv = c.grad_row(1, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) {
        out[j] = k.mean(x[j], v[j]) + k.std * z[j];
        dv[j] = slope * g[j];
      }
    }
  }
  static void eigen_forward(const Call& c) {
    const StepNumbers k;
    const Matrix clean = matrix(c, 0) - k.sigma * matrix(c, 1);
    const Matrix noise = matrix(c, 0) + k.alpha * matrix(c, 1);
    out_matrix(c) = k.clean * clean + k.noise * noise + k.std * matrix(c, 2);
  }
  static void eigen_both(const Call& c) {
    eigen_forward(c);
    grad_matrix(c, 1) = StepNumbers{}.slope() * cotangent_matrix(c);
  }
};

/// `row_mean(-(x' - mu)^2 / (2 std^2) - log std - log(2 pi) / 2)`.
struct GaussianLogProb {
  static constexpr const char* name = "gaussian_log_prob";
  static constexpr Terminal terminal = Terminal::row_mean;
  static constexpr std::array<Argument, 3> arguments{
      {{.name = "x"}, {.name = "v", .gradient = true}, {.name = "x_next"}}};
  static auto build(const std::vector<Tensor>& x) {
    return dmdr::GaussianLogProb::elements<Velocity>(x[0], x[1], x[2], from, step);
  }
  static double offset() { return std::log(step.std) + 0.91893853320467274178; }

  static void forward(const Call& c) {
    const StepNumbers k;
    const float factor = 1 / (2 * k.std * k.std);
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict x = c.row(0, i), * __restrict v = c.row(1, i), * __restrict next = c.row(2, i);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) {
        const float d = next[j] - k.mean(x[j], v[j]);
        sum += static_cast<double>(d * d * factor);
      }
      c.out[i] = static_cast<float>(-sum / static_cast<double>(c.cols) - offset());
    }
  }
  static void backward(const Call& c) {
    const StepNumbers k;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict x = c.row(0, i), * __restrict v = c.row(1, i), * __restrict next = c.row(2, i);
      float* __restrict dv = c.grad_row(1, i);
      const float scale = k.slope() * c.cotangent[i] / (k.std * k.std * static_cast<float>(c.cols));
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) dv[j] = scale * (next[j] - k.mean(x[j], v[j]));
    }
  }
  static void fused(const Call& c) {
    const StepNumbers k;
    const float factor = 1 / (2 * k.std * k.std);
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict x = c.row(0, i), * __restrict v = c.row(1, i), * __restrict next = c.row(2, i);
      float* __restrict dv = c.grad_row(1, i);
      const float scale = k.slope() * c.cotangent[i] / (k.std * k.std * static_cast<float>(c.cols));
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) {
        const float d = next[j] - k.mean(x[j], v[j]);
        sum += static_cast<double>(d * d * factor);
        dv[j] = scale * d;
      }
      c.out[i] = static_cast<float>(-sum / static_cast<double>(c.cols) - offset());
    }
  }
  static Matrix error(const Call& c) {
    const StepNumbers k;
    const Matrix clean = matrix(c, 0) - k.sigma * matrix(c, 1);
    const Matrix noise = matrix(c, 0) + k.alpha * matrix(c, 1);
    const Matrix mean = k.clean * clean + k.noise * noise;
    return matrix(c, 2) - mean;
  }
  static void log_prob(const Call& c, const Matrix& difference) {
    const StepNumbers k;
    const Column errors = difference.square().rowwise().mean();
    Eigen::Map<Column>(c.out, c.rows) = -errors / (2 * k.std * k.std) - static_cast<float>(offset());
  }
  static void eigen_forward(const Call& c) { log_prob(c, error(c)); }
  static void eigen_both(const Call& c) {
    const StepNumbers k;
    const Matrix difference = error(c);
    log_prob(c, difference);
    const Column scale =
        Eigen::Map<const Column>(c.cotangent, c.rows) * (k.slope() / (k.std * k.std * static_cast<float>(c.cols)));
    grad_matrix(c, 1) = difference.colwise() * scale;
  }
};

}  // namespace

void measure_transition_formulas(Results& results, const TimingSettings& settings) {
  measure_formula<CpsSample>(results, settings);
  measure_formula<GaussianLogProb>(results, settings);
}

}  // namespace bench
