// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include <dmdr/expr/structure.hpp>

namespace dmdr::expr {

/// Raw pointers of one formula: trivially copyable, alive only inside a terminal.
struct Plan {
  static constexpr int max_leaves = 16;
  static constexpr int max_constants = 16;
  const void* leaves[max_leaves] = {};
  void* grads[max_leaves] = {};  ///< backward: null where no gradient is wanted
  double constants[max_constants] = {};
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  void* out = nullptr;              ///< forward
  const void* cotangent = nullptr;  ///< backward
  std::int64_t cotangent_row_stride = 0;
  std::int64_t cotangent_col_stride = 0;  ///< 1, or 0 for one number a row
  double cotangent_scale = 1;             ///< 1/N of a mean
};

/// A kernel works on columns [begin, end) of one row and leaves sums in `partial`:
///   forward        out = value;                                          partial unused
///   reduce         partial[0] = sum of the values, in double
///   backward       grads of full leaves;                                 partial unused
///   backward_rows  the same, and partial[k] = summed adjoint of leaf k where its extent is per_sample or scalar
using KernelFunction = void (*)(const Plan&, std::int64_t row, std::int64_t begin, std::int64_t end, double* partial);

namespace detail {

inline constexpr std::int64_t block_size = 512;

#if defined(__clang__)
#define DMDR_INDEPENDENT_LOOP _Pragma("clang loop vectorize(assume_safety)")
// A loop that calls exp or log stays as it is, and clang would warn about it in the user's program.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"
#elif defined(__GNUC__)
#define DMDR_INDEPENDENT_LOOP _Pragma("GCC ivdep")
#else
#define DMDR_INDEPENDENT_LOOP
#endif

/// Pointers of one row from its column `begin` on.
template <class T>
struct Row {
  const T* leaf[Plan::max_leaves];
  T* grad[Plan::max_leaves];
  T constant[Plan::max_constants];
};

template <class S, class T>
struct Tree;

// The value of a subtree that is constant along the row.
template <int I, class T>
T fold(ConstantSlot<I>, const Row<T>& row) {
  return row.constant[I];
}
template <Extent X, int I, class T>
T fold(LeafSlot<X, I>, const Row<T>& row) {
  return *row.leaf[I];
}
template <class Op, class... Cs, class T>
T fold(Node<Op, Cs...>, const Row<T>& row) {
  return Op::value(fold(Cs{}, row)...);
}

// Reverse sweep of such a subtree: adds the adjoint of every leaf to `sums`.
template <int I, class T>
void unfold(ConstantSlot<I>, const Row<T>&, T, double*) {}
template <Extent X, int I, class T>
void unfold(LeafSlot<X, I>, const Row<T>&, T adjoint, double* sums) {
  sums[I] += static_cast<double>(adjoint);
}
template <class Op, class A, class T>
void unfold(Node<Op, A>, const Row<T>& row, T adjoint, double* sums) {
  const T a = fold(A{}, row);
  T da{};
  Op::partials(adjoint, Op::value(a), a, da);
  if constexpr (passes_gradient<Op>(0)) unfold(A{}, row, da, sums);
}
template <class Op, class A, class B, class T>
void unfold(Node<Op, A, B>, const Row<T>& row, T adjoint, double* sums) {
  const T a = fold(A{}, row), b = fold(B{}, row);
  T da{}, db{};
  Op::partials(adjoint, Op::value(a, b), a, b, da, db);
  if constexpr (passes_gradient<Op>(0)) unfold(A{}, row, da, sums);
  if constexpr (passes_gradient<Op>(1)) unfold(B{}, row, db, sums);
}
template <class Op, class A, class B, class C, class T>
void unfold(Node<Op, A, B, C>, const Row<T>& row, T adjoint, double* sums) {
  const T a = fold(A{}, row), b = fold(B{}, row), c = fold(C{}, row);
  T da{}, db{}, dc{};
  Op::partials(adjoint, Op::value(a, b, c), a, b, c, da, db, dc);
  if constexpr (passes_gradient<Op>(0)) unfold(A{}, row, da, sums);
  if constexpr (passes_gradient<Op>(1)) unfold(B{}, row, db, sums);
  if constexpr (passes_gradient<Op>(2)) unfold(C{}, row, dc, sums);
}

// A tree over one row. Subtrees that are constant along the row are folded to a number when the tree is made.
//   value(j)             the value at column j
//   sweep<Rows>(j, g)    adjoint g at column j: stores the gradients of full leaves; with Rows, sums those of folded subtrees
//   finish(row, sums)    after the row: sweeps the folded subtrees once
template <class S, class T>
requires(extent_v<S> != Extent::full) struct Tree<S, T> {
  T folded;
  double sum = 0;
  explicit Tree(const Row<T>& row) : folded(fold(S{}, row)) {}
  T value(std::int64_t) const { return folded; }
  template <bool Rows, bool Active>
  void sweep(std::int64_t, T adjoint) {
    if constexpr (Rows && Active) sum += static_cast<double>(adjoint);
  }
  template <bool Active>
  void finish(const Row<T>& row, double* sums) const {
    if constexpr (Active) unfold(S{}, row, static_cast<T>(sum), sums);
  }
};

template <int I, class T>
struct Tree<LeafSlot<Extent::full, I>, T> {
  const T* data;
  T* grad;
  explicit Tree(const Row<T>& row) : data(row.leaf[I]), grad(row.grad[I]) {}
  T value(std::int64_t j) const { return data[j]; }
  template <bool, bool Active>
  void sweep(std::int64_t j, T adjoint) {
    if constexpr (Active) grad[j] = adjoint;
  }
  template <bool>
  void finish(const Row<T>&, double*) const {}
};

template <class Op, class A, class T>
requires(extent_v<A> == Extent::full) struct Tree<Node<Op, A>, T> {
  Tree<A, T> a;
  explicit Tree(const Row<T>& row) : a(row) {}
  T value(std::int64_t j) const { return Op::value(a.value(j)); }
  template <bool Rows, bool Active>
  void sweep(std::int64_t j, T adjoint) {
    if constexpr (Active && passes_gradient<Op>(0)) {
      const T va = a.value(j);
      T da{};
      Op::partials(adjoint, Op::value(va), va, da);
      a.template sweep<Rows, true>(j, da);
    }
  }
  template <bool Active>
  void finish(const Row<T>& row, double* sums) const {
    a.template finish<Active && passes_gradient<Op>(0)>(row, sums);
  }
};

template <class Op, class A, class B, class T>
requires(std::max(extent_v<A>, extent_v<B>) == Extent::full) struct Tree<Node<Op, A, B>, T> {
  Tree<A, T> a;
  Tree<B, T> b;
  explicit Tree(const Row<T>& row) : a(row), b(row) {}
  T value(std::int64_t j) const { return Op::value(a.value(j), b.value(j)); }
  template <bool Rows, bool Active>
  void sweep(std::int64_t j, T adjoint) {
    if constexpr (Active && (passes_gradient<Op>(0) || passes_gradient<Op>(1))) {
      const T va = a.value(j), vb = b.value(j);
      T da{}, db{};
      Op::partials(adjoint, Op::value(va, vb), va, vb, da, db);
      a.template sweep<Rows, passes_gradient<Op>(0)>(j, da);
      b.template sweep<Rows, passes_gradient<Op>(1)>(j, db);
    }
  }
  template <bool Active>
  void finish(const Row<T>& row, double* sums) const {
    a.template finish<Active && passes_gradient<Op>(0)>(row, sums);
    b.template finish<Active && passes_gradient<Op>(1)>(row, sums);
  }
};

template <class Op, class A, class B, class C, class T>
requires(std::max({extent_v<A>, extent_v<B>, extent_v<C>}) == Extent::full) struct Tree<Node<Op, A, B, C>, T> {
  Tree<A, T> a;
  Tree<B, T> b;
  Tree<C, T> c;
  explicit Tree(const Row<T>& row) : a(row), b(row), c(row) {}
  T value(std::int64_t j) const { return Op::value(a.value(j), b.value(j), c.value(j)); }
  template <bool Rows, bool Active>
  void sweep(std::int64_t j, T adjoint) {
    if constexpr (Active) {
      const T va = a.value(j), vb = b.value(j), vc = c.value(j);
      T da{}, db{}, dc{};
      Op::partials(adjoint, Op::value(va, vb, vc), va, vb, vc, da, db, dc);
      a.template sweep<Rows, passes_gradient<Op>(0)>(j, da);
      b.template sweep<Rows, passes_gradient<Op>(1)>(j, db);
      c.template sweep<Rows, passes_gradient<Op>(2)>(j, dc);
    }
  }
  template <bool Active>
  void finish(const Row<T>& row, double* sums) const {
    a.template finish<Active && passes_gradient<Op>(0)>(row, sums);
    b.template finish<Active && passes_gradient<Op>(1)>(row, sums);
    c.template finish<Active && passes_gradient<Op>(2)>(row, sums);
  }
};

template <class S, class T>
Row<T> row_at(const Plan& plan, std::int64_t row, std::int64_t begin) {
  Row<T> at{};
  for (std::size_t k = 0; k < leaf_table<S>.size(); ++k) {
    const Extent extent = leaf_table<S>[k].extent;
    const std::int64_t offset =
        extent == Extent::full ? row * plan.cols + begin : (extent == Extent::per_sample ? row : 0);
    at.leaf[k] = static_cast<const T*>(plan.leaves[k]) + offset;
    at.grad[k] = plan.grads[k] == nullptr ? nullptr : static_cast<T*>(plan.grads[k]) + offset;
  }
  for (int k = 0; k < tally<S>::constants; ++k) at.constant[k] = static_cast<T>(plan.constants[k]);
  return at;
}

template <class S, class T>
void forward_kernel(const Plan& plan, std::int64_t row, std::int64_t begin, std::int64_t end, double*) {
  const Row<T> at = row_at<S, T>(plan, row, begin);
  const Tree<S, T> tree(at);
  T* const out = static_cast<T*>(plan.out) + row * plan.cols + begin;
  const std::int64_t count = end - begin;
  DMDR_INDEPENDENT_LOOP
  for (std::int64_t j = 0; j < count; ++j) out[j] = tree.value(j);
}

template <class S, class T>
void reduce_kernel(const Plan& plan, std::int64_t row, std::int64_t begin, std::int64_t end, double* partial) {
  const Row<T> at = row_at<S, T>(plan, row, begin);
  const Tree<S, T> tree(at);
  constexpr int lanes = 8;
  double sums[lanes] = {};
  T block[block_size];
  const std::int64_t count = end - begin;
  for (std::int64_t first = 0; first < count; first += block_size) {
    const std::int64_t size = std::min(block_size, count - first);
    DMDR_INDEPENDENT_LOOP
    for (std::int64_t j = 0; j < size; ++j) block[j] = tree.value(first + j);
    std::int64_t j = 0;
    for (; j + lanes <= size; j += lanes)
      for (int lane = 0; lane < lanes; ++lane) sums[lane] += static_cast<double>(block[j + lane]);
    for (int lane = 0; j < size; ++j, ++lane) sums[lane] += static_cast<double>(block[j]);
  }
  partial[0] = ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

// With Rows the folded subtrees carry a sum from column to column, so their loop must not be declared independent.
template <bool Rows, class TreeType, class Adjoint>
void sweep_block(TreeType& tree, std::int64_t size, Adjoint adjoint) {
  if constexpr (Rows) {
    for (std::int64_t j = 0; j < size; ++j) tree.template sweep<true, true>(j, adjoint(j));
  } else {
    DMDR_INDEPENDENT_LOOP
    for (std::int64_t j = 0; j < size; ++j) tree.template sweep<false, true>(j, adjoint(j));
  }
}

template <class S, class T, bool Rows>
void backward_kernel(const Plan& plan, std::int64_t row, std::int64_t begin, std::int64_t end, double* partial) {
  constexpr std::size_t leaves = leaf_table<S>.size();
  const T* const cotangent =
      static_cast<const T*>(plan.cotangent) + row * plan.cotangent_row_stride + begin * plan.cotangent_col_stride;
  const T scale = static_cast<T>(plan.cotangent_scale);
  if constexpr (Rows) std::fill(partial, partial + leaves, 0.0);
  if constexpr (extent_v<S> != Extent::full) {
    if constexpr (Rows) unfold(S{}, row_at<S, T>(plan, row, 0), *cotangent * scale, partial);
  } else {
    // A leaf whose gradient nobody wants writes into one block that stays in cache: no branch in the loop.
    T unwanted[block_size];
    const std::int64_t count = end - begin;
    for (std::int64_t first = 0; first < count; first += block_size) {
      const std::int64_t size = std::min(block_size, count - first);
      Row<T> at = row_at<S, T>(plan, row, begin + first);
      for (std::size_t k = 0; k < leaves; ++k)
        if (at.grad[k] == nullptr) at.grad[k] = unwanted;
      Tree<S, T> tree(at);
      if (plan.cotangent_col_stride == 0) {
        const T adjoint = *cotangent * scale;
        sweep_block<Rows>(tree, size, [=](std::int64_t) { return adjoint; });
      } else {
        const T* const adjoint = cotangent + first;
        sweep_block<Rows>(tree, size, [=](std::int64_t j) { return adjoint[j] * scale; });
      }
      if constexpr (Rows) tree.template finish<true>(at, partial);
    }
  }
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

}  // namespace detail
}  // namespace dmdr::expr
