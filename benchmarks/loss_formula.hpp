// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/run.hpp>
#include <dmdr/expr/terminal.hpp>

#include "results.hpp"
#include "timing.hpp"

namespace bench {

using dmdr::expr::Extent;
using dmdr::expr::Terminal;
using Cpu = dmdr::EigenCpu<float>;
using Tensor = Cpu::Tensor;

/// One argument of a formula, and whether its gradient is wanted.
struct Argument {
  const char* name;
  Extent extent = Extent::full;
  bool gradient = false;
  double low = -1;
  double high = 1;
};

/// Raw memory of one call, the same for every writing of a formula.
struct Call {
  std::int64_t rows = 0, cols = 0;
  std::array<const float*, 8> in{};
  std::array<float*, 8> grad{};
  float* out = nullptr;
  const float* cotangent = nullptr;  ///< of the terminal's result

  [[nodiscard]] const float* row(int k, std::int64_t i) const { return in[static_cast<std::size_t>(k)] + i * cols; }
  [[nodiscard]] float* grad_row(int k, std::int64_t i) const { return grad[static_cast<std::size_t>(k)] + i * cols; }
  [[nodiscard]] float per_sample(int k, std::int64_t i) const { return in[static_cast<std::size_t>(k)][i]; }
  [[nodiscard]] float size() const { return static_cast<float>(rows * cols); }
};

// The same memory as Eigen sees it.
using Matrix = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Column = Eigen::Array<float, Eigen::Dynamic, 1>;
[[nodiscard]] inline Eigen::Map<const Matrix> matrix(const Call& c, int k) {
  return {c.in[static_cast<std::size_t>(k)], c.rows, c.cols};
}
[[nodiscard]] inline Eigen::Map<const Column> column(const Call& c, int k) {
  return {c.in[static_cast<std::size_t>(k)], c.rows};
}
[[nodiscard]] inline Eigen::Map<Matrix> grad_matrix(const Call& c, int k) {
  return {c.grad[static_cast<std::size_t>(k)], c.rows, c.cols};
}
[[nodiscard]] inline Eigen::Map<Matrix> out_matrix(const Call& c) { return {c.out, c.rows, c.cols}; }
[[nodiscard]] inline Eigen::Map<const Matrix> cotangent_matrix(const Call& c) { return {c.cotangent, c.rows, c.cols}; }

namespace detail {

inline double apart(std::span<const float> a, std::span<const float> b) {
  double worst = 0, largest = 1e-30;
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    largest = std::max(largest, std::abs(static_cast<double>(b[i])));
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) return INFINITY;
  }
  return worst / largest;
}

inline Tensor random_tensor(const dmdr::Shape& shape, double low, double high, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::vector<double> values(static_cast<std::size_t>(shape.numel()));
  for (double& value : values) value = low + (high - low) * std::generate_canonical<double, 53>(engine);
  return Cpu{}.from_host(shape, values);
}

}  // namespace detail

