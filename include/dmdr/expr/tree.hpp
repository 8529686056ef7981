// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/core/bfloat16.hpp>
#include <dmdr/core/extrema.hpp>
#include <dmdr/expr/dual.hpp>
#include <dmdr/expr/plan.hpp>
#include <dmdr/expr/structure.hpp>

// Says of the next loop that its iterations touch no common memory but what they only read.
#if defined(__clang__)
#define DMDR_INDEPENDENT_LOOP _Pragma("clang loop vectorize(assume_safety)")
// A loop that calls a function of the user's own stays as it is, and clang would warn about it in the user's program.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"
#elif defined(__GNUC__)
#define DMDR_INDEPENDENT_LOOP _Pragma("GCC ivdep")
#else
#define DMDR_INDEPENDENT_LOOP
#endif

namespace dmdr::expr::detail {

/// Elements for which a function of `ArrayFunctions` is computed at a time.
inline constexpr std::int64_t block_size = 256;
/// Blocks are filled up to a multiple of this.
inline constexpr std::int64_t block_granule = 16;

/// Where a tree begins: in a row of a plan, at an element counted from the first of the batch.
template <class E>
struct Place {
  using T = arithmetic_t<E>;
  const Plan& plan;
  std::int64_t row;
  std::int64_t first_element;
  std::uint32_t tensor;
  T* scratch;  ///< `function_count` blocks

