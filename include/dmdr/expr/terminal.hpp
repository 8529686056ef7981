// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>

#include <dmdr/core/error.hpp>
#include <dmdr/core/location.hpp>
#include <dmdr/expr/build.hpp>
#include <dmdr/expr/program.hpp>
#include <dmdr/expr/run.hpp>

namespace dmdr::expr {

/// One terminal's call, as a backend sees it (`tensor_traits<Tensor>::evaluate`).
template <class Tensor>
struct Call {
  const Program& program;
  std::span<const Tensor> leaves;
  std::span<const double> constants;
  Terminal terminal = Terminal::eval;
  Layout layout;
  Location where;
};

namespace detail {

// The tensor type of an expression: the first that it holds, or void; `uniform` where it holds no other.
template <class E>
struct tensor_of {
  using type = void;
  static constexpr bool uniform = true;
};
template <Extent X, class Tensor>
struct tensor_of<Leaf<X, Tensor>> {
  using type = Tensor;
  static constexpr bool uniform = true;
};
template <class A, class B>
struct common_tensor {
  using type = std::conditional_t<std::is_void_v<typename A::type>, typename B::type, typename A::type>;
  static constexpr bool uniform =
      A::uniform && B::uniform && (std::is_void_v<typename B::type> || std::is_same_v<type, typename B::type>);
};
template <class Op, class A>
struct tensor_of<Apply<Op, A>> : tensor_of<A> {};
template <class Op, class A, class B>
struct tensor_of<Apply<Op, A, B>> : common_tensor<tensor_of<A>, tensor_of<B>> {};
template <class Op, class A, class B, class C>
struct tensor_of<Apply<Op, A, B, C>> : common_tensor<common_tensor<tensor_of<A>, tensor_of<B>>, tensor_of<C>> {};

/// What a terminal of a wrong expression returns, so that its sentence is the only error.
struct NoResult {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor)
};

/// Shape and description of a leaf, for checks that need no template.
struct Argument {
  Extent extent = Extent::full;
  const char* name = "";
  Shape shape;
  Device device;
  std::string text;
};

/// Finds the extents that all leaves agree on; throws `ShapeError` or `DeviceError` in the formula's words.
[[nodiscard]] Layout agree(std::span<const Argument> arguments, Location where);

/// `agree` for tensors; one function a tensor type, whatever the expression.
template <class Tensor>
[[nodiscard]] Layout layout_of(std::span<const Tensor> leaves, std::span<Argument> arguments, Location where) {
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    arguments[k].shape = dmdr::shape_of(leaves[k]);
    arguments[k].device = dmdr::device_of(leaves[k]);
  }
  try {
    return agree(arguments, where);
  } catch (const Error&) {
    // Only a failing call pays for the text of its arguments.
    for (std::size_t k = 0; k < leaves.size(); ++k) arguments[k].text = describe_tensor(leaves[k]);
    return agree(arguments, where);
  }
}

// Leaves and constants in the order of the structure: from left to right.
template <Extent X, class Tensor, class Leaves, class Arguments>
void collect(const Leaf<X, Tensor>& leaf, Leaves& leaves, Arguments& arguments, double*, int& next_leaf, int&) {
  const auto k = static_cast<std::size_t>(next_leaf++);
  leaves[k] = leaf.tensor;
  arguments[k].extent = X;
  arguments[k].name = leaf.name;
}
template <class Leaves, class Arguments>
void collect(const Constant& constant, Leaves&, Arguments&, double* constants, int&, int& next_constant) {
  constants[next_constant++] = constant.value;
}
template <class Op, class... Cs, class Leaves, class Arguments>
void collect(const Apply<Op, Cs...>& node, Leaves& leaves, Arguments& arguments, double* constants, int& next_leaf,
             int& next_constant) {
  std::apply([&](const Cs&... c) { (collect(c, leaves, arguments, constants, next_leaf, next_constant), ...); },
             node.children);
}

/// Flattens an expression and hands it to `use(call)`.
template <class E, class Use>
auto with_call(const E& e, Terminal terminal, Location where, Use use) {
  using Tensor = typename tensor_of<E>::type;
  constexpr auto leaf_count = static_cast<std::size_t>(counts<E>::leaves);
  constexpr auto constant_count = static_cast<std::size_t>(counts<E>::constants);
  constexpr bool has_tensor = !std::is_void_v<Tensor>;
  constexpr bool uniform = tensor_of<E>::uniform;
  constexpr bool fits = leaf_count <= Plan::max_leaves && constant_count <= Plan::max_constants;
  static_assert(has_tensor, "dmdr: an expression of numbers alone has no backend; put a tensor into it");
  static_assert(uniform, "dmdr: one expression mixes tensors of two backends; bring them to one backend first");
  static_assert(fits || !has_tensor || !uniform,
                "dmdr: an expression holds at most 32 tensors and 16 numbers; split it");
  if constexpr (has_tensor && uniform && fits) {
    std::array<Tensor, leaf_count> leaves;
    std::array<Argument, leaf_count> arguments;
    std::array<double, constant_count + 1> constants{};
    int next_leaf = 0;
    int next_constant = 0;
    collect(e, leaves, arguments, constants.data(), next_leaf, next_constant);
    const Layout layout = layout_of<Tensor>(leaves, arguments, where);
    return use(Call<Tensor>{program_v<structure_t<E>, typename element_types_of<Tensor>::type>,
                            leaves,
                            {constants.data(), constant_count},
                            terminal,
                            layout,
                            where});
  } else {
    return NoResult{};
  }
}

