// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include <dmdr/expr/structure.hpp>

// Derivatives of a formula along one tensor, which may stand in several places of it: forward accumulation. See docs/adr/0008.
namespace dmdr::expr::detail {

/// What a tree computes: values alone, or also their derivative along one tensor, which is full or constant along a row.
enum class Mode : std::uint8_t { value, full, rows };

/// A value, and its derivative along the tensor in question.
template <class T>
struct Dual {
  T value;
  T slope;
};

/// Whether the value of a structure moves with a tensor of the mode's kind: some leaf of that kind receives a gradient.
template <Mode M, class S>
inline constexpr bool moves = false;
template <Mode M, Extent X, int I>
inline constexpr bool moves<M, LeafSlot<X, I>> = M != Mode::value && (X == Extent::full) == (M == Mode::full);
template <Mode M, class Op, class A>
inline constexpr bool moves<M, Node<Op, A>> = passes_gradient<Op>(0) && moves<M, A>;
template <Mode M, class Op, class A, class B>
inline constexpr bool moves<M, Node<Op, A, B>> = (passes_gradient<Op>(0) && moves<M, A>) ||
                                                 (passes_gradient<Op>(1) && moves<M, B>);
template <Mode M, class Op, class A, class B, class C>
inline constexpr bool moves<M, Node<Op, A, B, C>> = (passes_gradient<Op>(0) && moves<M, A>) ||
                                                    (passes_gradient<Op>(1) && moves<M, B>) ||
                                                    (passes_gradient<Op>(2) && moves<M, C>);
template <Mode M, class Op, int K, class C>
inline constexpr bool carries = passes_gradient<Op>(K) && moves<M, C>;

/// Bit k is set where leaf k is in the structure.
template <class S>
inline constexpr std::uint32_t leaf_bits = 0;
template <Extent X, int I>
inline constexpr std::uint32_t leaf_bits<LeafSlot<X, I>> = 1U << I;
template <class Op, class... Cs>
inline constexpr std::uint32_t leaf_bits<Node<Op, Cs...>> = (leaf_bits<Cs> | ...);

// A summand of a derivative is the partial times the argument's derivative, but exactly 0 where the argument does not hold the tensor:
// a partial may be infinite. Whether it does is known at run time, the same for all elements: a mask of all bits or none.
template <class T>
using Mask = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
template <class C, bool Always, class T>
constexpr Mask<T> mask_of(std::uint32_t tensor) {
  return Always ? ~Mask<T>{0} : Mask<T>{0} - static_cast<Mask<T>>((tensor & leaf_bits<C>) != 0);
}
template <class T>
constexpr T masked(T x, Mask<T> mask) {
  return std::bit_cast<T>(std::bit_cast<Mask<T>>(x) & mask);
}

/// An argument of an operation: its value, and where it can hold the tensor (`Carries`) its derivative.
template <bool Carries, class T>
struct Term {
  static constexpr bool carries = Carries;
  Dual<T> at;
  Mask<T> mask;
};

// The derivative of an operation with value `y`, by the chain rule. `partials` is linear in the adjoint: given an argument's derivative
// for it, it returns the summand of that argument.
template <class Op, class T, bool A>
T slope_of(T y, const Term<A, T>& a) {
  T da{};
  Op::partials(a.at.slope, y, a.at.value, da);
  return masked(da, a.mask);
}
template <class Op, class T, bool A, bool B>
T slope_of(T y, const Term<A, T>& a, const Term<B, T>& b) {
  T sum{};
  if constexpr (A) {
    T da{}, db{};
    Op::partials(a.at.slope, y, a.at.value, b.at.value, da, db);
    sum = masked(da, a.mask);
  }
  if constexpr (B) {
    T da{}, db{};
    Op::partials(b.at.slope, y, a.at.value, b.at.value, da, db);
    sum = A ? sum + masked(db, b.mask) : masked(db, b.mask);
  }
  return sum;
}
template <class Op, class T, bool A, bool B, bool C>
T slope_of(T y, const Term<A, T>& a, const Term<B, T>& b, const Term<C, T>& c) {
  T sum{};
  if constexpr (A) {
    T da{}, db{}, dc{};
    Op::partials(a.at.slope, y, a.at.value, b.at.value, c.at.value, da, db, dc);
    sum = masked(da, a.mask);
  }
  if constexpr (B) {
    T da{}, db{}, dc{};
    Op::partials(b.at.slope, y, a.at.value, b.at.value, c.at.value, da, db, dc);
    sum = A ? sum + masked(db, b.mask) : masked(db, b.mask);
  }
  if constexpr (C) {
    T da{}, db{}, dc{};
    Op::partials(c.at.slope, y, a.at.value, b.at.value, c.at.value, da, db, dc);
    sum = A || B ? sum + masked(dc, c.mask) : masked(dc, c.mask);
  }
  return sum;
}
template <class Op, class T, class... Terms>
Dual<T> chain(T y, const Terms&... terms) {
  return {y, slope_of<Op>(y, terms...)};
}

}  // namespace dmdr::expr::detail