/// Formula `F` at one size: makes the arguments, compares the writings with each other, times them and adds the ratios.
template <class F>
class FormulaBench {
 public:
  FormulaBench(std::int64_t rows, std::int64_t cols) {
    const dmdr::Shape full{rows, cols}, batch{rows};
    call_.rows = rows;
    call_.cols = cols;
    for (std::size_t k = 0; k < F::arguments.size(); ++k) {
      const Argument& argument = F::arguments[k];
      const bool is_full = argument.extent == Extent::full;
      const Tensor tensor = detail::random_tensor(is_full ? full : batch, argument.low, argument.high, 17 + k);
      constants_.push_back(tensor);
      variables_.push_back(argument.gradient ? Cpu::parameter(tensor) : tensor);
      call_.in[k] = tensor.node->data();
      gradients_.push_back(detail::random_tensor(argument.gradient ? full : batch, 0, 0, 0));
      call_.grad[k] = argument.gradient ? gradients_[k].node->data() : nullptr;
    }
    const dmdr::Shape result =
        F::terminal == Terminal::eval ? full : (F::terminal == Terminal::row_mean ? batch : dmdr::Shape{});
    out_ = detail::random_tensor(result, 0, 0, 0);
    // A mean is the end of a chain: its cotangent is 1, and a loop may compute the gradient beside the value.
    cotangent_ =
        detail::random_tensor(result, F::terminal == Terminal::mean ? 1 : .5, F::terminal == Terminal::mean ? 1 : 2, 5);
    call_.out = out_.node->data();
    call_.cotangent = cotangent_.node->data();
    dmdr::expr::detail::with_call(F::build(constants_), F::terminal, dmdr::Location::current(), [&](const auto& call) {
      program_ = &call.program;
      kernels_ = call.program.kernels(dmdr::Dtype::f32);
      plan_.rows = rows;
      plan_.cols = cols;
      plan_.out = call_.out;
      plan_.functions = &Cpu::functions();
      plan_.cotangent = call_.cotangent;
      std::copy(call.constants.begin(), call.constants.end(), plan_.constants);
      for (std::size_t leaf = 0; leaf < call.leaves.size(); ++leaf)
        for (std::size_t k = 0; k < constants_.size(); ++k)
          if (call.leaves[leaf].node == constants_[k].node && plan_.leaves[leaf] == nullptr) {
            plan_.leaves[leaf] = call_.in[k];
            leaf_of_[k].push_back(leaf);
            plan_.grads[leaf] = nullptr;
          }
      return 0;
    });
    for (std::size_t k = 0; k < constants_.size(); ++k)
      if (call_.grad[k] != nullptr) place_gradients(k);
  }

  void run(Results& results, const TimingSettings& settings) {
    check();
    const std::string size = std::to_string(call_.rows) + "x" + std::to_string(call_.cols);
    const std::string path = std::string("losses/") + F::name + "/" + size;
    const Work expression_forward = [this] { dmdr::expr::run_forward<float>(*kernels_, plan_, F::terminal); };
    const Work expression_backward = [this] { expression_gradient(); };

    const std::vector<Work> forward{[this] { F::forward(call_); }, expression_forward, [this] { tape_forward(); },
                                    [this] { F::eigen_forward(call_); }};
    const std::vector<Work> backward{[this] { F::backward(call_); }, expression_backward};
    const std::vector<Work> both{[this] { F::fused(call_); },
                                 [&] {
                                   expression_forward();
                                   expression_backward();
                                 },
                                 [this] { tape_both(); }, [this] { F::eigen_both(call_); }};
    std::printf("%-22s %-9s", F::name, size.c_str());
    add(results, path + "/forward", Rounds(forward, settings), true);
    add(results, path + "/backward", Rounds(backward, settings), false);
    add(results, path + "/forward_backward", Rounds(both, settings), true);
    std::printf("\n");
  }

 private:
  /// A tensor that stands in several places of the formula has one gradient.
  void place_gradients(std::size_t k) {
    for (const std::size_t leaf : leaf_of_[k])
      if (program_->leaves[leaf].active) plan_.grads[leaf] = call_.grad[k];
  }
  void expression_gradient() { dmdr::expr::run_backward<float>(*program_, *kernels_, plan_, F::terminal); }
  [[nodiscard]] static Tensor terminal(const std::vector<Tensor>& arguments) {
    const auto e = F::build(arguments);
    if constexpr (F::terminal == Terminal::eval) return dmdr::expr::eval(e);
    if constexpr (F::terminal == Terminal::row_mean) return dmdr::expr::row_mean(e);
    if constexpr (F::terminal == Terminal::mean) return dmdr::expr::mean(e);
  }
  void tape_forward() {
    const Cpu::NoGrad no_grad;
    taped_ = terminal(constants_);
  }
  void tape_both() {
    Cpu::clear_gradients(variables_);
    taped_ = terminal(variables_);
    Cpu::backward(std::span(&taped_, 1), std::span(&cotangent_, 1));
  }

