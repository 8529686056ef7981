// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dmdr::eigen {

/// A row-major matrix that somebody else owns.
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
};

/// Whether a result replaces what the target holds (which may be uninitialised), or is added to it.
enum class Write : std::uint8_t { replace, add };

// Matrix products on the calling thread, through Eigen; the target overlaps no factor. Extents are the caller's duty.
// The speed stands and falls with the instruction set: compile with `-O3 -march=native` where it matters.

/// `y = scale x w^T` for x [B, in], w [out, in], y [B, out]: a linear layer in the weight layout of `torch.nn.Linear`.
template <class T>
void times_transposed(MatrixView<const T> x, MatrixView<const T> w, T scale, MatrixView<T> y, Write write);
/// `dx = scale dy w` for dy [B, out], w [out, in], dx [B, in]: its gradient to the input.
template <class T>
void times(MatrixView<const T> dy, MatrixView<const T> w, T scale, MatrixView<T> dx, Write write);
/// `dw = scale dy^T x` for dy [B, out], x [B, in], dw [out, in]: its gradient to the weight.
template <class T>
void transposed_times(MatrixView<const T> dy, MatrixView<const T> x, T scale, MatrixView<T> dw, Write write);

}  // namespace dmdr::eigen

#ifndef DMDR_COMPILED
#include <dmdr/eigen/gemm.ipp>  // IWYU pragma: export
#endif
