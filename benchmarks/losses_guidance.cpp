// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Formulas of guidance, the DMD gradient and the reward losses, each written as in losses_diffusion.cpp.

#include <dmdr/diffusion/guidance.hpp>
#include <dmdr/divergence/split.hpp>
#include <dmdr/rl/grpo.hpp>
#include <dmdr/rl/refl.hpp>

#include "loss_formula.hpp"
#include "losses.hpp"

namespace bench {

namespace {

/// `u + w (c - u)`.
struct Guided {
  static constexpr const char* name = "guided";
  static constexpr Terminal terminal = Terminal::eval;
  static constexpr float w = 1.5F;
  static constexpr std::array<Argument, 2> arguments{
      {{.name = "conditional", .gradient = true}, {.name = "unconditional", .gradient = true}}};
  static auto build(const std::vector<Tensor>& x) { return dmdr::guided(x[0], x[1], static_cast<double>(w)); }

  static void forward(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float *__restrict con = c.row(0, i), *__restrict un = c.row(1, i);
      float* __restrict out = c.out + i * c.cols;
      for (std::int64_t j = 0; j < c.cols; ++j) out[j] = un[j] + w * (con[j] - un[j]);
    }
  }
  static void backward(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict g = c.cotangent + i * c.cols;
      float *__restrict dcon = c.grad_row(0, i), *__restrict dun = c.grad_row(1, i);
      for (std::int64_t j = 0; j < c.cols; ++j) {
        dcon[j] = w * g[j];
        dun[j] = g[j] - w * g[j];
      }
    }
  }
  static void fused(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float *__restrict con = c.row(0, i), *__restrict un = c.row(1, i), *__restrict g = c.cotangent + i * c.cols;
      float *__restrict out = c.out + i * c.cols, *__restrict dcon = c.grad_row(0, i), *__restrict dun = c.grad_row(1, i);
      for (std::int64_t j = 0; j < c.cols; ++j) {
        out[j] = un[j] + w * (con[j] - un[j]);
        dcon[j] = w * g[j];
        dun[j] = g[j] - w * g[j];
      }
    }
  }
  static void eigen_forward(const Call& c) {
    const Matrix difference = matrix(c, 0) - matrix(c, 1);
    out_matrix(c) = matrix(c, 1) + w * difference;
  }
  static void eigen_both(const Call& c) {
    eigen_forward(c);
    grad_matrix(c, 0) = w * cotangent_matrix(c);
    grad_matrix(c, 1) = (1 - w) * cotangent_matrix(c);
  }
};

/// `row_mean |x0 - x0_real|`.
struct TeacherDistance {
  static constexpr const char* name = "teacher_distance";
  static constexpr Terminal terminal = Terminal::row_mean;
  static constexpr std::array<Argument, 2> arguments{{{.name = "x0", .gradient = true}, {.name = "x0_real"}}};
  static auto build(const std::vector<Tensor>& x) { return dmdr::teacher_distance(x[0], x[1]); }
  static float sign(float d) { return d > 0 ? 1.0F : (d < 0 ? -1.0F : 0.0F); }

  static void forward(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float *__restrict x0 = c.row(0, i), *__restrict real = c.row(1, i);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) sum += static_cast<double>(std::abs(x0[j] - real[j]));
      c.out[i] = static_cast<float>(sum / static_cast<double>(c.cols));
    }
  }
  static void backward(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float *__restrict x0 = c.row(0, i), *__restrict real = c.row(1, i);
      float* __restrict dx0 = c.grad_row(0, i);
      const float scale = c.cotangent[i] / static_cast<float>(c.cols);
      for (std::int64_t j = 0; j < c.cols; ++j) dx0[j] = scale * sign(x0[j] - real[j]);
    }
  }
  static void fused(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float *__restrict x0 = c.row(0, i), *__restrict real = c.row(1, i);
      float* __restrict dx0 = c.grad_row(0, i);
      const float scale = c.cotangent[i] / static_cast<float>(c.cols);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) {
        const float d = x0[j] - real[j];
        sum += static_cast<double>(std::abs(d));
        dx0[j] = scale * sign(d);
      }
      c.out[i] = static_cast<float>(sum / static_cast<double>(c.cols));
    }
  }
  static void eigen_forward(const Call& c) {
    const Matrix difference = matrix(c, 0) - matrix(c, 1);
    Eigen::Map<Column>(c.out, c.rows) = difference.abs().rowwise().mean();
  }
  static void eigen_both(const Call& c) {
    const Matrix difference = matrix(c, 0) - matrix(c, 1);
    Eigen::Map<Column>(c.out, c.rows) = difference.abs().rowwise().mean();
    const Column scale = Eigen::Map<const Column>(c.cotangent, c.rows) / static_cast<float>(c.cols);
    grad_matrix(c, 0) = difference.sign().colwise() * scale;
  }
};

