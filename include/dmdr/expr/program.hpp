// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

#include <dmdr/core/bfloat16.hpp>
#include <dmdr/core/dtype.hpp>
#include <dmdr/core/tensor.hpp>
#include <dmdr/expr/row_kernel.hpp>
#include <dmdr/expr/structure.hpp>

namespace dmdr::expr {

/// The kernels of one formula for one element type; `KernelFunction` says what each leaves.
struct Kernels {
  KernelFunction forward = nullptr;
  KernelFunction reduce = nullptr;
  KernelFunction backward = nullptr;
  KernelFunction backward_rows = nullptr;
  /// A per-sample leaf stands beside a full one. Where it is false, all rows may be given to a kernel as one.
  bool rows_differ = false;
};

/// A formula without its types: what a terminal hands to a backend.
///
/// The backend either runs the compiled kernels over raw pointers (`run.hpp`) or evaluates `code` with its own operators: the path
/// for layouts and element types that the kernels do not take, and for second derivatives.
struct Program {
  std::span<const LeafInfo> leaves;
  std::span<const Instruction> code;  ///< postfix
  int constants = 0;
  Extent extent = Extent::full;
  Kernels f64;
  Kernels f32;
  Kernels bf16;  ///< arithmetic in float

  /// The kernels of an element type, or null where there are none.
  [[nodiscard]] const Kernels* kernels(Dtype dtype) const noexcept {
    const Kernels* found = nullptr;
    if (dtype == Dtype::f64) found = &f64;
    if (dtype == Dtype::f32) found = &f32;
    if (dtype == Dtype::bf16) found = &bf16;
    return found == nullptr || found->forward == nullptr ? nullptr : found;
  }
};

namespace detail {
template <class S, class T>
inline constexpr Kernels kernels_v{&forward_kernel<S, T>, &reduce_kernel<S, T>, &backward_kernel<S, T, false>,
                                   &backward_kernel<S, T, true>, has_per_sample_v<lowered_t<S>>};
template <class S, class T, class... Ts>
consteval Kernels kernels_if() {
  if constexpr ((std::is_same_v<T, Ts> || ...))
    return kernels_v<S, T>;
  else
    return {};
}
}  // namespace detail

/// The one program of a structure, with kernels for the element types of `Elements`; each costs compile time, so a tensor type names those
/// that it can hold (`tensor_traits<Tensor>::Elements`).
template <class S, class Elements = ElementTypes<double, float>>
inline constexpr Program program_v;
template <class S, class... Ts>
inline constexpr Program program_v<S, ElementTypes<Ts...>>{detail::leaf_table<S>,
                                                           detail::code_table<S>,
                                                           detail::tally<S>::constants,
                                                           extent_v<S>,
                                                           detail::kernels_if<S, double, Ts...>(),
                                                           detail::kernels_if<S, float, Ts...>(),
                                                           detail::kernels_if<S, BFloat16, Ts...>()};

}  // namespace dmdr::expr
