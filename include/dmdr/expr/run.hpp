// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/error.hpp>
#include <dmdr/core/extrema.hpp>
#include <dmdr/core/shape.hpp>
#include <dmdr/expr/program.hpp>

namespace dmdr::expr {

/// What a terminal leaves: every value, the mean of each sample, or the mean of all.
enum class Terminal : std::uint8_t { eval, row_mean, mean };

/// Extents that the leaves of a call agreed on: `rows` samples of `cols` elements.
struct Layout {
  Shape shape;  ///< of the value at every element
  std::int64_t rows = 1;
  std::int64_t cols = 1;

  /// Shape of what the terminal returns: the formula's own, `[B]`, or `[]`.
  [[nodiscard]] Shape result(Terminal terminal) const {
    switch (terminal) {
      case Terminal::eval: return shape;
      case Terminal::row_mean: return Shape{rows};
      case Terminal::mean: return Shape{};
    }
    return shape;
  }
};

/// Runs `body(state, item)` for items 0..count-1 in any order and on any threads; results do not depend on either.
using ParallelFor = void (*)(std::int64_t count, void (*body)(void* state, std::int64_t item), void* state);

/// One item after the other on the calling thread.
inline void serial_for(std::int64_t count, void (*body)(void*, std::int64_t), void* state) {
  for (std::int64_t item = 0; item < count; ++item) body(state, item);
}

namespace detail {

/// Rows and columns as the kernels see them, and their fixed division: a function of the extents alone, so that sums do not depend on the
/// number of threads.
struct Items {
  static constexpr std::int64_t target = 16384;
  std::int64_t rows, cols, rows_per_item, col_chunks = 1, count = 1;

  Items(std::int64_t all_rows, std::int64_t all_cols) : rows(all_rows), cols(all_cols), rows_per_item(all_rows) {
    if (rows * cols <= target) return;
    rows_per_item = dmdr::detail::larger<std::int64_t>(1, target / cols);
    col_chunks = (cols + target - 1) / target;
    count = (rows + rows_per_item - 1) / rows_per_item * col_chunks;
  }
  [[nodiscard]] std::int64_t chunk(std::int64_t item) const { return col_chunks == 1 ? 0 : item % col_chunks; }
  [[nodiscard]] Piece piece(std::int64_t item) const {
    Piece piece;
    piece.row_stride = cols;
    piece.first = (col_chunks == 1 ? item : item / col_chunks) * rows_per_item;
    piece.last = dmdr::detail::smaller(rows, piece.first + rows_per_item);
    piece.begin = chunk(item) * target;
    piece.end = col_chunks == 1 ? cols : dmdr::detail::smaller(cols, piece.begin + target);
    return piece;
  }
};

/// The work of a terminal. Where no row differs from the next, all are one long row; a mean over samples of one element is the element.
struct Work {
  Terminal terminal;
  Items items;
  Work(bool rows_differ, const Plan& plan, Terminal asked)
      : terminal(plan.cols == 1 && asked == Terminal::row_mean ? Terminal::eval : asked),
        items(rows_differ || terminal == Terminal::row_mean ? Items(plan.rows, plan.cols)
                                                            : Items(1, plan.rows * plan.cols)) {}
};

/// Sums of the items: one for each row and chunk of columns, or one for each item. Small ones need no memory of their own.
class Sums {
 public:
  Sums(const Items& items, bool by_row)
      : items_(items), by_row_(by_row), size_(by_row ? items.rows * items.col_chunks : items.count) {
    if (size_ > static_cast<std::int64_t>(few_.size())) many_.resize(static_cast<std::size_t>(size_));
  }
  void place(Piece& piece, std::int64_t item) {
    piece.sum_stride = by_row_ ? items_.col_chunks : 0;
    piece.sums = data() + (by_row_ ? piece.first * items_.col_chunks + items_.chunk(item) : item);
  }
  [[nodiscard]] double of_row(std::int64_t row) {
    const double* const chunks = data() + row * items_.col_chunks;
    double sum = 0;
    for (std::int64_t chunk = 0; chunk < items_.col_chunks; ++chunk) sum += chunks[chunk];
    return sum;
  }
  [[nodiscard]] double of_all() {
    double sum = 0;
    for (std::int64_t k = 0; k < size_; ++k) sum += data()[k];
    return sum;
  }

