// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/reference/interpreter.hpp>
#include <dmdr/tape/backend_on.hpp>

namespace dmdr {

/// The trusted path: doubles, one naive loop at a time, gradients of expressions by finite differences.
///
/// It shares no arithmetic with the compiled kernels, so agreement with it says something about them. Use it in tests, not to train.
struct Reference : tape::BackendOn<Reference, double> {
  static constexpr const char* name = "reference";
  using KernelElements = ElementTypes<>;

  static std::string path(const Call&) { return "interpreter in doubles, gradient by finite differences"; }

  static void forward(const Call& call, const expr::Plan& plan) {
    const auto leaves = leaf_values(call);
    const std::vector<double> values =
        reference::Interpreter(call.program, leaves, call.constants, call.layout).evaluate();
    auto* const out = static_cast<double*>(plan.out);
    if (call.terminal == expr::Terminal::eval) {
      std::copy(values.begin(), values.end(), out);
      return;
    }
    double total = 0;
    for (std::int64_t row = 0; row < plan.rows; ++row) {
      double sum = 0;
      for (std::int64_t col = 0; col < plan.cols; ++col) sum += values[static_cast<std::size_t>(row * plan.cols + col)];
      if (call.terminal == expr::Terminal::row_mean) out[row] = sum / static_cast<double>(plan.cols);
      total += sum;
    }
    if (call.terminal == expr::Terminal::mean) *out = total / static_cast<double>(plan.rows * plan.cols);
  }

  static void backward_into(const Call& call, const expr::Plan& plan) {
    const auto leaves = leaf_values(call);
    const reference::Interpreter interpreter(call.program, leaves, call.constants, call.layout);
    const auto* const cotangent = static_cast<const double*>(plan.cotangent);
    const std::vector<int> tensors = tensors_of(call, plan);
    for (std::size_t k = 0; k < call.leaves.size(); ++k) {
      auto* const grad = static_cast<double*>(plan.grads[k]);
      if (grad == nullptr) continue;
      const expr::Extent extent = call.program.leaves[k].extent;
      const std::int64_t size =
          extent == expr::Extent::full ? plan.rows * plan.cols : (extent == expr::Extent::per_sample ? plan.rows : 1);
      const auto first = static_cast<std::size_t>(tensors[k]);
      if (first == k || grad != plan.grads[first]) std::fill_n(grad, size, 0.0);
      if (first != k) continue;  // the first of its leaves has taken the whole gradient
      const std::vector<double> slope = interpreter.derivative(tensors[k], tensors);
      for (std::int64_t row = 0, i = 0; row < plan.rows; ++row)
        for (std::int64_t col = 0; col < plan.cols; ++col, ++i) {
          double seed = 0;
          switch (call.terminal) {
            case expr::Terminal::eval: seed = cotangent[i]; break;
            case expr::Terminal::row_mean: seed = cotangent[row] / static_cast<double>(plan.cols); break;
            case expr::Terminal::mean: seed = cotangent[0] / static_cast<double>(plan.rows * plan.cols); break;
          }
          const std::int64_t at = extent == expr::Extent::full ? i : (extent == expr::Extent::per_sample ? row : 0);
          grad[at] += seed * slope[static_cast<std::size_t>(i)];
        }
    }
  }

 private:
  /// For each leaf, the first leaf of the same tensor and extent that wants a gradient; itself where there is none.
  static std::vector<int> tensors_of(const Call& call, const expr::Plan& plan) {
    std::vector<int> tensors;
    for (std::size_t k = 0; k < call.leaves.size(); ++k) {
      std::size_t first = 0;
      const auto is_twin = [&](std::size_t j) {
        return plan.grads[j] != nullptr && call.leaves[j].node == call.leaves[k].node &&
               call.program.leaves[j].extent == call.program.leaves[k].extent;
      };
      while (first < call.leaves.size() && !is_twin(first)) ++first;
      tensors.push_back(static_cast<int>(first == call.leaves.size() ? k : first));
    }
    return tensors;
  }
  static std::vector<std::span<const double>> leaf_values(const Call& call) {
    std::vector<std::span<const double>> leaves;
    for (const Tensor& tensor : call.leaves) leaves.push_back(tensor.values());
    return leaves;
  }
};

static_assert(DifferentiableBackend<Reference>);

}  // namespace dmdr
