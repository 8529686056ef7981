// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/eigen/gemm.hpp>

namespace dmdr::eigen {

// Loops of the networks over contiguous elements, vectorised by Eigen where they hold an exponential. Targets overlap
// no source.

/// `y = x sigmoid(x)` (SiLU, Elfwing et al. 2017) for n elements; not a number stays so.
template <class T>
void silu_forward(const T* x, T* y, std::int64_t n);
/// `dx = dy s (1 + x (1 - s))` with s = sigmoid(x).
template <class T>
void silu_backward(const T* x, const T* dy, T* dx, std::int64_t n, Write write);

/// `y = x / sqrt(mean x^2 + eps)`, the mean over each row.
template <class T>
void rms_forward(MatrixView<const T> x, T eps, T* y);
/// `dx = (dy - x mean(dy x) / (mean x^2 + eps)) / sqrt(mean x^2 + eps)`.
template <class T>
void rms_backward(MatrixView<const T> x, T eps, const T* dy, T* dx, Write write);

/// Every row of `y` becomes `row`.
template <class T>
void repeat_row(const T* row, MatrixView<T> y);
/// `sum` is the sum of the rows of `y`.
template <class T>
void sum_rows(MatrixView<const T> y, T* sum, Write write);
/// `target = source`, or added, for n elements.
template <class T>
void write_elements(const T* source, T* target, std::int64_t n, Write write);

}  // namespace dmdr::eigen

#ifndef DMDR_COMPILED
#include <dmdr/eigen/rows.ipp>  // IWYU pragma: export
#endif