 private:
  double* data() { return many_.empty() ? few_.data() : many_.data(); }

  Items items_;
  bool by_row_;
  std::int64_t size_;
  std::array<double, 128> few_;
  std::vector<double> many_;
};

template <class E>
E to_element(double value) {
  return static_cast<E>(static_cast<arithmetic_t<E>>(value));
}

template <class Body>
void for_items(const Items& items, ParallelFor parallel_for, Body body) {
  if (items.count == 1) return body(0);
  parallel_for(
      items.count, [](void* state, std::int64_t item) { (*static_cast<Body*>(state))(item); }, &body);
}

/// A tensor whose gradient is wanted, and the leaves that are it.
struct Wanted {
  void* grad;
  Extent extent;
  std::uint32_t leaves;  ///< those that a gradient reaches
};
struct WantedList {
  std::array<Wanted, Plan::max_leaves> tensors;
  std::size_t count = 0;
  [[nodiscard]] std::span<const Wanted> all() const { return {tensors.data(), count}; }
};

/// Throws `Error` where leaves of two extents share one gradient.
[[nodiscard]] inline WantedList wanted_of(const Program& program, const Plan& plan) {
  WantedList wanted;
  for (std::size_t k = 0; k < program.leaves.size(); ++k) {
    if (plan.grads[k] == nullptr) continue;
    // The widest extent of a formula is full to its kernels.
    const Extent own = program.leaves[k].extent, extent = own == program.extent ? Extent::full : own;
    std::size_t n = 0;
    while (n < wanted.count && wanted.tensors[n].grad != plan.grads[k]) ++n;
    if (n == wanted.count) wanted.tensors[wanted.count++] = {plan.grads[k], extent, 0};
    if (wanted.tensors[n].extent != extent)
      throw Error("expression: leaf #" + std::to_string(k) +
                  " shares its gradient with a leaf of another extent; give each a gradient of its own");
    if (program.leaves[k].active) wanted.tensors[n].leaves |= 1U << k;
  }
  return wanted;
}

[[nodiscard]] inline bool by_full_kernel(const Wanted& tensor) {
  return tensor.extent == Extent::full && tensor.leaves != 0;
}

/// Gradients of full leaves for one item. Where there are several tensors, they take turns on tiles that stay in the first cache.
inline void full_gradients(const Kernels& kernels, const Plan& plan, const Piece& item, const WantedList& wanted) {
  std::int64_t tensors = 0;
  for (const Wanted& tensor : wanted.all()) tensors += by_full_kernel(tensor) ? 1 : 0;
  constexpr std::int64_t tile = 2048;
  const std::int64_t width = tensors > 1 ? tile : item.end - item.begin;
  const std::int64_t height =
      tensors > 1 ? dmdr::detail::larger<std::int64_t>(1, tile / (item.end - item.begin)) : item.last - item.first;
  Piece piece = item;
  for (piece.first = item.first; piece.first < item.last; piece.first += height)
    for (piece.begin = item.begin; piece.begin < item.end; piece.begin += width)
      for (const Wanted& tensor : wanted.all()) {
        if (!by_full_kernel(tensor)) continue;
        piece.last = dmdr::detail::smaller(item.last, piece.first + height);
        piece.end = dmdr::detail::smaller(item.end, piece.begin + width);
        piece.grad = tensor.grad;
        piece.tensor = tensor.leaves;
        kernels.backward(plan, piece);
      }
}

/// The sums of a leaf that is constant along a row.
template <class E>
void row_gradient(const Kernels& kernels, const Plan& plan, const Items& items, const CotangentLayout& cotangent,
                  const Wanted& tensor, ParallelFor parallel_for) {
  const bool by_row = tensor.extent == Extent::per_sample;
  Sums sums(items, by_row);
  for_items(items, parallel_for, [&](std::int64_t item) {
    Piece piece = items.piece(item);
    piece.cotangent = cotangent;
    piece.tensor = tensor.leaves;
    sums.place(piece, item);
    kernels.backward_rows(plan, piece);
  });
  E* const grad = static_cast<E*>(tensor.grad);
  if (!by_row) *grad = to_element<E>(sums.of_all());
  for (std::int64_t row = 0; by_row && row < items.rows; ++row) grad[row] = to_element<E>(sums.of_row(row));
}

}  // namespace detail

/// Runs the forward kernels of a terminal into `plan.out` (element type `E`).
///
/// Sums are taken in double, in an order that depends on the extents only.
template <class E>
void run_forward(const Kernels& kernels, const Plan& plan, Terminal terminal, ParallelFor parallel_for = &serial_for) {
  const detail::Work work(kernels.rows_differ, plan, terminal);
  const detail::Items& items = work.items;
  if (work.terminal == Terminal::eval) {
    detail::for_items(items, parallel_for, [&](std::int64_t item) { kernels.forward(plan, items.piece(item)); });
    return;
  }
  detail::Sums sums(items, work.terminal == Terminal::row_mean);
  detail::for_items(items, parallel_for, [&](std::int64_t item) {
    Piece piece = items.piece(item);
    sums.place(piece, item);
    kernels.reduce(plan, piece);
  });
  E* const out = static_cast<E*>(plan.out);
  if (work.terminal == Terminal::mean) {
    *out = detail::to_element<E>(sums.of_all() / (static_cast<double>(plan.rows) * static_cast<double>(plan.cols)));
    return;
  }
  for (std::int64_t row = 0; row < plan.rows; ++row)
    out[row] = detail::to_element<E>(sums.of_row(row) / static_cast<double>(plan.cols));
}

/// Runs the kernel of two formulas beside each other: means over each sample of the first into `row_means`, values of the second into
/// `plan.out` (both of element type `E`). The means have the bits that `row_mean` of the first gives.
template <class E>
void run_beside(const Kernels& kernels, const Plan& plan, E* row_means, ParallelFor parallel_for = &serial_for) {
  const detail::Items items(plan.rows, plan.cols);
  detail::Sums sums(items, true);
  detail::for_items(items, parallel_for, [&](std::int64_t item) {
    Piece piece = items.piece(item);
    sums.place(piece, item);
    kernels.forward(plan, piece);
  });
  for (std::int64_t row = 0; row < plan.rows; ++row)
    row_means[row] = detail::to_element<E>(sums.of_row(row) / static_cast<double>(plan.cols));
}

/// Runs the backward kernels of a terminal: `plan.cotangent` is the cotangent of the terminal's result, and every non-null
/// `plan.grads[k]` receives the gradient of leaf k in the leaf's own extent, or, where several leaves have the same pointer, the sum of
/// their gradients. Throws `Error` where leaves of two extents share a pointer.
template <class E>
void run_backward(const Program& program, const Kernels& kernels, const Plan& plan, Terminal terminal,
                  ParallelFor parallel_for = &serial_for) {
  const detail::WantedList wanted = detail::wanted_of(program, plan);
  const detail::Work work(kernels.rows_differ, plan, terminal);
  CotangentLayout cotangent;
  cotangent.row_stride =
      work.terminal == Terminal::eval ? work.items.cols : (work.terminal == Terminal::row_mean ? 1 : 0);
  cotangent.col_stride = work.terminal == Terminal::eval ? 1 : 0;
  if (work.terminal != Terminal::eval) cotangent.scale /= static_cast<double>(plan.cols);
  if (work.terminal == Terminal::mean) cotangent.scale /= static_cast<double>(plan.rows);

  for (const detail::Wanted& tensor : wanted.all())
    if (tensor.leaves == 0) {  // no gradient reaches it, so no kernel writes it
      const std::int64_t count =
          tensor.extent == Extent::full ? plan.rows * plan.cols : (tensor.extent == Extent::per_sample ? plan.rows : 1);
      for (E *at = static_cast<E*>(tensor.grad), *end = at + count; at != end; ++at) *at = E{};
    } else if (tensor.extent != Extent::full) {
      detail::row_gradient<E>(kernels, plan, work.items, cotangent, tensor, parallel_for);
    }
  bool any_full = false;
  for (const detail::Wanted& tensor : wanted.all()) any_full = any_full || detail::by_full_kernel(tensor);
  if (!any_full) return;
  detail::for_items(work.items, parallel_for, [&](std::int64_t item) {
    Piece piece = work.items.piece(item);
    piece.cotangent = cotangent;
    detail::full_gradients(kernels, plan, piece, wanted);
  });
}

}  // namespace dmdr::expr
