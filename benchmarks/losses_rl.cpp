// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Formulas of the reward losses, each written as in losses_paths.cpp.

#include <dmdr/rl/grpo.hpp>
#include <dmdr/rl/refl.hpp>

#include "loss_formula.hpp"
#include "losses.hpp"

namespace bench {

namespace {

/// `mean max(-A rho, -A clip(rho, 1-c, 1+c))`, rho = exp(logp - logp_old). A batch has one number a sample; the sizes here are larger.
struct ClippedObjective {
  static constexpr const char* name = "grpo_clipped_objective";
  static constexpr Terminal terminal = Terminal::mean;
  static constexpr float clip = .2F;
  static constexpr std::array<Argument, 3> arguments{{{.name = "log_prob", .gradient = true, .low = -.5, .high = .5},
                                                      {.name = "old_log_prob", .low = -.5, .high = .5},
                                                      {.name = "advantage", .low = -2, .high = 2}}};
  static auto build(const std::vector<Tensor>& x) {
    return dmdr::clipped_objective(x[0], x[1], x[2], static_cast<double>(clip));
  }
  static float clipped(float rho) { return std::min(std::max(rho, 1 - clip), 1 + clip); }
  static bool inside(float rho) { return rho >= 1 - clip && rho <= 1 + clip; }

  static void forward(const Call& c) {
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict now = c.row(0, i), * __restrict old = c.row(1, i), * __restrict advantage = c.row(2, i);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) {
        const float rho = std::exp(now[j] - old[j]);
        sum += static_cast<double>(std::max(-advantage[j] * rho, -advantage[j] * clipped(rho)));
      }
      total += sum;
    }
    *c.out = static_cast<float>(total / static_cast<double>(c.rows * c.cols));
  }
  static float slope(float advantage, float rho, float scale) {
    const float plain = -advantage * rho, cut = -advantage * clipped(rho);
    return plain < cut && !inside(rho) ? 0.0F : scale * plain;
  }
  static void backward(const Call& c) {
    const float scale = *c.cotangent / c.size();
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict now = c.row(0, i), * __restrict old = c.row(1, i), * __restrict advantage = c.row(2, i);
      float* __restrict dnow = c.grad_row(0, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) dnow[j] = slope(advantage[j], std::exp(now[j] - old[j]), scale);
    }
  }
  static void fused(const Call& c) {
    const float scale = 1 / c.size();
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict now = c.row(0, i), * __restrict old = c.row(1, i), * __restrict advantage = c.row(2, i);
      float* __restrict dnow = c.grad_row(0, i);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) {
        const float rho = std::exp(now[j] - old[j]);
        sum += static_cast<double>(std::max(-advantage[j] * rho, -advantage[j] * clipped(rho)));
        dnow[j] = slope(advantage[j], rho, scale);
      }
      total += sum;
    }
    *c.out = static_cast<float>(total / static_cast<double>(c.rows * c.cols));
  }
  static void eigen_forward(const Call& c) {
    const Matrix rho = (matrix(c, 0) - matrix(c, 1)).exp();
    const Matrix plain = -matrix(c, 2) * rho;
    const Matrix cut = -matrix(c, 2) * rho.max(1 - clip).min(1 + clip);
    *c.out = plain.max(cut).mean();
  }
  static void eigen_both(const Call& c) {
    const Matrix rho = (matrix(c, 0) - matrix(c, 1)).exp();
    const Matrix plain = -matrix(c, 2) * rho;
    const Matrix cut = -matrix(c, 2) * rho.max(1 - clip).min(1 + clip);
    *c.out = plain.max(cut).mean();
    const Matrix slopes = plain / c.size();
    grad_matrix(c, 0) =
        (plain < cut && (rho < 1 - clip || rho > 1 + clip)).select(Matrix::Zero(c.rows, c.cols), slopes);
  }
};

/// `mean relu(m - r)`.
struct RewardHinge {
  static constexpr const char* name = "refl_hinge";
  static constexpr Terminal terminal = Terminal::mean;
  static constexpr float margin = .7F;
  static constexpr std::array<Argument, 1> arguments{{{.name = "reward", .gradient = true, .low = -1, .high = 2}}};
  static auto build(const std::vector<Tensor>& x) { return dmdr::reward_hinge(x[0], static_cast<double>(margin)); }

  static void forward(const Call& c) {
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict reward = c.row(0, i);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) sum += static_cast<double>(std::max(margin - reward[j], 0.0F));
      total += sum;
    }
    *c.out = static_cast<float>(total / static_cast<double>(c.rows * c.cols));
  }
  static void backward(const Call& c) {
    const float slope = -*c.cotangent / c.size();
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict reward = c.row(0, i);
      float* __restrict dreward = c.grad_row(0, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) dreward[j] = reward[j] < margin ? slope : 0.0F;
    }
  }
  static void fused(const Call& c) {
    const float slope = -1 / c.size();
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict reward = c.row(0, i);
      float* __restrict dreward = c.grad_row(0, i);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) {
        sum += static_cast<double>(std::max(margin - reward[j], 0.0F));
        dreward[j] = reward[j] < margin ? slope : 0.0F;
      }
      total += sum;
    }
    *c.out = static_cast<float>(total / static_cast<double>(c.rows * c.cols));
  }
  static void eigen_forward(const Call& c) {
    const Matrix below = margin - matrix(c, 0);
    *c.out = below.max(0).mean();
  }
  static void eigen_both(const Call& c) {
    const Matrix below = margin - matrix(c, 0);
    *c.out = below.max(0).mean();
    grad_matrix(c, 0) = (below > 0).cast<float>() * (-1 / c.size());
  }
};

}  // namespace

void measure_rl_formulas(Results& results, const TimingSettings& settings) {
  measure_formula<ClippedObjective>(results, settings);
  measure_formula<RewardHinge>(results, settings);
}

}  // namespace bench