  /// All writings leave the same numbers, up to float's rounding. Sums are in double everywhere but in Eigen's: a million floats summed
  /// in float lose two digits more.
  void check() {
    const auto outcome = [&](const char* what, auto work, double of_values = 2e-5) {
      std::fill_n(call_.out, out_.values().size(), NAN);
      for (std::size_t k = 0; k < gradients_.size(); ++k)
        if (call_.grad[k] != nullptr) std::fill_n(call_.grad[k], gradients_[k].values().size(), NAN);
      work();
      std::vector<std::vector<float>> numbers{{out_.values().begin(), out_.values().end()}};
      for (std::size_t k = 0; k < gradients_.size(); ++k)
        if (call_.grad[k] != nullptr)
          numbers.emplace_back(gradients_[k].values().begin(), gradients_[k].values().end());
      if (wanted_.empty()) wanted_ = numbers;
      for (std::size_t k = 0; k < numbers.size(); ++k)
        if (!(detail::apart(numbers[k], wanted_[k]) < (k == 0 ? of_values : 2e-5)))
          throw dmdr::NumericError(
              std::string("benchmark: ") + F::name + ": " + what + " differs from the hand-written loop by " +
              std::to_string(detail::apart(numbers[k], wanted_[k])) + (k == 0 ? " in the value" : " in a gradient"));
    };
    outcome("itself", [&] { F::fused(call_); });
    outcome("the loop in two passes", [&] {
      F::forward(call_);
      F::backward(call_);
    });
    outcome("the expression", [&] {
      dmdr::expr::run_forward<float>(*kernels_, plan_, F::terminal);
      expression_gradient();
    });
    constexpr double of_eigen = F::terminal == Terminal::eval ? 2e-5 : 2e-3;
    outcome(
        "the Eigen writing", [&] { F::eigen_both(call_); }, of_eigen);
    outcome(
        "the forward Eigen writing",
        [&] {
          F::eigen_both(call_);
          std::fill_n(call_.out, out_.values().size(), NAN);
          F::eigen_forward(call_);
        },
        of_eigen);
    outcome("the tape", [&] {
      tape_both();
      std::copy_n(taped_.node->data(), out_.values().size(), call_.out);
      for (std::size_t k = 0; k < gradients_.size(); ++k)
        if (call_.grad[k] != nullptr)
          std::copy_n(variables_[k].node->grad->data(), gradients_[k].values().size(), call_.grad[k]);
    });
  }

  static void add(Results& results, const std::string& path, const Rounds& rounds, bool all) {
    results.add(path + "/hand_seconds", rounds.seconds(0));
    results.add(path + "/expression_over_hand", rounds.ratio(1, 0));
    std::printf("  %5.2f", rounds.ratio(1, 0).median);
    if (!all) return;
    results.add(path + "/expression_over_eigen", rounds.ratio(1, 3));
    results.add(path + "/tape_over_hand", rounds.ratio(2, 0));
    results.add(path + "/tape_over_eigen", rounds.ratio(2, 3));
    std::printf(" %5.2f %5.2f %5.2f", rounds.ratio(1, 3).median, rounds.ratio(2, 0).median, rounds.ratio(2, 3).median);
  }

  Call call_;
  std::vector<Tensor> constants_, variables_, gradients_;
  Tensor out_, cotangent_, taped_;
  dmdr::expr::Plan plan_;
  const dmdr::expr::Program* program_ = nullptr;
  const dmdr::expr::Kernels* kernels_ = nullptr;
  std::array<std::vector<std::size_t>, 8> leaf_of_;
  std::vector<std::vector<float>> wanted_;
};

/// A formula at the three sizes: one that fits the first cache, one that fits the second or third, one beyond.
template <class F>
void measure_formula(Results& results, const TimingSettings& settings) {
  for (const auto& [rows, cols] : {std::pair{64, 64}, std::pair{64, 4096}, std::pair{16, 65536}})
    FormulaBench<F>(rows, cols).run(results, settings);
}

}  // namespace bench
