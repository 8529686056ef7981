// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/core/extrema.hpp>
#include <dmdr/expr/plan.hpp>
#include <dmdr/expr/tree.hpp>

// The kernels of a structure; `KernelFunction` says what each leaves. They see it as `lowered_t` makes it.
namespace dmdr::expr::detail {

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"
#endif

/// Makes the tree of every row of a piece and gives it to `body(row, tree)`.
template <class S, class E, Mode M, class Body>
void each_row(const Plan& plan, const Piece& piece, Body body) {
  alignas(64) arithmetic_t<E> scratch[dmdr::detail::larger<std::int64_t>(1, function_count<S> * block_size)];
  for (std::int64_t row = piece.first; row < piece.last; ++row) {
    Place<E> at{plan, row, row * piece.row_stride + piece.begin, piece.tensor, scratch};
    Tree<S, E, M, true> tree(at);
    body(row, tree);
  }
}

/// Calls `part(first, last)` for pieces of [0, count) whose functions are computed.
template <class S, class TreeType, class Part>
void each_block(TreeType& tree, std::int64_t count, Part part) {
  if constexpr (function_count<S> == 0) {
    part(std::int64_t{0}, count);
  } else {
    for (std::int64_t first = 0; first < count; first += block_size) {
      const std::int64_t last = dmdr::detail::smaller(count, first + block_size);
      tree.prepare(first, last - first);
      part(first, last);
    }
  }
}

/// out[j] = value(j)
template <class E, class Value>
void store(E* out, std::int64_t first, std::int64_t last, Value value) {
  DMDR_INDEPENDENT_LOOP
  for (std::int64_t j = first; j < last; ++j) out[j] = static_cast<E>(value(j));
}

/// A sum in double, in an order that depends on the number of summands alone.
class LaneSum {
 public:
  template <class Value>
  void add(std::int64_t first, std::int64_t last, Value value) {
    std::int64_t j = first;
    for (; j + lanes <= last; j += lanes) {
      DMDR_INDEPENDENT_LOOP
      for (int lane = 0; lane < lanes; ++lane) sums_[lane] += static_cast<double>(value(j + lane));
    }
    for (; j < last; ++j) rest_ += static_cast<double>(value(j));
  }
  /// The sum so far; begins again from 0.
  double take() {
    for (int width = lanes / 2; width > 0; width /= 2)
      for (int lane = 0; lane < width; ++lane) sums_[lane] += sums_[lane + width];
    const double sum = sums_[0] + rest_;
    *this = LaneSum{};
    return sum;
  }

 private:
  static constexpr int lanes = 16;
  double sums_[lanes] = {};
  double rest_ = 0;
};

/// Sums what `add(row, tree, sum)` adds for each row, row by row or over all.
template <class S, class E, Mode M, class Add>
void sum_rows(const Plan& plan, const Piece& piece, Add add) {
  LaneSum sum;
  each_row<S, E, M>(plan, piece, [&](std::int64_t row, auto& tree) {
    add(row, tree, sum);
    if (piece.sum_stride != 0) piece.sums[(row - piece.first) * piece.sum_stride] = sum.take();
  });
  if (piece.sum_stride == 0) *piece.sums = sum.take();
}

template <class S>
inline constexpr bool are_beside = false;
template <class A, class B>
inline constexpr bool are_beside<Node<Beside, A, B>> = true;

/// The values of the second formula, and sums of those of the first.
template <class S, class E>
void forward_beside(const Plan& plan, const Piece& piece) {
  sum_rows<S, E, Mode::value>(plan, piece, [&](std::int64_t row, auto& tree, LaneSum& sum) {
    E* const out = static_cast<E*>(plan.out) + row * piece.row_stride + piece.begin;
    each_block<S>(tree, piece.end - piece.begin, [&](std::int64_t first, std::int64_t last) {
      sum.add(first, last, [&](std::int64_t j) {
        const auto summand = tree.a.value(j);
        out[j] = static_cast<E>(tree.b.value(j));
        return summand;
      });
    });
  });
}

template <class Structure, class E>
void forward_kernel(const Plan& plan, const Piece& piece) {
  using S = lowered_t<Structure>;
  if constexpr (are_beside<S>)
    forward_beside<S, E>(plan, piece);
  else
    each_row<S, E, Mode::value>(plan, piece, [&](std::int64_t row, auto& tree) {
      E* const out = static_cast<E*>(plan.out) + row * piece.row_stride + piece.begin;
      each_block<S>(tree, piece.end - piece.begin, [&](std::int64_t first, std::int64_t last) {
        store(out, first, last, [&](std::int64_t j) { return tree.value(j); });
      });
    });
}

template <class Structure, class E>
void reduce_kernel(const Plan& plan, const Piece& piece) {
  using S = lowered_t<Structure>;
  sum_rows<S, E, Mode::value>(plan, piece, [&](std::int64_t, auto& tree, LaneSum& sum) {
    each_block<S>(tree, piece.end - piece.begin, [&](std::int64_t first, std::int64_t last) {
      sum.add(first, last, [&](std::int64_t j) { return tree.value(j); });
    });
  });
}

/// Gives `use` a function of column and tree: the derivative there times the adjoint.
template <class E, Mode M, class TreeType, class Use>
void with_adjoint(const Plan& plan, const Piece& piece, std::int64_t row, TreeType& tree, Use use) {
  using T = arithmetic_t<E>;
  const E* const cotangent = static_cast<const E*>(plan.cotangent) + row * piece.cotangent.row_stride +
                             piece.begin * piece.cotangent.col_stride;
  if (piece.cotangent.col_stride != 0) {
    use([&tree, cotangent](std::int64_t j) { return static_cast<T>(cotangent[j]) * tree.dual(j, T(1)).slope; });
    return;
  }
  const T adjoint = static_cast<T>(*cotangent) * static_cast<T>(piece.cotangent.scale);
  // One adjoint for the row goes in at the leaves, where it meets what else is the same for all elements.
  if constexpr (M == Mode::full)
    use([&tree, adjoint](std::int64_t j) { return tree.dual(j, adjoint).slope; });
  else
    use([&tree, adjoint](std::int64_t j) { return adjoint * tree.dual(j, T(1)).slope; });
}

template <class Structure, class E, bool Rows>
void backward_kernel(const Plan& plan, const Piece& piece) {
  using S = lowered_t<Structure>;
  constexpr Mode mode = Rows ? Mode::rows : Mode::full;
  if constexpr (Rows && moves<mode, S>) {
    sum_rows<S, E, mode>(plan, piece, [&](std::int64_t row, auto& tree, LaneSum& sum) {
      with_adjoint<E, mode>(plan, piece, row, tree, [&](auto slope) {
        each_block<S>(tree, piece.end - piece.begin,
                      [&](std::int64_t first, std::int64_t last) { sum.add(first, last, slope); });
      });
    });
  } else if constexpr (moves<mode, S>) {
    each_row<S, E, mode>(plan, piece, [&](std::int64_t row, auto& tree) {
      E* const grad = static_cast<E*>(piece.grad) + row * piece.row_stride + piece.begin;
      with_adjoint<E, mode>(plan, piece, row, tree, [&](auto slope) {
        each_block<S>(tree, piece.end - piece.begin,
                      [&](std::int64_t first, std::int64_t last) { store(grad, first, last, slope); });
      });
    });
  }
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

}  // namespace dmdr::expr::detail
