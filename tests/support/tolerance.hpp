// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dmdr::test {

/// How far a backend's results may lie from those of `Reference`, over 1 + the largest number: what doubles give. Specialise it for a
/// backend with fewer digits.
///
/// Gradients of the reference are differences of fourth order; their own error is near 1e-10.
template <class B>
struct Tolerance {
  static constexpr double value = 1e-12;
  static constexpr double gradient = 1e-8;
};

/// What a backend in float32 gives.
struct FloatTolerance {
  static constexpr double value = 2e-6;
  static constexpr double gradient = 1e-5;
};

}  // namespace dmdr::test
