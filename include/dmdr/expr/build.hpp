// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <dmdr/expr/node.hpp>
#include <dmdr/expr/ops.hpp>

namespace dmdr::expr {

/// A tensor with one number an element: `[B, ...]`. `name` is what messages call it: a string literal.
template <TensorHandle Tensor>
[[nodiscard]] auto full(Tensor tensor, const char* name = "") {
  return Leaf<Extent::full, Tensor>{{}, std::move(tensor), name};
}
/// A tensor with one number a sample: `[B]` or `[B, 1, ...]`.
template <TensorHandle Tensor>
[[nodiscard]] auto per_sample(Tensor tensor, const char* name = "") {
  return Leaf<Extent::per_sample, Tensor>{{}, std::move(tensor), name};
}
/// A tensor with one number in all: `[]` or `[1]`.
template <TensorHandle Tensor>
[[nodiscard]] auto scalar(Tensor tensor, const char* name = "") {
  return Leaf<Extent::scalar, Tensor>{{}, std::move(tensor), name};
}
/// A number.
[[nodiscard]] inline Constant scalar(double value) { return Constant{{}, value}; }

/// What a formula takes where it wants one number an element: a tensor, or an expression of such, so that formulas put together stay one
/// pass over the memory.
template <class T>
concept PerElement = Expression<T> || TensorHandle<T>;

/// A tensor as `full(tensor, name)`; an expression as it is.
template <PerElement T>
[[nodiscard]] auto elements(T x, const char* name = "") {
  if constexpr (Expression<T>)
    return x;
  else
    return full(std::move(x), name);
}

/// What may stand beside an expression in an operator.
template <class T>
concept Number = std::is_arithmetic_v<T>;

namespace detail {
template <Expression E>
E as_expression(E expression) {
  return expression;
}
template <Number N>
Constant as_expression(N value) {
  return Constant{{}, static_cast<double>(value)};
}
}  // namespace detail

/// An expression or a number.
template <class T>
concept Operand = Expression<T> || Number<T>;

namespace detail {
template <class Op, Operand... Es>
auto apply(Es... operands) {
  return Apply<Op, decltype(as_expression(operands))...>(as_expression(std::move(operands))...);
}
}  // namespace detail

// Operators are found by argument-dependent lookup only; at least one side is an expression.
template <Operand A, Operand B>
requires(Expression<A> || Expression<B>) [[nodiscard]] auto operator+(A a, B b) {
  return detail::apply<Add>(std::move(a), std::move(b));
}
template <Operand A, Operand B>
requires(Expression<A> || Expression<B>) [[nodiscard]] auto operator-(A a, B b) {
  return detail::apply<Sub>(std::move(a), std::move(b));
}
template <Operand A, Operand B>
requires(Expression<A> || Expression<B>) [[nodiscard]] auto operator*(A a, B b) {
  return detail::apply<Mul>(std::move(a), std::move(b));
}
template <Operand A, Operand B>
requires(Expression<A> || Expression<B>) [[nodiscard]] auto operator/(A a, B b) {
  return detail::apply<Div>(std::move(a), std::move(b));
}
template <Expression A>
[[nodiscard]] auto operator-(A a) {
  return detail::apply<Neg>(std::move(a));
}

// A bare tensor beside an expression has no extent yet: the writer must say which.
template <Expression A, TensorHandle B>
A operator+(A a, B) {
  static_assert(sizeof(A) == 0,
                "dmdr: a tensor stands bare in an expression; write full(x), per_sample(x) or scalar(x)");
  return a;
}
template <TensorHandle A, Expression B>
B operator+(A, B b) {
  static_assert(sizeof(A) == 0,
                "dmdr: a tensor stands bare in an expression; write full(x), per_sample(x) or scalar(x)");
  return b;
}
template <Expression A, TensorHandle B>
A operator-(A a, B) {
  static_assert(sizeof(A) == 0,
                "dmdr: a tensor stands bare in an expression; write full(x), per_sample(x) or scalar(x)");
  return a;
}
template <TensorHandle A, Expression B>
B operator-(A, B b) {
  static_assert(sizeof(A) == 0,
                "dmdr: a tensor stands bare in an expression; write full(x), per_sample(x) or scalar(x)");
  return b;
}
template <Expression A, TensorHandle B>
A operator*(A a, B) {
  static_assert(sizeof(A) == 0,
                "dmdr: a tensor stands bare in an expression; write full(x), per_sample(x) or scalar(x)");
  return a;
}
template <TensorHandle A, Expression B>
B operator*(A, B b) {
  static_assert(sizeof(A) == 0,
                "dmdr: a tensor stands bare in an expression; write full(x), per_sample(x) or scalar(x)");
  return b;
}
template <Expression A, TensorHandle B>
A operator/(A a, B) {
  static_assert(sizeof(A) == 0,
                "dmdr: a tensor stands bare in an expression; write full(x), per_sample(x) or scalar(x)");
  return a;
}
template <TensorHandle A, Expression B>
B operator/(A, B b) {
  static_assert(sizeof(A) == 0,
                "dmdr: a tensor stands bare in an expression; write full(x), per_sample(x) or scalar(x)");
  return b;
}
template <Expression A>
[[nodiscard]] auto abs(A a) {
  return detail::apply<Abs>(std::move(a));
}
template <Expression A>
[[nodiscard]] auto square(A a) {
  return detail::apply<Square>(std::move(a));
}
template <Expression A>
[[nodiscard]] auto sqrt(A a) {
  return detail::apply<Sqrt>(std::move(a));
}
template <Expression A>
[[nodiscard]] auto exp(A a) {
  return detail::apply<Exp>(std::move(a));
}
template <Expression A>
[[nodiscard]] auto log(A a) {
  return detail::apply<Log>(std::move(a));
}
template <Expression A>
[[nodiscard]] auto tanh(A a) {
  return detail::apply<Tanh>(std::move(a));
}
template <Expression A>
[[nodiscard]] auto sigmoid(A a) {
  return detail::apply<Sigmoid>(std::move(a));
}
template <Expression A>
[[nodiscard]] auto relu(A a) {
  return detail::apply<Relu>(std::move(a));
}
template <Expression A>
[[nodiscard]] auto nan_to_num(A a) {
  return detail::apply<NanToNum>(std::move(a));
}
template <Expression A>
[[nodiscard]] auto stop_gradient(A a) {
  return detail::apply<StopGradient>(std::move(a));
}
template <Operand A, Operand B>
requires(Expression<A> || Expression<B>) [[nodiscard]] auto minimum(A a, B b) {
  return detail::apply<Minimum>(std::move(a), std::move(b));
}
template <Operand A, Operand B>
requires(Expression<A> || Expression<B>) [[nodiscard]] auto maximum(A a, B b) {
  return detail::apply<Maximum>(std::move(a), std::move(b));
}
template <Operand A, Operand B>
requires(Expression<A> || Expression<B>) [[nodiscard]] auto greater(A a, B b) {
  return detail::apply<Greater>(std::move(a), std::move(b));
}
/// `a` limited to [lo, hi].
template <Expression A, Operand Lo, Operand Hi>
[[nodiscard]] auto clamp(A a, Lo lo, Hi hi) {
  return detail::apply<Clamp>(std::move(a), std::move(lo), std::move(hi));
}
/// `a` where `condition` is not 0, else `b`.
template <Expression C, Operand A, Operand B>
[[nodiscard]] auto select(C condition, A a, B b) {
  return detail::apply<Select>(std::move(condition), std::move(a), std::move(b));
}

}  // namespace dmdr::expr
