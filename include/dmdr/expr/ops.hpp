// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

#include <dmdr/expr/array_functions.hpp>

namespace dmdr::expr {

/// Code of an operation in the postfix form of a formula (`Program::code`), for backends that evaluate it with their own operators.
enum class OpCode : std::uint8_t {
  leaf,      ///< pushes leaf `index`
  constant,  ///< pushes constant `index`
  add,
  sub,
  mul,
  div,
  minimum,
  maximum,
  greater,
  neg,
  abs,
  square,
  sqrt,
  exp,
  log,
  tanh,
  sigmoid,
  relu,
  nan_to_num,
  stop_gradient,
  clamp,
  select,
  custom,  ///< an operation of the user's own: only the compiled kernels know it
  beside,  ///< leaves both operands: the last step of two formulas that are computed in one pass
};

// An operation is a stateless type with
//   code, name, arity
//   value(args...)                      the result
//   partials(adjoint, y, args..., &d...) writes adjoint * dy/darg into each d
// `y` is the result of `value`, so that exp, sqrt and tanh need no second evaluation. Where an argument never receives a gradient
// the operation says so by `passes(k)`; the kernels then neither compute nor store it. One of `ArrayFunctions` says so by
//   values(x, count, functions)         value of every x, in place

/// Whether argument `k` of `Op` can receive a gradient.
template <class Op>
constexpr bool passes_gradient(int k) {
  if constexpr (requires { Op::passes(k); })
    return Op::passes(k);
  else
    return true;
}

struct Add {
  static constexpr OpCode code = OpCode::add;
  static constexpr std::string_view name = "+";
  template <class T>
  static constexpr T value(T a, T b) {
    return a + b;
  }
  template <class T>
  static constexpr void partials(T g, T, T, T, T& da, T& db) {
    da = g;
    db = g;
  }
};
struct Sub {
  static constexpr OpCode code = OpCode::sub;
  static constexpr std::string_view name = "-";
  template <class T>
  static constexpr T value(T a, T b) {
    return a - b;
  }
  template <class T>
  static constexpr void partials(T g, T, T, T, T& da, T& db) {
    da = g;
    db = -g;
  }
};
struct Mul {
  static constexpr OpCode code = OpCode::mul;
  static constexpr std::string_view name = "*";
  template <class T>
  static constexpr T value(T a, T b) {
    return a * b;
  }
  template <class T>
  static constexpr void partials(T g, T, T a, T b, T& da, T& db) {
    da = g * b;
    db = g * a;
  }
};
struct Div {
  static constexpr OpCode code = OpCode::div;
  static constexpr std::string_view name = "/";
  template <class T>
  static constexpr T value(T a, T b) {
    return a / b;
  }
  template <class T>
  static constexpr void partials(T g, T y, T, T b, T& da, T& db) {
    da = g / b;
    db = -da * y;
  }
};
/// The smaller argument; at a tie the whole gradient goes to the first.
struct Minimum {
  static constexpr OpCode code = OpCode::minimum;
  static constexpr std::string_view name = "minimum";
  template <class T>
  static constexpr T value(T a, T b) {
    return b < a ? b : a;
  }
  template <class T>
  static constexpr void partials(T g, T, T a, T b, T& da, T& db) {
    da = b < a ? T(0) : g;
    db = b < a ? g : T(0);
  }
};
/// The larger argument; at a tie the whole gradient goes to the first.
struct Maximum {
  static constexpr OpCode code = OpCode::maximum;
  static constexpr std::string_view name = "maximum";
  template <class T>
  static constexpr T value(T a, T b) {
    return a < b ? b : a;
  }
  template <class T>
  static constexpr void partials(T g, T, T a, T b, T& da, T& db) {
    da = a < b ? T(0) : g;
    db = a < b ? g : T(0);
  }
};
/// 1 where a > b, else 0; no gradient.
struct Greater {
  static constexpr OpCode code = OpCode::greater;
  static constexpr std::string_view name = "greater";
  static constexpr bool passes(int) { return false; }
  template <class T>
  static constexpr T value(T a, T b) {
    return a > b ? T(1) : T(0);
  }
  template <class T>
  static constexpr void partials(T, T, T, T, T& da, T& db) {
    da = T(0);
    db = T(0);
  }
};

struct Neg {
  static constexpr OpCode code = OpCode::neg;
  static constexpr std::string_view name = "neg";
  template <class T>
  static constexpr T value(T a) {
    return -a;
  }
  template <class T>
  static constexpr void partials(T g, T, T, T& da) {
    da = -g;
  }
};
/// |a|; the derivative at 0 is 0, as in PyTorch.
struct Abs {
  static constexpr OpCode code = OpCode::abs;
  static constexpr std::string_view name = "abs";
  template <class T>
  static T value(T a) {
    return std::abs(a);
  }
  template <class T>
  static constexpr void partials(T g, T, T a, T& da) {
    da = a > T(0) ? g : (a < T(0) ? -g : T(0));
  }
};
struct Square {
  static constexpr OpCode code = OpCode::square;
  static constexpr std::string_view name = "square";
  template <class T>
  static constexpr T value(T a) {
    return a * a;
  }
  template <class T>
  static constexpr void partials(T g, T, T a, T& da) {
    da = T(2) * g * a;
  }
};
struct Sqrt {
  static constexpr OpCode code = OpCode::sqrt;
  static constexpr std::string_view name = "sqrt";
  template <class T>
  static T value(T a) {
    return std::sqrt(a);
  }
  template <class T>
  static constexpr void partials(T g, T y, T, T& da) {
    da = g / (T(2) * y);
  }
};
struct Exp {
  static constexpr OpCode code = OpCode::exp;
  static constexpr std::string_view name = "exp";
  template <class T>
  static T value(T a) {
    return std::exp(a);
  }
  template <class T>
  static void values(T* x, std::int64_t count, const ArrayFunctions<T>& functions) {
    functions.exp(x, count);
  }
  template <class T>
  static constexpr void partials(T g, T y, T, T& da) {
    da = g * y;
  }
};
struct Log {
  static constexpr OpCode code = OpCode::log;
  static constexpr std::string_view name = "log";
  template <class T>
  static T value(T a) {
    return std::log(a);
  }
  template <class T>
  static void values(T* x, std::int64_t count, const ArrayFunctions<T>& functions) {
    functions.log(x, count);
  }
  template <class T>
  static constexpr void partials(T g, T, T a, T& da) {
    da = g / a;
  }
};
struct Tanh {
  static constexpr OpCode code = OpCode::tanh;
  static constexpr std::string_view name = "tanh";
  template <class T>
  static T value(T a) {
    return std::tanh(a);
  }
  template <class T>
  static void values(T* x, std::int64_t count, const ArrayFunctions<T>& functions) {
    functions.tanh(x, count);
  }
  template <class T>
  static constexpr void partials(T g, T y, T, T& da) {
    da = g * (T(1) - y * y);
  }
};
/// 1 / (1 + exp(-a)).
struct Sigmoid {
  static constexpr OpCode code = OpCode::sigmoid;
  static constexpr std::string_view name = "sigmoid";
  template <class T>
  static T value(T a) {
    return T(1) / (T(1) + std::exp(-a));
  }
  template <class T>
  static void values(T* x, std::int64_t count, const ArrayFunctions<T>& functions) {
    functions.sigmoid(x, count);
  }
  template <class T>
  static constexpr void partials(T g, T y, T, T& da) {
    da = g * y * (T(1) - y);
  }
};
/// max(a, 0); the derivative at 0 is 0, as in PyTorch.
struct Relu {
  static constexpr OpCode code = OpCode::relu;
  static constexpr std::string_view name = "relu";
  template <class T>
  static constexpr T value(T a) {
    return a > T(0) ? a : T(0);
  }
  template <class T>
  static constexpr void partials(T g, T, T a, T& da) {
    da = a > T(0) ? g : T(0);
  }
};
/// NaN becomes 0 and an infinity the largest finite number of its sign (`torch.nan_to_num`); no gradient where it acted.
struct NanToNum {
  static constexpr OpCode code = OpCode::nan_to_num;
  static constexpr std::string_view name = "nan_to_num";
  template <class T>
  static constexpr T value(T a) {
    constexpr T largest = std::numeric_limits<T>::max();
    return a != a ? T(0) : (a > largest ? largest : (a < -largest ? -largest : a));
  }
  template <class T>
  static constexpr void partials(T g, T, T a, T& da) {
    constexpr T largest = std::numeric_limits<T>::max();
    da = (a <= largest && a >= -largest) ? g : T(0);
  }
};
/// Identity whose adjoint stops (`sg` in the papers, `detach` in PyTorch).
struct StopGradient {
  static constexpr OpCode code = OpCode::stop_gradient;
  static constexpr std::string_view name = "stop_gradient";
  static constexpr bool passes(int) { return false; }
  template <class T>
  static constexpr T value(T a) {
    return a;
  }
  template <class T>
  static constexpr void partials(T, T, T, T& da) {
    da = T(0);
  }
};

/// a limited to [lo, hi]; gradient to `a` strictly inside and at the bounds, as `torch.clamp`; none to the bounds.
struct Clamp {
  static constexpr OpCode code = OpCode::clamp;
  static constexpr std::string_view name = "clamp";
  static constexpr bool passes(int k) { return k == 0; }
  template <class T>
  static constexpr T value(T a, T lo, T hi) {
    return a < lo ? lo : (a > hi ? hi : a);
  }
  template <class T>
  static constexpr void partials(T g, T, T a, T lo, T hi, T& da, T& dlo, T& dhi) {
    da = (a >= lo && a <= hi) ? g : T(0);
    dlo = T(0);
    dhi = T(0);
  }
};
/// a where the condition is not 0, else b; no gradient to the condition (`torch.where`).
struct Select {
  static constexpr OpCode code = OpCode::select;
  static constexpr std::string_view name = "select";
  static constexpr bool passes(int k) { return k != 0; }
  template <class T>
  static constexpr T value(T c, T a, T b) {
    return c != T(0) ? a : b;
  }
  template <class T>
  static constexpr void partials(T g, T, T c, T, T, T& dc, T& da, T& db) {
    dc = T(0);
    da = c != T(0) ? g : T(0);
    db = c != T(0) ? T(0) : g;
  }
};

}  // namespace dmdr::expr
