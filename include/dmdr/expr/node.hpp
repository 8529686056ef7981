// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <concepts>
#include <tuple>
#include <type_traits>

#include <dmdr/core/tensor.hpp>
#include <dmdr/expr/ops.hpp>

namespace dmdr::expr {

/// How far a leaf extends: one number, one number a sample, or one number an element.
enum class Extent : std::uint8_t { scalar, per_sample, full };

/// Base that marks the nodes of an expression.
struct NodeTag {};

/// A formula over tensors: made by `full`, `per_sample`, `scalar` and operators; run only by a terminal.
///
/// An expression owns everything that it mentions, so `auto e = ...` is always safe.
template <class E>
concept Expression = std::derived_from<E, NodeTag>;

/// A tensor in a formula, held by handle, with the extent that the writer gave it.
template <Extent X, TensorHandle Tensor>
struct Leaf : NodeTag {
  Tensor tensor;
  const char* name = "";  ///< the argument's name in messages: a string literal

  static_assert(!std::is_reference_v<Tensor>, "dmdr: an expression owns its leaves; a leaf cannot be a reference");
};

/// A number that is the same for every sample.
struct Constant : NodeTag {
  double value = 0;
};

/// An operation on sub-expressions.
template <class Op, Expression... Children>
struct Apply : NodeTag {
  std::tuple<Children...> children;

  static_assert((!std::is_reference_v<Children> && ...),
                "dmdr: an expression owns its parts; a part cannot be a reference");
  constexpr explicit Apply(Children... parts) : children(std::move(parts)...) {}
};

}  // namespace dmdr::expr
