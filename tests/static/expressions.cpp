// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <tuple>
#include <type_traits>

#include <dmdr/diffusion/prediction.hpp>
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>
#include <dmdr/reference.hpp>

// What an expression is at compile time.

using namespace dmdr;
using namespace dmdr::expr;

namespace {

using T = Reference::Tensor;
using U = EigenCpu<float>::Tensor;
using Noised = decltype(noised(T{}, T{}, T{}, T{}));

// The plan that kernels see is bytes; the structure that names them has none.
static_assert(std::is_trivially_copyable_v<Plan> && std::is_standard_layout_v<Plan>);
static_assert(std::is_empty_v<structure_t<Noised>> && std::is_trivially_default_constructible_v<structure_t<Noised>>);
static_assert(std::is_empty_v<structure_t<decltype(clamp(full(T{}), -1, 1))>>);
static_assert(std::is_same_v<structure_t<Noised>, structure_t<decltype(noised(U{}, U{}, U{}, U{}))>>,
              "one set of kernels for all backends");
static_assert(std::is_trivially_copyable_v<LeafInfo> && std::is_trivially_copyable_v<Instruction>);

// An expression owns its leaves, and can be kept: no references inside, copyable, movable.
static_assert(std::is_copy_constructible_v<Noised> && std::is_move_constructible_v<Noised>);
static_assert(std::is_same_v<decltype(Leaf<Extent::full, T>::tensor), T>);
template <class E>
constexpr bool owns = true;
template <class Op, class... Es>
constexpr bool owns<Apply<Op, Es...>> = (... && (!std::is_reference_v<Es> && !std::is_pointer_v<Es> && owns<Es>));
static_assert(owns<Noised>);

// It knows its tensor type, its extent and its counts.
static_assert(std::is_same_v<tensor_of_t<Noised>, T>);
static_assert(extent_v<structure_t<Noised>> == Extent::full);
static_assert(extent_v<structure_t<decltype(per_sample(T{}) + 1)>> == Extent::per_sample);
static_assert(counts<Noised>::leaves == 4 && counts<Noised>::constants == 0);
static_assert(counts<decltype(1 - 2 * full(T{}))>::constants == 2);

// Operators need an expression; they leave numbers and foreign types alone.
template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
static_assert(Addable<Noised, double> && Addable<int, Noised> && Addable<Noised, Noised>);
static_assert(!Addable<Noised, const char*> && !Addable<Noised, std::tuple<>>);
static_assert(Expression<Noised> && Expression<Constant> && !Expression<T> && !Expression<double>);

// The tensors of two backends are two types.
static_assert(!std::is_same_v<Reference::Tensor, EigenCpu<double>::Tensor>);
static_assert(!std::is_same_v<EigenCpu<float>::Tensor, EigenCpu<double>::Tensor>);

}  // namespace
