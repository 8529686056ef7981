// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <span>
#include <string>
#include <vector>

#include "backends.hpp"
#include "support/catch.hpp"
#include "support/gradient_check.hpp"

// Duties of backends/README.md: "Expression terminals". The formulas of the library are in formula_*_test.cpp.

using namespace dmdr;
using namespace dmdr::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using Numbers = std::vector<double>;

/// s w x, over all extents: the one formula of this file.
template <class Tensor>
auto formula(const Tensor& s, const Tensor& w, const Tensor& x) {
  return expr::scalar(s, "s") * expr::per_sample(w, "w") * expr::full(x, "x");
}
template <class B>
struct Leaves {
  typename B::Tensor s = B::parameter(B{}.from_host({1}, Numbers{2}));
  typename B::Tensor w = B::parameter(B{}.from_host({2, 1}, Numbers{1, -3}));
  typename B::Tensor x = B::parameter(B{}.from_host({2, 2}, Numbers{1, 2, 3, 4}));
  [[nodiscard]] auto e() const { return formula(s, w, x); }
};
template <class B>
bool near(const std::optional<typename B::Tensor>& gradient, const Shape& shape, const Numbers& wanted) {
  return gradient && shape_of(*gradient) == shape && distance(B::to_host(*gradient), wanted) < Tolerance<B>::gradient;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("each terminal gives values and gradients in each leaf's own extent and shape", "", Backends) {
  {
    const Leaves<TestType> a;
    const auto y = expr::eval(a.e());
    CHECK(shape_of(y) == Shape{2, 2});
    CHECK(TestType::to_host(y) == Numbers{2, 4, -18, -24});
    const auto seed = TestType{}.from_host({2, 2}, Numbers{1, 10, 100, 1000});
    TestType::backward(std::span(&y, 1), std::span(&seed, 1));
    CHECK(near<TestType>(TestType::gradient(a.x), {2, 2}, {2, 20, -600, -6000}));
    CHECK(near<TestType>(TestType::gradient(a.w), {2, 1}, {2 + 40, 600 + 8000}));
    CHECK(near<TestType>(TestType::gradient(a.s), {1}, {1 + 20 - 900 - 12000}));
  }
  {
    const Leaves<TestType> a;
    const auto y = expr::row_mean(a.e());
    CHECK(shape_of(y) == Shape{2});
    CHECK(TestType::to_host(y) == Numbers{3, -21});
    const auto seed = TestType{}.from_host({2}, Numbers{1, 10});
    TestType::backward(std::span(&y, 1), std::span(&seed, 1));
    CHECK(near<TestType>(TestType::gradient(a.x), {2, 2}, {1, 1, -30, -30}));
    CHECK(near<TestType>(TestType::gradient(a.w), {2, 1}, {3, 70}));
    CHECK(near<TestType>(TestType::gradient(a.s), {1}, {1.5 - 105}));
  }
  {
    const Leaves<TestType> a;
    const auto y = expr::mean(a.e());
    CHECK(shape_of(y) == Shape{});
    CHECK(TestType::to_host(y) == Numbers{-9});
    TestType::backward(y);
    CHECK(near<TestType>(TestType::gradient(a.x), {2, 2}, {0.5, 0.5, -1.5, -1.5}));
    CHECK(near<TestType>(TestType::gradient(a.w), {2, 1}, {1.5, 3.5}));
    CHECK(near<TestType>(TestType::gradient(a.s), {1}, {-4.5}));
  }
}

TEMPLATE_LIST_TEST_CASE("two formulas beside each other give what each gives alone, and want no gradient", "",
                        Backends) {
  using expr::stop_gradient;
  // Rows of one element, of a few, and of more than one chunk; the last leaf stands in both formulas.
  for (const Shape& shape : {Shape{4, 1}, Shape{3, 5, 7}, Shape{2, 16384 + 40}}) {
    const auto numbers = [&shape](const char* name, const Shape& of) {
      return TestType::parameter(TestType{}.from_host(of, seeded(name, of, -2, 2)));
    };
    const auto x = numbers("x", shape), y = numbers("y", shape), w = numbers("w", Shape{shape.rows()});
    const auto distance_of = stop_gradient(expr::abs(expr::full(x) - expr::per_sample(w) * expr::full(y)));
    const auto product = stop_gradient(expr::exp(expr::full(y)) * 2.0 - expr::tanh(expr::full(x)));
    const auto both = expr::row_mean_beside_eval(distance_of, product);
    const auto means = expr::row_mean(distance_of), values = expr::eval(product);
    CHECK(shape_of(both.row_mean) == shape_of(means));
    CHECK(shape_of(both.values) == shape);
    CHECK(TestType::to_host(both.row_mean) == TestType::to_host(means));
    CHECK(distance(TestType::to_host(both.values), TestType::to_host(values)) < Tolerance<TestType>::value);
    CHECK_FALSE(TestType::requires_grad(both.row_mean));
    CHECK_FALSE(TestType::requires_grad(both.values));
  }
}

TEMPLATE_LIST_TEST_CASE("two formulas beside each other must have one shape", "", Backends) {
  using expr::stop_gradient;
  const auto x = TestType{}.from_host({2, 3}, Numbers(6, 1.0)), y = TestType{}.from_host({3, 2}, Numbers(6, 1.0));
  CHECK_THROWS_WITH(expr::row_mean_beside_eval(stop_gradient(expr::full(x, "x")), stop_gradient(expr::full(y, "y"))),
                    ContainsSubstring("full(y)"));
}

TEMPLATE_LIST_TEST_CASE("leaves that want no gradient get none, and a result of such leaves wants none", "", Backends) {
  const Leaves<TestType> a;
  const auto fixed = TestType::detach(a.x);
  TestType::backward(expr::mean(formula(a.s, a.w, fixed)));
  CHECK_FALSE(TestType::gradient(fixed));
  CHECK(TestType::gradient(a.w));
  CHECK_FALSE(TestType::requires_grad(expr::eval(formula(TestType::detach(a.s), TestType::detach(a.w), fixed))));
}

TEMPLATE_LIST_TEST_CASE("one tensor in two places of a formula gets both parts of its gradient", "", Backends) {
  const auto x = TestType::parameter(TestType{}.from_host({2}, Numbers{3, 5}));
  const auto one = TestType{}.from_host({1}, Numbers{1});
  TestType::backward(expr::mean(formula(one, x, x)));
  CHECK(near<TestType>(TestType::gradient(x), {2}, {3, 5}));
}

TEMPLATE_LIST_TEST_CASE("a result does not follow later changes of its leaves", "", Backends) {
  Leaves<TestType> a;
  const auto y = expr::eval(a.e());
  TestType::assign(a.x, TestType{}.from_host({2, 2}, Numbers{0, 0, 0, 0}));
  CHECK(TestType::to_host(y) == Numbers{2, 4, -18, -24});
}

TEMPLATE_LIST_TEST_CASE("a terminal gives the same bits each time, and a batch the bits of its samples", "", Backends) {
  using Tensor = typename TestType::Tensor;
  const Shape shape{4, 1000};
  const Tensor s = TestType{}.from_host({}, Numbers{0.3}), w = TestType{}.from_host({4}, seeded("w", {4})),
               x = TestType{}.from_host(shape, seeded("x", shape));
  const Numbers all = TestType::to_host(expr::row_mean(formula(s, w, x)));
  CHECK(TestType::to_host(expr::row_mean(formula(s, w, x))) == all);
  const std::vector<std::int64_t> rows{2};
  CHECK(TestType::to_host(expr::row_mean(formula(s, TestType::take_rows(w, rows), TestType::take_rows(x, rows)))) ==
        Numbers{all[2]});
}

TEMPLATE_LIST_TEST_CASE("shapes that do not fit and an empty batch are refused in the formula's words", "", Backends) {
  const Leaves<TestType> a;
  const auto tensor = [](const Shape& shape) {
    return TestType{}.from_host(shape, Numbers(static_cast<std::size_t>(shape.numel())));
  };
  CHECK_THROWS_WITH(expr::eval(formula(a.s, tensor({3}), a.x)),
                    ContainsSubstring("per_sample(w): expected [2] or [2, 1, ...], got [3]"));
  CHECK_THROWS_WITH(expr::mean(formula(tensor({2}), a.w, a.x)),
                    ContainsSubstring("scalar(s): expected [] or [1], got [2]"));
  CHECK_THROWS_WITH(expr::mean(formula(a.s, tensor({0}), tensor({0, 2}))), ContainsSubstring("the batch is empty"));
}

TEMPLATE_LIST_TEST_CASE("explain says the path", "", Backends) {
  const Leaves<TestType> a;
  const std::string text = expr::explain(a.e());
  CHECK_THAT(text, ContainsSubstring("scalar#0 per_sample#1 * full#2 *") && ContainsSubstring("\npath: "));
  CHECK(text.substr(text.find("\npath: ") + 7) != "");
}