/// Records nothing while it lives, where the backend records at all.
struct NothingRecorded {};
template <class Tensor>
struct no_gradient {
  using type = NothingRecorded;
};
template <class Tensor>
requires requires { typename tensor_traits<Tensor>::Backend::NoGrad; }
struct no_gradient<Tensor> {
  using type = typename tensor_traits<Tensor>::Backend::NoGrad;
};
template <class Tensor>
using no_gradient_of = typename no_gradient<Tensor>::type;

template <class E>
auto run_terminal(const E& e, Terminal terminal, Location where) {
  return with_call(e, terminal, where, [](const auto& call) {
    using Tensor = typename std::remove_cvref_t<decltype(call.leaves)>::value_type;
    return tensor_traits<Tensor>::evaluate(call);
  });
}

}  // namespace detail

/// The tensor type of an expression.
template <Expression E>
using tensor_of_t = typename detail::tensor_of<E>::type;

/// The value at every element: the shape of the full leaves, else `[B]`, else `[]`.
///
/// Differentiable where the backend is. Throws `ShapeError`, `DtypeError` or `DeviceError` naming every argument.
template <Expression E>
[[nodiscard]] auto eval(const E& e, Location where = Location::current()) {
  return detail::run_terminal(e, Terminal::eval, where);
}
/// The mean over each sample's elements: `[B]`. Sums are in double and in a fixed order.
template <Expression E>
[[nodiscard]] auto row_mean(const E& e, Location where = Location::current()) {
  return detail::run_terminal(e, Terminal::row_mean, where);
}
/// The mean over all elements of the batch: `[]`.
template <Expression E>
[[nodiscard]] auto mean(const E& e, Location where = Location::current()) {
  return detail::run_terminal(e, Terminal::mean, where);
}

/// What `row_mean_beside_eval` leaves.
template <class Tensor>
struct RowMeanBesideValues {
  Tensor row_mean;  ///< of the first formula, `[B]`
  Tensor values;    ///< of the second, its shape
};
/// `row_mean(mean_of)` and `eval(value_of)` in one pass over the leaves of both, where the backend has one (`tensor_traits<T>::beside`),
/// else one after the other; the means have the same bits either way.
///
/// Without gradient: both formulas must stop it (`stop_gradient`), and both must hold a full leaf. Throws as the terminals do.
template <Expression A, Expression B>
[[nodiscard]] auto row_mean_beside_eval(const A& mean_of, const B& value_of, Location where = Location::current()) {
  using Pair = Apply<Beside, A, B>;
  using Tensor = typename detail::tensor_of<Pair>::type;
  static_assert(extent_v<structure_t<A>> == Extent::full && extent_v<structure_t<B>> == Extent::full,
                "dmdr: row_mean_beside_eval takes formulas with one number an element; put full(x) into both");
  static_assert(!detail::gradient_reaches<structure_t<A>> && !detail::gradient_reaches<structure_t<B>>,
                "dmdr: row_mean_beside_eval gives no gradient; write stop_gradient around both formulas");
  return detail::with_call(Pair(mean_of, value_of), Terminal::eval, where, [&](const auto& call) {
    if constexpr (requires { tensor_traits<Tensor>::beside(call); }) {
      return tensor_traits<Tensor>::beside(call);
    } else {
      [[maybe_unused]] const detail::no_gradient_of<Tensor> none;
      return RowMeanBesideValues<Tensor>{row_mean(mean_of, where), eval(value_of, where)};
    }
  });
}

/// The formula in postfix, its arguments, and the path that `terminal` would take on this backend.
template <Expression E>
[[nodiscard]] std::string explain(const E& e, Terminal terminal = Terminal::eval,
                                  Location where = Location::current()) {
  return detail::with_call(e, terminal, where, [](const auto& call) {
    using Tensor = typename std::remove_cvref_t<decltype(call.leaves)>::value_type;
    std::string text;
    constexpr std::string_view words[] = {"scalar", "per_sample", "full"};
    for (const Instruction& step : call.program.code) {
      if (!text.empty()) text += ' ';
      if (step.code == OpCode::leaf)
        text += std::string(words[static_cast<int>(call.program.leaves[step.index].extent)]) + "#" +
                std::to_string(step.index);
      else if (step.code == OpCode::constant)
        text += std::to_string(call.constants[step.index]);
      else
        text += step.name;
    }
    text += "\nrows " + std::to_string(call.layout.rows) + ", elements a row " + std::to_string(call.layout.cols);
    for (std::size_t k = 0; k < call.leaves.size(); ++k)
      text += "\n  #" + std::to_string(k) + ": " + describe_tensor(call.leaves[k]);
    return text + "\npath: " + tensor_traits<Tensor>::path(call);
  });
}

}  // namespace dmdr::expr

#ifndef DMDR_COMPILED
#include <dmdr/expr/terminal.ipp>  // IWYU pragma: export
#endif
