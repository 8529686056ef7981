// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Formulas of guidance and of the DMD gradient, each written as in losses_paths.cpp.

#include <dmdr/diffusion/guidance.hpp>
#include <dmdr/divergence/split.hpp>

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
      const float* __restrict con = c.row(0, i), * __restrict un = c.row(1, i);
      float* __restrict out = c.out + i * c.cols;
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) out[j] = un[j] + w * (con[j] - un[j]);
    }
  }
  static void backward(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict g = c.cotangent + i * c.cols;
      float* __restrict dcon = c.grad_row(0, i), * __restrict dun = c.grad_row(1, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) {
        dcon[j] = w * g[j];
        dun[j] = g[j] - w * g[j];
      }
    }
  }
  static void fused(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict con = c.row(0, i), * __restrict un = c.row(1, i), * __restrict g = c.cotangent + i * c.cols;
      float* __restrict out = c.out + i * c.cols, * __restrict dcon = c.grad_row(0, i), * __restrict dun = c.grad_row(1, i);
#pragma omp simd
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
      const float* __restrict x0 = c.row(0, i), * __restrict real = c.row(1, i);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) sum += static_cast<double>(std::abs(x0[j] - real[j]));
      c.out[i] = static_cast<float>(sum / static_cast<double>(c.cols));
    }
  }
  static void backward(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict x0 = c.row(0, i), * __restrict real = c.row(1, i);
      float* __restrict dx0 = c.grad_row(0, i);
      const float scale = c.cotangent[i] / static_cast<float>(c.cols);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) dx0[j] = scale * sign(x0[j] - real[j]);
    }
  }
  static void fused(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict x0 = c.row(0, i), * __restrict real = c.row(1, i);
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
      const float* __restrict x0 = c.row(0, i), * __restrict g = c.row(1, i);
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
      const float* __restrict x0 = c.row(0, i), * __restrict g = c.row(1, i);
      float* __restrict dx0 = c.grad_row(0, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) dx0[j] = scale * (x0[j] - (x0[j] - g[j]));
    }
  }
  static void fused(const Call& c) {
    const float scale = 1 / c.size();
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict x0 = c.row(0, i), * __restrict g = c.row(1, i);
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

}  // namespace

void measure_direction_formulas(Results& results, const TimingSettings& settings) {
  measure_formula<Guided>(results, settings);
  measure_formula<TeacherDistance>(results, settings);
  measure_formula<Injected>(results, settings);
}

}  // namespace bench
