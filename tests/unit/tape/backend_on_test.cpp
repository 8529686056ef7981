// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <dmdr/eigen/backend.hpp>

#include "support/catch.hpp"
#include "support/gradient_check.hpp"

using namespace dmdr;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using test::seeded;

namespace {

using B = EigenCpu<float>;
using Tensor = B::Tensor;

Tensor tensor(const Shape& shape, const std::vector<double>& values) { return B{}.from_host(shape, values); }
Tensor parameter(const Shape& shape, const std::vector<double>& values) { return B::parameter(tensor(shape, values)); }
std::vector<double> gradient_of(const Tensor& x) {
  const auto gradient = B::gradient(x);
  REQUIRE(gradient);
  return B::to_host(*gradient);
}

/// tanh(w x)^2, a block with an intermediate of its own.
Tensor block(const Tensor& x, const Tensor& w) {
  const Tensor inner = expr::eval(expr::tanh(expr::full(w) * expr::full(x)));
  return expr::eval(expr::square(expr::full(inner)));
}

}  // namespace

TEST_CASE("checkpoint gives values and gradients that are equal bit for bit, for inputs and for captured parameters") {
  const Shape shape{3, 40};
  const auto run = [&](bool checkpointed) {
    const Tensor x = parameter(shape, seeded("x", shape)), w = parameter(shape, seeded("w", shape));
    const Tensor h = expr::eval(expr::full(x) * 3);
    const Tensor y = checkpointed
                         ? B::checkpoint([w](std::span<const Tensor> in) { return block(in[0], w); }, std::span(&h, 1))
                         : block(h, w);
    const Tensor cotangent = tensor(shape, seeded("g", shape));
    B::backward(std::span(&y, 1), std::span(&cotangent, 1));
    return std::vector<std::vector<double>>{B::to_host(y), gradient_of(x), gradient_of(w)};
  };
  CHECK(run(true) == run(false));
}

TEST_CASE("checkpoint keeps no intermediate of its block") {
  const Tensor x = parameter({2, 2}, {1, 2, 3, 4}), w = parameter({2, 2}, {1, 1, 1, 1});
  std::weak_ptr<tape::Node<float>> inner;
  const Tensor y = B::checkpoint(
      [&](std::span<const Tensor> in) {
        const Tensor h = expr::eval(expr::full(in[0]) * expr::full(w));
        inner = h.node;
        return expr::eval(expr::square(expr::full(h)));
      },
      std::span(&x, 1));
  CHECK(inner.expired());
  CHECK(B::to_host(y) == std::vector<double>{1, 4, 9, 16});
}

TEST_CASE("checkpoint of inputs without a gradient has none, as in PyTorch's re-entrant form") {
  const Tensor x = tensor({1, 1}, {2}), w = parameter({1, 1}, {3});
  const Tensor y = B::checkpoint([w](std::span<const Tensor> in) { return block(in[0], w); }, std::span(&x, 1));
  CHECK_FALSE(B::requires_grad(y));
}

TEST_CASE("detach shares the elements, parameter copies them") {
  Tensor x = parameter({2}, {1, 2});
  const Tensor view = B::detach(x), copy = B::parameter(x);
  B::assign(x, tensor({2}, {5, 6}));
  CHECK(B::to_host(view) == std::vector<double>{5, 6});
  CHECK(B::to_host(copy) == std::vector<double>{1, 2});
  CHECK_FALSE(B::requires_grad(view));
  CHECK(B::requires_grad(copy));
}

TEST_CASE("gradients are clipped to a joint norm, as PyTorch's clip_grad_norm_ does") {
  const Tensor a = parameter({2}, {0, 0}), b = parameter({1}, {0}), without = parameter({1}, {0});
  const std::vector<Tensor> all{a, b, without};
  B::backward(expr::mean(6 * expr::full(a)));
  B::backward(expr::mean(4 * expr::full(b)));
  CHECK(B::to_host(B::clip_gradients(all, 100))[0] == Approx(std::sqrt(34)));
  CHECK(gradient_of(a) == std::vector<double>{3, 3});
  CHECK(B::to_host(B::clip_gradients(all, 1))[0] == Approx(std::sqrt(34)));
  CHECK(gradient_of(a)[0] == Approx(3 / (std::sqrt(34) + 1e-6)));
  CHECK(gradient_of(b)[0] == Approx(4 / (std::sqrt(34) + 1e-6)));
  CHECK_FALSE(B::gradient(without));
}

TEST_CASE("a gradient that is not finite is reported by the norm and left alone") {
  const Tensor a = parameter({2}, {0, 0});
  B::backward(expr::mean(expr::full(a) * expr::full(tensor({2}, {2, std::numeric_limits<double>::infinity()}))));
  CHECK(B::to_host(B::clip_gradients(std::span(&a, 1), 1))[0] == std::numeric_limits<double>::infinity());
  CHECK(gradient_of(a)[0] == 1);
}

TEST_CASE("a backward that cannot be is refused at the caller's line") {
  const Tensor fixed = tensor({2, 1}, {1, 2}), x = parameter({2, 1}, {1, 2});
  unsigned line = 0;
  try {
    line = __LINE__ + 1;
    B::backward(expr::mean(expr::full(fixed)));
  } catch (const Error& error) {
    CHECK_THAT(error.what(), ContainsSubstring("depends on nothing that requires a gradient"));
    CHECK_THAT(error.what(), EndsWith(std::string(__FILE__) + ":" + std::to_string(line)));
  }
  CHECK(line != 0);
  CHECK_THROWS_WITH(B::backward(expr::eval(2 * expr::full(x))),
                    ContainsSubstring("a loss has one element, got [2, 1]"));
}