  template <Extent X, int I>
  [[nodiscard]] const E* leaf() const {
    const std::int64_t offset = X == Extent::full ? first_element : (X == Extent::per_sample ? row : 0);
    return static_cast<const E*>(plan.leaves[I]) + offset;
  }
};

// The value of a structure that is constant along the row.
template <int I, class E>
arithmetic_t<E> fold(ConstantSlot<I>, const Place<E>& at) {
  return static_cast<arithmetic_t<E>>(at.plan.constants[I]);
}
template <Extent X, int I, class E>
arithmetic_t<E> fold(LeafSlot<X, I>, const Place<E>& at) {
  return static_cast<arithmetic_t<E>>(*at.template leaf<X, I>());
}
template <class Op, class... Cs, class E>
arithmetic_t<E> fold(Node<Op, Cs...>, const Place<E>& at) {
  return Op::value(fold(Cs{}, at)...);
}
// The same with its derivative.
template <class S, class E>
Dual<arithmetic_t<E>> fold_dual(S, const Place<E>& at) {
  return {fold(S{}, at), moves<Mode::rows, S> ? arithmetic_t<E>(1) : arithmetic_t<E>(0)};
}
template <class Op, int K, class C, class E>
auto fold_term(const Place<E>& at) {
  using T = arithmetic_t<E>;
  constexpr bool has = carries<Mode::rows, Op, K, C>;
  if constexpr (has)
    return Term<true, T>{fold_dual(C{}, at), mask_of<C, false, T>(at.tensor)};
  else
    return Term<false, T>{{fold(C{}, at), T(0)}, 0};
}
template <class Op, class A, class E>
Dual<arithmetic_t<E>> fold_dual(Node<Op, A>, const Place<E>& at) {
  const auto a = fold_term<Op, 0, A>(at);
  return chain<Op>(Op::value(a.at.value), a);
}
template <class Op, class A, class B, class E>
Dual<arithmetic_t<E>> fold_dual(Node<Op, A, B>, const Place<E>& at) {
  const auto a = fold_term<Op, 0, A>(at);
  const auto b = fold_term<Op, 1, B>(at);
  return chain<Op>(Op::value(a.at.value, b.at.value), a, b);
}
template <class Op, class A, class B, class C, class E>
Dual<arithmetic_t<E>> fold_dual(Node<Op, A, B, C>, const Place<E>& at) {
  const auto a = fold_term<Op, 0, A>(at);
  const auto b = fold_term<Op, 1, B>(at);
  const auto c = fold_term<Op, 2, C>(at);
  return chain<Op>(Op::value(a.at.value, b.at.value, c.at.value), a, b, c);
}

/// Whether the operation is one of `ArrayFunctions`.
template <class Op>
inline constexpr bool is_array_function = requires(double* x, const ArrayFunctions<double>& functions) {
  Op::values(x, std::int64_t{}, functions);
};
/// Functions of an element, as opposed to those of what is constant along a row.
template <class S>
inline constexpr int function_count = 0;
template <class Op, class... Cs>
inline constexpr int function_count<Node<Op, Cs...>> =
    (function_count<Cs> + ...) + (is_array_function<Op> && extent_v<Node<Op, Cs...>> == Extent::full ? 1 : 0);

/// Structure `S` over one row of elements `E`. What is constant along the row is computed when the tree is made.
///   prepare(first, size)  computes the functions for columns [first, first + size), before these are asked for
///   value(j)              at column j; a column is counted from the place where the tree begins
///   dual(j, seed)         the same, and its derivative times the number `seed`, which is 1 in the mode `rows`
/// `Sole`: whatever leaves the tensor has, they are in this tree.
template <class S, class E, Mode M, bool Sole>
struct Tree {
  static_assert(extent_v<S> != Extent::full);
  using T = arithmetic_t<E>;
  Dual<T> folded;
  explicit Tree(Place<E>& at) : folded{} {
    if constexpr (moves<M, S>)
      folded = fold_dual(S{}, at);
    else
      folded.value = fold(S{}, at);
  }
  void prepare(std::int64_t, std::int64_t) {}
  T value(std::int64_t) const { return folded.value; }
  Dual<T> dual(std::int64_t, T) const { return folded; }
};

template <int I, class E, Mode M, bool Sole>
struct Tree<LeafSlot<Extent::full, I>, E, M, Sole> {
  using T = arithmetic_t<E>;
  const E* data;
  explicit Tree(Place<E>& at) : data(at.template leaf<Extent::full, I>()) {}
  void prepare(std::int64_t, std::int64_t) {}
  T value(std::int64_t j) const { return static_cast<T>(data[j]); }
  Dual<T> dual(std::int64_t j, T seed) const { return {value(j), seed}; }
};

/// Child K of an operation, and the mask of its derivative.
template <class Op, int K, class C, class E, Mode M, bool Sole>
struct Branch {
  using T = arithmetic_t<E>;
  static constexpr bool has = carries<M, Op, K, C>;
  Tree<C, E, M, Sole> tree;
  Mask<T> mask;
  explicit Branch(Place<E>& at) : tree(at), mask(mask_of<C, Sole, T>(at.tensor)) {}
  T value(std::int64_t j) const { return tree.value(j); }
  Term<has, T> term(std::int64_t j, T seed) const {
    if constexpr (has)
      return {tree.dual(j, seed), mask};
    else
      return {{tree.value(j), T(0)}, 0};
  }
};

template <class Op, class A, class E, Mode M, bool Sole>
requires(extent_v<A> == Extent::full && !is_array_function<Op>) struct Tree<Node<Op, A>, E, M, Sole> {
  using T = arithmetic_t<E>;
  Branch<Op, 0, A, E, M, Sole> a;
  explicit Tree(Place<E>& at) : a(at) {}
  void prepare(std::int64_t first, std::int64_t size) { a.tree.prepare(first, size); }
  T value(std::int64_t j) const { return Op::value(a.value(j)); }
  Dual<T> dual(std::int64_t j, T seed) const {
    const auto at = a.term(j, seed);
    return chain<Op>(Op::value(at.at.value), at);
  }
};

template <class Op, class A, class E, Mode M, bool Sole>
requires(extent_v<A> == Extent::full && is_array_function<Op>) struct Tree<Node<Op, A>, E, M, Sole> {
  using T = arithmetic_t<E>;
  Branch<Op, 0, A, E, M, Sole> a;
  const ArrayFunctions<T>& functions;
  T* block;
  std::int64_t begin = 0;
  explicit Tree(Place<E>& at) : a(at), functions(at.plan.functions->template of<T>()), block(at.scratch) {
    at.scratch += block_size;
  }
  void prepare(std::int64_t first, std::int64_t size) {
    a.tree.prepare(first, size);
    begin = first;
    DMDR_INDEPENDENT_LOOP
    for (std::int64_t j = 0; j < size; ++j) block[j] = a.value(first + j);
    for (std::int64_t j = size; j % block_granule != 0; ++j) block[j] = T(1);
    Op::values(block, size, functions);
  }
  T value(std::int64_t j) const { return block[j - begin]; }
  Dual<T> dual(std::int64_t j, T seed) const { return chain<Op>(value(j), a.term(j, seed)); }
};

template <class Op, class A, class B, class E, Mode M, bool Sole>
requires(dmdr::detail::larger(extent_v<A>, extent_v<B>) == Extent::full) struct Tree<Node<Op, A, B>, E, M, Sole> {
  using T = arithmetic_t<E>;
  Branch<Op, 0, A, E, M, Sole && !carries<M, Op, 1, B>> a;
  Branch<Op, 1, B, E, M, Sole && !carries<M, Op, 0, A>> b;
  explicit Tree(Place<E>& at) : a(at), b(at) {}
  void prepare(std::int64_t first, std::int64_t size) {
    a.tree.prepare(first, size);
    b.tree.prepare(first, size);
  }
  T value(std::int64_t j) const { return Op::value(a.value(j), b.value(j)); }
  Dual<T> dual(std::int64_t j, T seed) const {
    const auto at = a.term(j, seed);
    const auto bt = b.term(j, seed);
    return chain<Op>(Op::value(at.at.value, bt.at.value), at, bt);
  }
};

template <class Op, class A, class B, class C, class E, Mode M, bool Sole>
requires(dmdr::detail::largest(extent_v<A>, extent_v<B>, extent_v<C>) ==
         Extent::full) struct Tree<Node<Op, A, B, C>, E, M, Sole> {
  using T = arithmetic_t<E>;
  Branch<Op, 0, A, E, M, Sole && !carries<M, Op, 1, B> && !carries<M, Op, 2, C>> a;
  Branch<Op, 1, B, E, M, Sole && !carries<M, Op, 0, A> && !carries<M, Op, 2, C>> b;
  Branch<Op, 2, C, E, M, Sole && !carries<M, Op, 0, A> && !carries<M, Op, 1, B>> c;
  explicit Tree(Place<E>& at) : a(at), b(at), c(at) {}
  void prepare(std::int64_t first, std::int64_t size) {
    a.tree.prepare(first, size);
    b.tree.prepare(first, size);
    c.tree.prepare(first, size);
  }
  T value(std::int64_t j) const { return Op::value(a.value(j), b.value(j), c.value(j)); }
  Dual<T> dual(std::int64_t j, T seed) const {
    const auto at = a.term(j, seed);
    const auto bt = b.term(j, seed);
    const auto ct = c.term(j, seed);
    return chain<Op>(Op::value(at.at.value, bt.at.value, ct.at.value), at, bt, ct);
  }
};

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

}  // namespace dmdr::expr::detail
