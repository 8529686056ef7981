// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::expr;

namespace {

using B = EigenCpu<double>;
using Tensor = B::Tensor;

Tensor tensor(const Shape& shape, const std::vector<double>& values) { return B{}.from_host(shape, values); }

}  // namespace

TEST_CASE("eval has the shape of the full leaves, row_mean [B], mean []") {
  const auto e = full(tensor({2, 3}, {1, 2, 3, 4, 5, 6})) * 1;
  CHECK(shape_of(eval(e)) == Shape{2, 3});
  CHECK(B::to_host(eval(e)) == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(shape_of(row_mean(e)) == Shape{2});
  CHECK(B::to_host(row_mean(e)) == std::vector<double>{2, 5});
  CHECK(shape_of(mean(e)) == Shape{});
  CHECK(B::to_host(mean(e)) == std::vector<double>{3.5});
}

TEST_CASE("a formula of per-sample numbers alone has the shape [B], one of scalars the shape []") {
  const auto w = per_sample(tensor({2, 1, 1}, {1, 3})) * 1;
  CHECK(shape_of(eval(w)) == Shape{2});
  CHECK(B::to_host(row_mean(w)) == std::vector<double>{1, 3});
  CHECK(B::to_host(mean(w)) == std::vector<double>{2});
  const auto s = scalar(tensor({1}, {4})) * 1;
  CHECK(shape_of(eval(s)) == Shape{});
  CHECK(shape_of(row_mean(s)) == Shape{1});
  CHECK(B::to_host(mean(s)) == std::vector<double>{4});
}
