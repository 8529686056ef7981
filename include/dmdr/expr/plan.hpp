// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/expr/array_functions.hpp>

namespace dmdr::expr {

/// Raw pointers of one formula: trivially copyable, alive only inside a terminal.
struct Plan {
  static constexpr int max_leaves = 32;
  static constexpr int max_constants = 16;
  const void* leaves[max_leaves] = {};
  /// Backward: where the gradient of a leaf goes, null where none is wanted. Leaves with the same pointer are one tensor, which gets
  /// its whole gradient there; they must have the same extent.
  void* grads[max_leaves] = {};
  double constants[max_constants] = {};
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  void* out = nullptr;              ///< forward
  const void* cotangent = nullptr;  ///< backward: of the terminal's result
  const Functions* functions = &standard_functions;
};

/// How a terminal's cotangent lies over rows and columns.
struct CotangentLayout {
  std::int64_t row_stride = 0;
  std::int64_t col_stride = 0;  ///< 1, or 0 for one number a row
  double scale = 1;             ///< 1/N of a mean; only where `col_stride` is 0
};

/// The part of a plan that one call of a kernel works on: columns [begin, end) of rows [first, last).
///
/// A row here may be longer than one of the plan: see `Kernels::rows_differ`.
struct Piece {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t row_stride = 0;  ///< elements between two rows
  double* sums = nullptr;
  std::int64_t sum_stride =
      0;                      ///< the sum of row i goes to `sums[(i - first) * sum_stride]`; with 0 one sum of all rows
  void* grad = nullptr;       ///< backward: of the tensor, from its first element
  std::uint32_t tensor = 0;   ///< backward: bit k is set where leaf k is the tensor whose gradient is computed
  CotangentLayout cotangent;  ///< backward
};

/// What a kernel leaves:
///   forward        the value of every element in `plan.out`; of two formulas beside each other (`row_mean_beside_eval`) those of the second,
///                  and sums of the first's values in `piece.sums`
///   reduce         sums of the values in `piece.sums`, in double
///   backward       the gradient of one tensor of extent full in `piece.grad`
///   backward_rows  sums of the adjoints of one tensor of extent per_sample or scalar in `piece.sums`
using KernelFunction = void (*)(const Plan&, const Piece&);

}  // namespace dmdr::expr
