// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <dmdr/core/random.hpp>
#include <dmdr/core/shape.hpp>
#include <dmdr/eigen/ops.hpp>

namespace dmdr::eigen {

/// A trainable tensor of normal numbers with the given standard deviation, drawn from the stream of that name: row r is
/// sample r.
template <class T>
[[nodiscard]] Tensor<T> initial_normal(const EigenCpu<T>& backend, const std::string& stream, const Shape& shape,
                                       double deviation, RandomSource& random);

/// A trainable tensor of zeros.
template <class T>
[[nodiscard]] Tensor<T> initial_zero(const EigenCpu<T>& backend, const Shape& shape);

}  // namespace dmdr::eigen

#ifndef DMDR_COMPILED
#include <dmdr/eigen/initial.ipp>  // IWYU pragma: export
#endif
