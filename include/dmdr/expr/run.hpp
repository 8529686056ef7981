// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

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

/// Fixed division of the work, a function of the extents alone, so that sums do not depend on the number of threads.
struct Items {
  static constexpr std::int64_t target = 16384;
  std::int64_t rows, cols, rows_per_item, col_chunks, count;

  Items(std::int64_t all_rows, std::int64_t all_cols) : rows(all_rows), cols(all_cols) {
    rows_per_item = std::max<std::int64_t>(1, target / std::max<std::int64_t>(cols, 1));
    col_chunks = std::max<std::int64_t>(1, (cols + target - 1) / target);
    if (col_chunks > 1) rows_per_item = 1;
    count = (rows + rows_per_item - 1) / rows_per_item * col_chunks;
  }
};

struct Job {
  const Plan& plan;
  KernelFunction kernel;
  Items items;
  double* partials;  ///< [rows][col_chunks][width]
  std::int64_t width;
};

inline void run_item(void* state, std::int64_t item) {
  const Job& job = *static_cast<const Job*>(state);
  const std::int64_t chunk = item % job.items.col_chunks;
  const std::int64_t first = item / job.items.col_chunks * job.items.rows_per_item;
  const std::int64_t last = std::min(job.items.rows, first + job.items.rows_per_item);
  const std::int64_t begin = chunk * Items::target;
  const std::int64_t end = job.items.col_chunks == 1 ? job.items.cols : std::min(job.items.cols, begin + Items::target);
  for (std::int64_t row = first; row < last; ++row) {
    double* const partial =
        job.partials == nullptr ? nullptr : job.partials + (row * job.items.col_chunks + chunk) * job.width;
    job.kernel(job.plan, row, begin, end, partial);
  }
}

inline void run_job(Job job, ParallelFor parallel_for) { parallel_for(job.items.count, &run_item, &job); }

}  // namespace detail

/// Runs the forward kernels of a terminal into `plan.out` (element type `T`).
///
/// Sums are taken in double, in an order that depends on the extents only.
template <class T>
void run_forward(const Kernels& kernels, const Plan& plan, Terminal terminal, ParallelFor parallel_for = &serial_for) {
  const detail::Items items(plan.rows, plan.cols);
  if (terminal == Terminal::eval) {
    detail::run_job({plan, kernels.forward, items, nullptr, 0}, parallel_for);
    return;
  }
  std::vector<double> partials(static_cast<std::size_t>(plan.rows * items.col_chunks));
  detail::run_job({plan, kernels.reduce, items, partials.data(), 1}, parallel_for);
  T* const out = static_cast<T*>(plan.out);
  double total = 0;
  for (std::int64_t row = 0; row < plan.rows; ++row) {
    double sum = 0;
    for (std::int64_t chunk = 0; chunk < items.col_chunks; ++chunk)
      sum += partials[static_cast<std::size_t>(row * items.col_chunks + chunk)];
    if (terminal == Terminal::row_mean) out[row] = static_cast<T>(sum / static_cast<double>(plan.cols));
    total += sum;
  }
  if (terminal == Terminal::mean)
    *out = static_cast<T>(total / (static_cast<double>(plan.rows) * static_cast<double>(plan.cols)));
}

/// Runs the backward kernels of a terminal: `plan.cotangent` is the cotangent of the terminal's result, and every non-null
/// `plan.grads[k]` receives the gradient of leaf k in the leaf's own extent. Strides and scale of the cotangent are set here.
template <class T>
void run_backward(const Program& program, const Kernels& kernels, Plan plan, Terminal terminal,
                  ParallelFor parallel_for = &serial_for) {
  const detail::Items items(plan.rows, plan.cols);
  plan.cotangent_row_stride = terminal == Terminal::eval ? plan.cols : (terminal == Terminal::row_mean ? 1 : 0);
  plan.cotangent_col_stride = terminal == Terminal::eval ? 1 : 0;
  plan.cotangent_scale = 1;
  if (terminal != Terminal::eval) plan.cotangent_scale /= static_cast<double>(plan.cols);
  if (terminal == Terminal::mean) plan.cotangent_scale /= static_cast<double>(plan.rows);

  bool rows_wanted = false;
  const auto leaves = static_cast<std::int64_t>(program.leaves.size());
  for (std::int64_t k = 0; k < leaves; ++k) {
    const LeafInfo& leaf = program.leaves[static_cast<std::size_t>(k)];
    if (plan.grads[k] == nullptr) continue;
    if (leaf.extent != Extent::full) rows_wanted = true;
    const std::int64_t size =
        leaf.extent == Extent::full ? plan.rows * plan.cols : (leaf.extent == Extent::per_sample ? plan.rows : 1);
    // No gradient reaches an inactive leaf, so no kernel writes it.
    if (!leaf.active) std::fill_n(static_cast<T*>(plan.grads[k]), size, T(0));
  }
  if (!rows_wanted) {
    detail::run_job({plan, kernels.backward, items, nullptr, 0}, parallel_for);
    return;
  }
  std::vector<double> partials(static_cast<std::size_t>(plan.rows * items.col_chunks * leaves));
  detail::run_job({plan, kernels.backward_rows, items, partials.data(), leaves}, parallel_for);
  for (std::int64_t k = 0; k < leaves; ++k) {
    const LeafInfo& leaf = program.leaves[static_cast<std::size_t>(k)];
    if (plan.grads[k] == nullptr || leaf.extent == Extent::full || !leaf.active) continue;
    T* const grad = static_cast<T*>(plan.grads[k]);
    double total = 0;
    for (std::int64_t row = 0; row < plan.rows; ++row) {
      double sum = 0;
      for (std::int64_t chunk = 0; chunk < items.col_chunks; ++chunk)
        sum += partials[static_cast<std::size_t>((row * items.col_chunks + chunk) * leaves + k)];
      if (leaf.extent == Extent::per_sample) grad[row] = static_cast<T>(sum);
      total += sum;
    }
    if (leaf.extent == Extent::scalar) *grad = static_cast<T>(total);
  }
}

}  // namespace dmdr::expr
