// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// What dmdr::compiled holds of the catalogue in float; header-only users compile each formula where they use it.

#include <dmdr/train/formulas.hpp>

#define DMDR_COMPILE_NAMED(T, name) DMDR_COMPILE_FORMULA(T, dmdr::formulas::name)
DMDR_FORMULAS(DMDR_COMPILE_NAMED, float)
#undef DMDR_COMPILE_NAMED

template <>
std::span<const dmdr::expr::NamedFormula> dmdr::formulas::catalogue<float>() {
#define DMDR_LIST_NAMED(T, name) {#name, dmdr::expr::detail::kernels_v<name, T>},
  static constexpr dmdr::expr::NamedFormula all[] = {DMDR_FORMULAS(DMDR_LIST_NAMED, float)};
#undef DMDR_LIST_NAMED
  return all;
}
