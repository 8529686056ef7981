// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::expr;
using Catch::Matchers::ContainsSubstring;

namespace {

using B = EigenCpu<double>;
using Tensor = B::Tensor;

Tensor tensor(const Shape& shape, const std::vector<double>& values) { return B{}.from_host(shape, values); }
Tensor zeros(const Shape& shape) { return tensor(shape, std::vector<double>(static_cast<std::size_t>(shape.numel()))); }

}  // namespace

TEST_CASE("an expression owns what it mentions: one built of temporaries may be kept, copied and run twice") {
  auto make = [] {
    const Tensor local = tensor({2, 2}, {1, 2, 3, 4});
    return per_sample(tensor({2}, {10, 100}), "w") * full(local, "x") + full(tensor({2, 2}, {1, 1, 1, 1}));
  };
  auto e = make();
  const auto copy = e;
  e = make();
  CHECK(B::to_host(eval(e)) == std::vector<double>{11, 21, 301, 401});
  CHECK(B::to_host(eval(copy)) == std::vector<double>{11, 21, 301, 401});
  CHECK(B::to_host(eval(copy)) == std::vector<double>{11, 21, 301, 401});
}

TEST_CASE("the example of docs/explanation/expressions.md: a weighted squared error and its gradient") {
  const Tensor output = B::parameter(tensor({2, 3}, {1, 2, 3, 4, 5, 6})), target = zeros({2, 3}),
               weight = tensor({2}, {1, 10});
  // snippet begin: expression
  const auto error = expr::square(expr::full(output, "output") - expr::full(target, "target"));
  const auto loss = expr::per_sample(weight, "weight") * error;  // nothing has run yet
  const Tensor each = expr::row_mean(loss);                      // [B]
  const Tensor all = expr::mean(loss);                           // []
  B::backward(all);                                              // d all / d output, in one pass over the leaves
  // snippet end: expression
  CHECK(B::to_host(each)[0] == Approx((1 + 4 + 9) / 3.0));
  CHECK(B::to_host(all)[0] == Approx((1 + 4 + 9 + 10 * (16 + 25 + 36)) / 6.0));
  CHECK(B::to_host(*B::gradient(output))[5] == Approx(10 * 2 * 6 / 6.0));
}

TEST_CASE("explain gives the formula in postfix, its extents, its arguments and the path") {
  const std::string text = explain(per_sample(zeros({4}), "w") * full(zeros({4, 3}), "x") + 0.5, Terminal::mean);
  CHECK_THAT(text, ContainsSubstring("per_sample#0 full#1 * 0.500000 +"));
  CHECK_THAT(text, ContainsSubstring("rows 4, elements a row 3"));
  CHECK_THAT(text, ContainsSubstring("#1: [4, 3] float64 on cpu"));
  CHECK_THAT(text, ContainsSubstring("path: row kernels"));
  CHECK_THROWS_AS(explain(full(zeros({2, 2})) + full(zeros({3}))), ShapeError);
}
