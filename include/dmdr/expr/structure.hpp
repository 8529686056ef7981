// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include <dmdr/core/extrema.hpp>
#include <dmdr/expr/node.hpp>

namespace dmdr::expr {

// The structure of a formula: the tree without its tensors. It is an empty type, so that all backends with the same element type
// share one set of kernels, and a CUDA file can instantiate it without seeing a tensor.

template <Extent X, int Index>
struct LeafSlot {};
template <int Index>
struct ConstantSlot {};
template <class Op, class... Children>
struct Node {};

/// How many leaves and constants an expression holds.
template <class E>
struct counts;
template <Extent X, class Tensor>
struct counts<Leaf<X, Tensor>> {
  static constexpr int leaves = 1, constants = 0;
};
template <>
struct counts<Constant> {
  static constexpr int leaves = 0, constants = 1;
};
template <class Op, class... Children>
struct counts<Apply<Op, Children...>> {
  static constexpr int leaves = (counts<Children>::leaves + ...);
  static constexpr int constants = (counts<Children>::constants + ...);
};

/// The structure of expression `E`, leaves and constants numbered from left to right.
template <class E, int FirstLeaf = 0, int FirstConstant = 0>
struct structure;
template <Extent X, class Tensor, int L, int C>
struct structure<Leaf<X, Tensor>, L, C> {
  using type = LeafSlot<X, L>;
};
template <int L, int C>
struct structure<Constant, L, C> {
  using type = ConstantSlot<C>;
};
template <class Op, class A, int L, int C>
struct structure<Apply<Op, A>, L, C> {
  using type = Node<Op, typename structure<A, L, C>::type>;
};
template <class Op, class A, class B, int L, int C>
struct structure<Apply<Op, A, B>, L, C> {
  using type = Node<Op, typename structure<A, L, C>::type,
                    typename structure<B, L + counts<A>::leaves, C + counts<A>::constants>::type>;
};
template <class Op, class A, class B, class D, int L, int C>
struct structure<Apply<Op, A, B, D>, L, C> {
  using type = Node<Op, typename structure<A, L, C>::type,
                    typename structure<B, L + counts<A>::leaves, C + counts<A>::constants>::type,
                    typename structure<D, L + counts<A>::leaves + counts<B>::leaves,
                                       C + counts<A>::constants + counts<B>::constants>::type>;
};
template <class E>
using structure_t = typename structure<E>::type;

/// The structure of two formulas beside each other.
struct Beside {
  static constexpr OpCode code = OpCode::beside;
  static constexpr std::string_view name = "beside";
  static constexpr bool passes(int) { return false; }
  template <class T>
  static constexpr T value(T, T b) {
    return b;
  }
};

/// The largest extent among the leaves of a structure.
template <class S>
inline constexpr Extent extent_v = Extent::scalar;
template <Extent X, int I>
inline constexpr Extent extent_v<LeafSlot<X, I>> = X;
template <class Op, class... Children>
inline constexpr Extent extent_v<Node<Op, Children...>> = dmdr::detail::largest(extent_v<Children>...);

/// 1 / a of a number: kernels multiply by it.
struct Reciprocal {
  static constexpr bool passes(int) { return false; }
  template <class T>
  static constexpr T value(T a) {
    return T(1) / a;
  }
};

/// A structure as its kernels see it: the widest leaves are full, for a formula of per-sample numbers alone is one row of `B` elements;
/// and a division by a number is a product with its reciprocal, which is computed once a row.
template <class S, Extent Widest = extent_v<S>>
struct lowered;
template <Extent X, int I, Extent Widest>
struct lowered<LeafSlot<X, I>, Widest> {
  using type = LeafSlot<X == Widest ? Extent::full : X, I>;
};
template <int I, Extent Widest>
struct lowered<ConstantSlot<I>, Widest> {
  using type = ConstantSlot<I>;
};
template <class Op, class... Cs, Extent Widest>
struct lowered<Node<Op, Cs...>, Widest> {
  using type = Node<Op, typename lowered<Cs, Widest>::type...>;
};
template <class A, int I, Extent Widest>
struct lowered<Node<Div, A, ConstantSlot<I>>, Widest> {
  using type = Node<Mul, typename lowered<A, Widest>::type, Node<Reciprocal, ConstantSlot<I>>>;
};
template <class S>
using lowered_t = typename lowered<S>::type;

/// Whether a leaf of a structure is constant along a row and not along the batch.
template <class S>
inline constexpr bool has_per_sample_v = false;
template <Extent X, int I>
inline constexpr bool has_per_sample_v<LeafSlot<X, I>> = X == Extent::per_sample;
template <class Op, class... Cs>
inline constexpr bool has_per_sample_v<Node<Op, Cs...>> = (has_per_sample_v<Cs> || ...);

/// One leaf of a program: its extent, and whether any gradient can reach it.
struct LeafInfo {
  Extent extent = Extent::full;
  bool active = false;
};
/// One step of a program in postfix order.
struct Instruction {
  OpCode code = OpCode::leaf;
  std::uint8_t arity = 0;
  std::uint8_t index = 0;  ///< of the leaf or constant
  std::string_view name;
};

namespace detail {

template <class S>
struct tally {
  static constexpr int leaves = 0, constants = 1, nodes = 1;
};
template <Extent X, int I>
struct tally<LeafSlot<X, I>> {
  static constexpr int leaves = 1, constants = 0, nodes = 1;
};
template <class Op, class... Cs>
struct tally<Node<Op, Cs...>> {
  static constexpr int leaves = (tally<Cs>::leaves + ...);
  static constexpr int constants = (tally<Cs>::constants + ...);
  static constexpr int nodes = 1 + (tally<Cs>::nodes + ...);
};

template <class S>
struct flatten;
template <Extent X, int I>
struct flatten<LeafSlot<X, I>> {
  static constexpr void leaves(LeafInfo* info, bool active) { info[I] = {X, active}; }
  static constexpr int code(Instruction* out, int at) {
    out[at] = {OpCode::leaf, 0, static_cast<std::uint8_t>(I), "leaf"};
    return at + 1;
  }
};
template <int I>
struct flatten<ConstantSlot<I>> {
  static constexpr void leaves(LeafInfo*, bool) {}
  static constexpr int code(Instruction* out, int at) {
    out[at] = {OpCode::constant, 0, static_cast<std::uint8_t>(I), "constant"};
    return at + 1;
  }
};
template <class Op, class... Cs>
struct flatten<Node<Op, Cs...>> {
  static constexpr void leaves(LeafInfo* info, bool active) {
    int k = 0;
    (flatten<Cs>::leaves(info, active && passes_gradient<Op>(k++)), ...);
  }
  static constexpr int code(Instruction* out, int at) {
    ((at = flatten<Cs>::code(out, at)), ...);
    out[at] = {Op::code, sizeof...(Cs), 0, Op::name};
    return at + 1;
  }
};

template <class S>
inline constexpr auto leaf_table = [] {
  std::array<LeafInfo, tally<S>::leaves> table{};
  flatten<S>::leaves(table.data(), true);
  return table;
}();
template <class S>
inline constexpr auto code_table = [] {
  std::array<Instruction, tally<S>::nodes> table{};
  flatten<S>::code(table.data(), 0);
  return table;
}();

/// Whether a gradient reaches some leaf of a structure.
template <class S>
inline constexpr bool gradient_reaches = [] {
  for (const LeafInfo& leaf : leaf_table<S>)
    if (leaf.active) return true;
  return false;
}();

}  // namespace detail
}  // namespace dmdr::expr
