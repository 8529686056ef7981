// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include <dmdr/expr/terminal.hpp>

namespace dmdr::reference {

/// Evaluates a program one step at a time over whole arrays of doubles: slow, and written independently of the kernels.
///
/// Every intermediate is kept twice: with one tensor displaced by `step * max(1, |x|)` and undisplaced. An argument that passes no
/// gradient reads the undisplaced one, which is what `stop_gradient` means for a finite difference.
class Interpreter {
 public:
  using Values = std::vector<double>;

  Interpreter(const expr::Program& program, std::span<const std::span<const double>> leaves,
              std::span<const double> constants, const expr::Layout& layout)
      : program_(program), leaves_(leaves), constants_(constants), layout_(layout) {}

  /// Values at every element, `rows * cols`.
  [[nodiscard]] Values evaluate() const { return run(-1, 0.0, {}); }

  /// d(value)/d(tensor) at every element, by central differences extrapolated over two steps (error of fourth order). `tensors[k]` is
  /// the tensor that leaf k holds, named by one of its leaves; all leaves of `tensor` move at once, so that a `maximum` of two equal
  /// parts of one tensor has a slope.
  [[nodiscard]] Values derivative(int tensor, std::span<const int> tensors) const {
    constexpr double h = 1e-3;
    const Values far_up = run(tensor, h, tensors), far_down = run(tensor, -h, tensors);
    const Values near_up = run(tensor, h / 2, tensors), near_down = run(tensor, -h / 2, tensors);
    Values slope(far_up.size());
    for (std::int64_t row = 0, i = 0; row < layout_.rows; ++row)
      for (std::int64_t col = 0; col < layout_.cols; ++col, ++i) {
        const auto k = static_cast<std::size_t>(i);
        const double unit = width(tensor, row, col);
        const double far = (far_up[k] - far_down[k]) / (2 * h * unit);
        const double near = (near_up[k] - near_down[k]) / (h * unit);
        slope[k] = near + (near - far) / 3;
      }
    return slope;
  }

 private:
  struct Pair {
    Values moved;
    Values fixed;
  };

  [[nodiscard]] double leaf_value(int leaf, std::int64_t row, std::int64_t col) const {
    const auto k = static_cast<std::size_t>(leaf);
    switch (program_.leaves[k].extent) {
      case expr::Extent::full: return leaves_[k][static_cast<std::size_t>(row * layout_.cols + col)];
      case expr::Extent::per_sample: return leaves_[k][static_cast<std::size_t>(row)];
      case expr::Extent::scalar: return leaves_[k][0];
    }
    return 0;
  }
  [[nodiscard]] double width(int leaf, std::int64_t row, std::int64_t col) const {
    return std::max(1.0, std::abs(leaf_value(leaf, row, col)));
  }

  [[nodiscard]] Values run(int displaced, double step, std::span<const int> tensors) const {
    const auto size = static_cast<std::size_t>(layout_.rows * layout_.cols);
    std::vector<Pair> stack;
    for (const expr::Instruction& instruction : program_.code) {
      Pair out{Values(size), Values(size)};
      if (instruction.code == expr::OpCode::constant) {
        out.moved.assign(size, constants_[instruction.index]);
        out.fixed = out.moved;
      } else if (instruction.code == expr::OpCode::leaf) {
        for (std::int64_t row = 0, i = 0; row < layout_.rows; ++row)
          for (std::int64_t col = 0; col < layout_.cols; ++col, ++i) {
            const double value = leaf_value(instruction.index, row, col);
            const auto k = static_cast<std::size_t>(i);
            out.fixed[k] = value;
            out.moved[k] = displaced >= 0 && tensors[instruction.index] == displaced
                               ? value + step * width(displaced, row, col)
                               : value;
          }
      } else {
        const std::size_t first = stack.size() - instruction.arity;
        for (std::size_t i = 0; i < size; ++i) {
          double moved[3] = {};
          double fixed[3] = {};
          for (std::size_t k = 0; k < instruction.arity; ++k) {
            fixed[k] = stack[first + k].fixed[i];
            moved[k] = passes(instruction.code, static_cast<int>(k)) ? stack[first + k].moved[i] : fixed[k];
          }
          out.fixed[i] = apply(instruction.code, fixed);
          out.moved[i] = apply(instruction.code, moved);
        }
        stack.resize(first);
      }
      stack.push_back(std::move(out));
    }
    return displaced < 0 ? stack.back().fixed : stack.back().moved;
  }

  [[nodiscard]] static bool passes(expr::OpCode code, int k) {
    switch (code) {
      case expr::OpCode::greater:
      case expr::OpCode::stop_gradient: return false;
      case expr::OpCode::clamp: return k == 0;
      case expr::OpCode::select: return k != 0;
      default: return true;
    }
  }

  [[nodiscard]] static double apply(expr::OpCode code, const double* x) {
    using expr::OpCode;
    switch (code) {
      case OpCode::add: return x[0] + x[1];
      case OpCode::sub: return x[0] - x[1];
      case OpCode::mul: return x[0] * x[1];
      case OpCode::div: return x[0] / x[1];
      case OpCode::minimum: return std::min(x[0], x[1]);
      case OpCode::maximum: return std::max(x[0], x[1]);
      case OpCode::greater: return x[0] > x[1] ? 1 : 0;
      case OpCode::neg: return -x[0];
      case OpCode::abs: return std::abs(x[0]);
      case OpCode::square: return x[0] * x[0];
      case OpCode::sqrt: return std::sqrt(x[0]);
      case OpCode::exp: return std::exp(x[0]);
      case OpCode::log: return std::log(x[0]);
      case OpCode::tanh: return std::tanh(x[0]);
      case OpCode::sigmoid: return 1 / (1 + std::exp(-x[0]));
      case OpCode::relu: return x[0] > 0 ? x[0] : 0;
      case OpCode::nan_to_num:
        if (std::isnan(x[0])) return 0;
        return std::isinf(x[0]) ? std::copysign(std::numeric_limits<double>::max(), x[0]) : x[0];
      case OpCode::stop_gradient: return x[0];
      case OpCode::clamp: return std::min(std::max(x[0], x[1]), x[2]);
      case OpCode::select: return x[0] != 0 ? x[1] : x[2];
      case OpCode::leaf:
      case OpCode::constant:
      case OpCode::beside:  // such formulas come one by one: there is no `beside` here
      case OpCode::custom: break;
    }
    throw Error("reference backend: the formula has an operation of its own that only compiled kernels know");
  }

  const expr::Program& program_;
  std::span<const std::span<const double>> leaves_;
  std::span<const double> constants_;
  const expr::Layout& layout_;
};

}  // namespace dmdr::reference
