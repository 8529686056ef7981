// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/expr/array_functions.hpp>

#ifdef DMDR_LIBTORCH_EIGEN
#include <dmdr/eigen/array_functions.hpp>
#endif

namespace dmdr::libtorch {

/// The functions of expressions on the host: by Eigen's vector arithmetic where the library was built beside Eigen, else the standard library's.
/// LibTorch's own cannot be called on a part of a tensor.
[[nodiscard]] inline const expr::Functions& host_functions() {
#ifdef DMDR_LIBTORCH_EIGEN
  return eigen::array_functions();
#else
  return expr::standard_functions;
#endif
}

}  // namespace dmdr::libtorch
