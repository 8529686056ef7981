// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Formulas of paths and of the fake score's training. Each is written three times: as the library's expression, as loops by hand
// (`forward`, `backward`, and both in one pass: `fused`), and with Eigen arrays and named temporaries.

#include <dmdr/diffusion/prediction.hpp>
#include <dmdr/divergence/fake_objective.hpp>

#include "loss_formula.hpp"
#include "losses.hpp"

namespace bench {

namespace {

using dmdr::Velocity;
constexpr Argument sigma{.name = "sigma", .extent = Extent::per_sample, .low = .1, .high = .9};
constexpr Argument alpha{.name = "alpha", .extent = Extent::per_sample, .low = .1, .high = .9};

/// `x_t = alpha x0 + sigma eps`.
struct Renoise {
  static constexpr const char* name = "renoise";
  static constexpr Terminal terminal = Terminal::eval;
  static constexpr std::array<Argument, 4> arguments{{{.name = "x0", .gradient = true}, {.name = "eps"}, alpha, sigma}};
  static auto build(const std::vector<Tensor>& x) { return dmdr::noised(x[0], x[1], x[2], x[3]); }

  static void forward(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict x0 = c.row(0, i), * __restrict eps = c.row(1, i);
      float* __restrict out = c.out + i * c.cols;
      const float a = c.per_sample(2, i), s = c.per_sample(3, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) out[j] = a * x0[j] + s * eps[j];
    }
  }
  static void backward(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict g = c.cotangent + i * c.cols;
      float* __restrict dx0 = c.grad_row(0, i);
      const float a = c.per_sample(2, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) dx0[j] = a * g[j];
    }
  }
  static void fused(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict x0 = c.row(0, i), * __restrict eps = c.row(1, i), * __restrict g = c.cotangent + i * c.cols;
      float* __restrict out = c.out + i * c.cols, * __restrict dx0 = c.grad_row(0, i);
      const float a = c.per_sample(2, i), s = c.per_sample(3, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) {
        out[j] = a * x0[j] + s * eps[j];
        dx0[j] = a * g[j];
      }
    }
  }
  static void eigen_forward(const Call& c) {
    const Matrix signal = matrix(c, 0).colwise() * column(c, 2);
    const Matrix noise = matrix(c, 1).colwise() * column(c, 3);
    out_matrix(c) = signal + noise;
  }
  static void eigen_both(const Call& c) {
    eigen_forward(c);
    grad_matrix(c, 0) = cotangent_matrix(c).colwise() * column(c, 2);
  }
};

/// `x0 = x_t - t v`.
struct CleanFromVelocity {
  static constexpr const char* name = "x0_from_velocity";
  static constexpr Terminal terminal = Terminal::eval;
  static constexpr std::array<Argument, 4> arguments{{{.name = "x_t"}, {.name = "v", .gradient = true}, alpha, sigma}};
  static auto build(const std::vector<Tensor>& x) { return dmdr::clean_of<Velocity>(x[0], x[1], x[2], x[3]); }

  static void forward(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict x = c.row(0, i), * __restrict v = c.row(1, i);
      float* __restrict out = c.out + i * c.cols;
      const float s = c.per_sample(3, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) out[j] = x[j] - s * v[j];
    }
  }
  static void backward(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict g = c.cotangent + i * c.cols;
      float* __restrict dv = c.grad_row(1, i);
      const float s = c.per_sample(3, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) dv[j] = -s * g[j];
    }
  }
  static void fused(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict x = c.row(0, i), * __restrict v = c.row(1, i), * __restrict g = c.cotangent + i * c.cols;
      float* __restrict out = c.out + i * c.cols, * __restrict dv = c.grad_row(1, i);
      const float s = c.per_sample(3, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) {
        out[j] = x[j] - s * v[j];
        dv[j] = -s * g[j];
      }
    }
  }
  static void eigen_forward(const Call& c) {
    const Matrix step = matrix(c, 1).colwise() * column(c, 3);
    out_matrix(c) = matrix(c, 0) - step;
  }
  static void eigen_both(const Call& c) {
    eigen_forward(c);
    grad_matrix(c, 1) = -(cotangent_matrix(c).colwise() * column(c, 3));
  }
};

/// `mean (v - (eps - x0))^2`.
struct FlowMatchingLoss {
  static constexpr const char* name = "flow_matching_loss";
  static constexpr Terminal terminal = Terminal::mean;
  static constexpr std::array<Argument, 5> arguments{
      {{.name = "v", .gradient = true}, {.name = "x0"}, {.name = "eps"}, alpha, sigma}};
  static auto build(const std::vector<Tensor>& x) {
    return dmdr::squared_error_of<Velocity>(x[0], x[1], x[2], x[3], x[4]);
  }