/// `1/2 mean (x0 - sg(x0 - g))^2`, in every writing with the subtraction that the formula has.
struct Injected {
  static constexpr const char* name = "injected_dmd_loss";
  static constexpr Terminal terminal = Terminal::mean;
  static constexpr std::array<Argument, 2> arguments{{{.name = "x0", .gradient = true}, {.name = "g"}}};
  static auto build(const std::vector<Tensor>& x) { return dmdr::injected(x[0], x[1]); }

  static void forward(const Call& c) {
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float *__restrict x0 = c.row(0, i), *__restrict g = c.row(1, i);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) {
        const float d = x0[j] - (x0[j] - g[j]);
        sum += static_cast<double>(.5F * (d * d));
      }
      total += sum;
    }
    *c.out = static_cast<float>(total / static_cast<double>(c.rows * c.cols));
  }
  static void backward(const Call& c) {
    const float scale = *c.cotangent / c.size();
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float *__restrict x0 = c.row(0, i), *__restrict g = c.row(1, i);
      float* __restrict dx0 = c.grad_row(0, i);
      for (std::int64_t j = 0; j < c.cols; ++j) dx0[j] = scale * (x0[j] - (x0[j] - g[j]));
    }
  }
  static void fused(const Call& c) {
    const float scale = 1 / c.size();
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float *__restrict x0 = c.row(0, i), *__restrict g = c.row(1, i);
      float* __restrict dx0 = c.grad_row(0, i);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) {
        const float d = x0[j] - (x0[j] - g[j]);
        sum += static_cast<double>(.5F * (d * d));
        dx0[j] = scale * d;
      }
      total += sum;
    }
    *c.out = static_cast<float>(total / static_cast<double>(c.rows * c.cols));
  }
  static Matrix difference(const Call& c) {
    const Matrix target = matrix(c, 0) - matrix(c, 1);
    return matrix(c, 0) - target;
  }
  static void eigen_forward(const Call& c) { *c.out = .5F * difference(c).square().mean(); }
  static void eigen_both(const Call& c) {
    const Matrix d = difference(c);
    *c.out = .5F * d.square().mean();
    grad_matrix(c, 0) = d / c.size();
  }
};

/// `mean max(-A rho, -A clip(rho, 1-c, 1+c))`, rho = exp(logp - logp_old). A batch has one number a sample; the sizes here are larger.
struct ClippedObjective {
  static constexpr const char* name = "grpo_clipped_objective";
  static constexpr Terminal terminal = Terminal::mean;
  static constexpr float clip = .2F;
  static constexpr std::array<Argument, 3> arguments{
      {{.name = "log_prob", .gradient = true, .low = -.5, .high = .5}, {.name = "old_log_prob", .low = -.5, .high = .5},
       {.name = "advantage", .low = -2, .high = 2}}};
  static auto build(const std::vector<Tensor>& x) { return dmdr::clipped_objective(x[0], x[1], x[2], static_cast<double>(clip)); }
  static float clipped(float rho) { return std::min(std::max(rho, 1 - clip), 1 + clip); }
  static bool inside(float rho) { return rho >= 1 - clip && rho <= 1 + clip; }

  static void forward(const Call& c) {
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float *__restrict now = c.row(0, i), *__restrict old = c.row(1, i), *__restrict advantage = c.row(2, i);
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
      const float *__restrict now = c.row(0, i), *__restrict old = c.row(1, i), *__restrict advantage = c.row(2, i);
      float* __restrict dnow = c.grad_row(0, i);
      for (std::int64_t j = 0; j < c.cols; ++j) dnow[j] = slope(advantage[j], std::exp(now[j] - old[j]), scale);
    }
  }
  static void fused(const Call& c) {
    const float scale = 1 / c.size();
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float *__restrict now = c.row(0, i), *__restrict old = c.row(1, i), *__restrict advantage = c.row(2, i);
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
    grad_matrix(c, 0) = (plain < cut && (rho < 1 - clip || rho > 1 + clip)).select(Matrix::Zero(c.rows, c.cols), slopes);
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

void measure_divergence_formulas(Results& results, const TimingSettings& settings) {
  measure_formula<Guided>(results, settings);
  measure_formula<TeacherDistance>(results, settings);
  measure_formula<Injected>(results, settings);
}

void measure_rl_formulas(Results& results, const TimingSettings& settings) {
  measure_formula<ClippedObjective>(results, settings);
  measure_formula<RewardHinge>(results, settings);
}

void measure_losses(Results& results, const TimingSettings& settings) {
  std::printf("loss formulas in float: medians of e/h, e/E, t/h, t/E; e the expression on buffers, t through eval and tape,\n"
              "  h a loop by hand (forward and backward: both in one pass), E Eigen arrays with temporaries\n"
              "                                  forward                     back-  forward and backward\n"
              "formula                size         e/h   e/E   t/h   t/E      e/h    e/h   e/E   t/h   t/E\n");
  measure_diffusion_formulas(results, settings);
  measure_divergence_formulas(results, settings);
  measure_rl_formulas(results, settings);
}

}  // namespace bench
