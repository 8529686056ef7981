// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <dmdr/expr/program.hpp>

/// \file
/// Kernels of a formula compiled in one file instead of in every file that uses the formula. Both macros stand outside of all
/// namespaces and take an element type and a structure (`structure_t`); the structure may be a type alias.

/// Declares that another file of the program compiles the kernels; put it before the formula is used.
#define DMDR_DECLARE_FORMULA(T, ...) DMDR_FORMULA_KERNELS(extern template, T, __VA_ARGS__)
/// Compiles the kernels here, for every file of the program.
#define DMDR_COMPILE_FORMULA(T, ...) DMDR_FORMULA_KERNELS(template, T, __VA_ARGS__)

#define DMDR_FORMULA_KERNELS(prefix, T, ...)                                                         \
  prefix void dmdr::expr::detail::forward_kernel<__VA_ARGS__, T>(const Plan&, const Piece&);         \
  prefix void dmdr::expr::detail::reduce_kernel<__VA_ARGS__, T>(const Plan&, const Piece&);          \
  prefix void dmdr::expr::detail::backward_kernel<__VA_ARGS__, T, false>(const Plan&, const Piece&); \
  prefix void dmdr::expr::detail::backward_kernel<__VA_ARGS__, T, true>(const Plan&, const Piece&);

namespace dmdr::expr {

/// A formula whose kernels are compiled, by name.
struct NamedFormula {
  std::string_view name;
  Kernels kernels;
};

}  // namespace dmdr::expr
