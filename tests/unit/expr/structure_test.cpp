// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <type_traits>

#include <dmdr/expr/terminal.hpp>
#include <dmdr/reference.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::expr;

namespace {

using Tensor = Reference::Tensor;
using Full = Leaf<Extent::full, Tensor>;
using PerSample = Leaf<Extent::per_sample, Tensor>;

/// The program without kernels.
template <class E>
constexpr const Program& program_of = program_v<structure_t<E>, ElementTypes<>>;

template <class Op, class... Es>
bool makes(const Apply<Op, Es...>&) {
  return true;
}
template <class Op, class E>
bool makes(const E&) {
  return false;
}
template <class E>
std::string postfix(const E&) {
  std::string text;
  for (const Instruction& step : program_of<E>.code) {
    text += text.empty() ? "" : " ";
    text += step.name;
    if (step.arity == 0) text += std::to_string(step.index);
  }
  return text;
}
template <class E>
std::string activity(const E&) {
  std::string text;
  for (const LeafInfo& leaf : program_of<E>.leaves) text += leaf.active ? '1' : '0';
  return text;
}

const Full a = full(Tensor{}, "a"), b = full(Tensor{}, "b");
const PerSample s = per_sample(Tensor{}, "s");

}  // namespace

TEST_CASE("each operator and function makes the node of its name") {
  CHECK(makes<Add>(a + b));
  CHECK(makes<Sub>(a - b));
  CHECK(makes<Mul>(a * b));
  CHECK(makes<Div>(a / b));
  CHECK(makes<Neg>(-a));
  CHECK(makes<Abs>(abs(a)));
  CHECK(makes<Square>(square(a)));
  CHECK(makes<Sqrt>(sqrt(a)));
  CHECK(makes<Exp>(exp(a)));
  CHECK(makes<Log>(log(a)));
  CHECK(makes<Tanh>(tanh(a)));
  CHECK(makes<Sigmoid>(sigmoid(a)));
  CHECK(makes<Relu>(relu(a)));
  CHECK(makes<NanToNum>(nan_to_num(a)));
  CHECK(makes<StopGradient>(stop_gradient(a)));
  CHECK(makes<Minimum>(minimum(a, b)));
  CHECK(makes<Maximum>(maximum(a, b)));
  CHECK(makes<Greater>(greater(a, b)));
  CHECK(makes<Clamp>(clamp(a, -1, 1)));
  CHECK(makes<Select>(select(greater(a, b), a, b)));
  CHECK_FALSE(makes<Add>(a - b));
}

TEST_CASE("a number may stand on either side, and keeps its value") {
  CHECK(std::get<0>((2 * a).children).value == 2);
  CHECK(std::get<1>((a / 4).children).value == 4);
  CHECK(std::get<0>((1 - a).children).value == 1);
  CHECK(std::get<1>((a + 0.5F).children).value == 0.5);
  CHECK(std::get<1>(clamp(a, -1, 1.5).children).value == -1);
  CHECK(std::get<2>(clamp(a, -1, 1.5).children).value == 1.5);
}

TEST_CASE("leaves and constants are numbered from left to right, and the code is postfix") {
  CHECK(postfix(s * a + 2 * (b - 3) / s) == "leaf0 leaf1 * constant0 leaf2 constant1 - * leaf3 / +");
  CHECK(postfix(select(greater(a, 0), clamp(b, -1, 1), -a)) ==
        "leaf0 constant0 greater leaf1 constant1 constant2 clamp leaf2 neg select");
}

TEST_CASE("the structure of a formula is an empty type without tensors, one for all backends") {
  using Other = decltype(per_sample(Tensor{}) * full(Tensor{}, "another name"));
  CHECK(std::is_same_v<structure_t<decltype(s * a)>, structure_t<Other>>);
  CHECK(std::is_empty_v<structure_t<Other>>);
  CHECK_FALSE(std::is_same_v<structure_t<decltype(s * a)>, structure_t<decltype(a * s)>>);
}

TEST_CASE("a formula extends as far as its widest leaf") {
  CHECK(program_of<decltype(s * a)>.extent == Extent::full);
  CHECK(program_of<decltype(s * s + 1)>.extent == Extent::per_sample);
  CHECK(program_of<decltype(scalar(Tensor{}) * 2)>.extent == Extent::scalar);
}

TEST_CASE("kernels see the widest leaves as full, and a division by a number as a product") {
  using expr::detail::leaf_table;
  const auto extents = []<class E>(const E&) {
    std::string text;
    for (const LeafInfo& leaf : leaf_table<lowered_t<structure_t<E>>>) text += "srf"[static_cast<int>(leaf.extent)];
    return text;
  };
  const auto one = scalar(Tensor{});
  CHECK(extents(one * s + a) == "srf");
  CHECK(extents(one * s + s) == "sff");
  CHECK(extents(one * one) == "ff");
  CHECK(has_per_sample_v<structure_t<decltype(one * s + a)>>);
  CHECK_FALSE(has_per_sample_v<lowered_t<structure_t<decltype(one * s)>>>);
  CHECK(std::is_same_v<lowered_t<structure_t<decltype(a / 3)>>,
                       Node<Mul, LeafSlot<Extent::full, 0>, Node<Reciprocal, ConstantSlot<0>>>>);
  CHECK(std::is_same_v<lowered_t<structure_t<decltype(a / b)>>, structure_t<decltype(a / b)>>);
}

TEST_CASE("a leaf is active where a gradient can reach it") {
  CHECK(activity(a * b) == "11");
  CHECK(activity(stop_gradient(a) * b) == "01");
  CHECK(activity(a - stop_gradient(a - b)) == "100");
  CHECK(activity(greater(a, b) * s) == "001");
  CHECK(activity(clamp(a, b, s)) == "100");
  CHECK(activity(select(a, b, s)) == "011");
  CHECK(activity(stop_gradient(square(a) + exp(s))) == "00");
}
