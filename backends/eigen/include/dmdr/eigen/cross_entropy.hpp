// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/core/location.hpp>
#include <dmdr/eigen/ops.hpp>
#include <dmdr/model/condition.hpp>

namespace dmdr::eigen {

/// Cross-entropy with label smoothing (Szegedy et al. 2016), PyTorch's definition: `[]`,
/// `mean_i sum_k q_ik (logsumexp(z_i) - z_ik)`, q = (1 - s) [k = label] + s / classes.
///
/// Throws `ShapeError` where logits and labels do not fit, `NumericError` for an empty batch, a label that is no class,
/// and s outside [0, 1].
template <class T>
[[nodiscard]] Tensor<T> cross_entropy(const Tensor<T>& logits, const ClassLabels& labels, double smoothing = 0,
                                      Location where = Location::current());

}  // namespace dmdr::eigen

#ifndef DMDR_COMPILED
#include <dmdr/eigen/cross_entropy.ipp>  // IWYU pragma: export
#endif