  static void forward(const Call& c) {
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict v = c.row(0, i), * __restrict x0 = c.row(1, i), * __restrict eps = c.row(2, i);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) {
        const float d = v[j] - (eps[j] - x0[j]);
        sum += static_cast<double>(d * d);
      }
      total += sum;
    }
    *c.out = static_cast<float>(total / static_cast<double>(c.rows * c.cols));
  }
  static void backward(const Call& c) {
    const float scale = 2 * *c.cotangent / c.size();
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict v = c.row(0, i), * __restrict x0 = c.row(1, i), * __restrict eps = c.row(2, i);
      float* __restrict dv = c.grad_row(0, i);
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) dv[j] = scale * (v[j] - (eps[j] - x0[j]));
    }
  }
  static void fused(const Call& c) {
    const float scale = 2 / c.size();
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict v = c.row(0, i), * __restrict x0 = c.row(1, i), * __restrict eps = c.row(2, i);
      float* __restrict dv = c.grad_row(0, i);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) {
        const float d = v[j] - (eps[j] - x0[j]);
        sum += static_cast<double>(d * d);
        dv[j] = scale * d;
      }
      total += sum;
    }
    *c.out = static_cast<float>(total / static_cast<double>(c.rows * c.cols));
  }
  static Matrix error(const Call& c) {
    const Matrix target = matrix(c, 2) - matrix(c, 1);
    return matrix(c, 0) - target;
  }
  static void eigen_forward(const Call& c) { *c.out = error(c).square().mean(); }
  static void eigen_both(const Call& c) {
    const Matrix difference = error(c);
    *c.out = difference.square().mean();
    grad_matrix(c, 0) = difference * (2 / c.size());
  }
};

/// `mean u (v - (eps - x0))^2`, u a weight a sample.
struct WeightedFakeLoss {
  static constexpr const char* name = "weighted_fake_loss";
  static constexpr Terminal terminal = Terminal::mean;
  static constexpr std::array<Argument, 6> arguments{{{.name = "u", .extent = Extent::per_sample, .low = .2, .high = 3},
                                                      {.name = "v", .gradient = true},
                                                      {.name = "x0"},
                                                      {.name = "eps"},
                                                      alpha,
                                                      sigma}};
  static auto build(const std::vector<Tensor>& x) {
    return dmdr::expr::per_sample(x[0]) * dmdr::FlowMatching::elements<Velocity>(x[2], x[1], x[2], x[3], x[4], x[5]);
  }

  static void forward(const Call& c) {
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict v = c.row(1, i), * __restrict x0 = c.row(2, i), * __restrict eps = c.row(3, i);
      const float u = c.per_sample(0, i);
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) {
        const float d = v[j] - (eps[j] - x0[j]);
        sum += static_cast<double>(u * (d * d));
      }
      total += sum;
    }
    *c.out = static_cast<float>(total / static_cast<double>(c.rows * c.cols));
  }
  static void backward(const Call& c) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict v = c.row(1, i), * __restrict x0 = c.row(2, i), * __restrict eps = c.row(3, i);
      float* __restrict dv = c.grad_row(1, i);
      const float scale = 2 * c.per_sample(0, i) * *c.cotangent / c.size();
#pragma omp simd
      for (std::int64_t j = 0; j < c.cols; ++j) dv[j] = scale * (v[j] - (eps[j] - x0[j]));
    }
  }
  static void fused(const Call& c) {
    double total = 0;
    for (std::int64_t i = 0; i < c.rows; ++i) {
      const float* __restrict v = c.row(1, i), * __restrict x0 = c.row(2, i), * __restrict eps = c.row(3, i);
      float* __restrict dv = c.grad_row(1, i);
      const float u = c.per_sample(0, i), scale = 2 * u / c.size();
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t j = 0; j < c.cols; ++j) {
        const float d = v[j] - (eps[j] - x0[j]);
        sum += static_cast<double>(u * (d * d));
        dv[j] = scale * d;
      }
      total += sum;
    }
    *c.out = static_cast<float>(total / static_cast<double>(c.rows * c.cols));
  }
  static Matrix error(const Call& c) {
    const Matrix target = matrix(c, 3) - matrix(c, 2);
    return matrix(c, 1) - target;
  }
  static float loss(const Call& c, const Matrix& difference) {
    const Matrix weighted = difference.square().colwise() * column(c, 0);
    return weighted.mean();
  }
  static void eigen_forward(const Call& c) { *c.out = loss(c, error(c)); }
  static void eigen_both(const Call& c) {
    const Matrix difference = error(c);
    *c.out = loss(c, difference);
    const Column scale = column(c, 0) * (2 / c.size());
    grad_matrix(c, 1) = difference.colwise() * scale;
  }
};

}  // namespace

void measure_path_formulas(Results& results, const TimingSettings& settings) {
  measure_formula<Renoise>(results, settings);
  measure_formula<CleanFromVelocity>(results, settings);
  measure_formula<FlowMatchingLoss>(results, settings);
  measure_formula<WeightedFakeLoss>(results, settings);
}

}  // namespace bench
