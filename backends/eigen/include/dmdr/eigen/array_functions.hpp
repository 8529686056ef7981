// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/expr/array_functions.hpp>

namespace dmdr::eigen {

/// The functions of expressions by Eigen's vector arithmetic, where Eigen has them: within some units in the last place of the standard
/// library's, but for exponentials at the ends of the range (in float below exp(-87) and above exp(88)), which become 0 and infinite.
[[nodiscard]] const expr::Functions& array_functions();

}  // namespace dmdr::eigen

#ifndef DMDR_COMPILED
#include <dmdr/eigen/array_functions.ipp>  // IWYU pragma: export
#endif
