// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <vector>

#include <dmdr/eigen/backend.hpp>
#include <dmdr/reference.hpp>

#include "support/catch.hpp"
#include "support/gradient_check.hpp"

using namespace dmdr;
using namespace dmdr::expr;
using test::seeded;

namespace {

using B = EigenCpu<double>;
using Tensor = B::Tensor;

/// An operation of a user's own, which counts how often it is evaluated: 3a.
struct Counted {
  static constexpr OpCode code = OpCode::custom;
  static constexpr std::string_view name = "counted";
  static inline int values = 0;
  static inline int sweeps = 0;
  template <class T>
  static T value(T a) {
    ++values;
    return T(3) * a;
  }
  template <class T>
  static void partials(T g, T, T, T& da) {
    ++sweeps;
    da = T(3) * g;
  }
};

Tensor parameter(const char* name, const Shape& shape) {
  return B::parameter(B{}.from_host(shape, seeded(name, shape)));
}

}  // namespace

TEST_CASE("what is constant along a row is evaluated once a row") {
  const Shape shape{3, 400};
  const Tensor x = parameter("x", shape), w = parameter("w", {3});
  Counted::values = 0;
  const Tensor y = eval(Apply<Counted, decltype(per_sample(w))>(per_sample(w)) * full(x));
  CHECK(Counted::values == 3);
  const std::vector<double> values = B::to_host(y), xs = B::to_host(x), ws = B::to_host(w);
  for (std::size_t i = 0; i < values.size(); ++i) REQUIRE(values[i] == 3 * ws[i / 400] * xs[i]);

  Counted::sweeps = 0;
  const Tensor seed = B{}.from_host(shape, seeded("g", shape));
  B::backward(std::span(&y, 1), std::span(&seed, 1));
  CHECK(Counted::sweeps == 3);
}

TEST_CASE("an operation of the user's own is differentiated by its partials, and refused by the reference backend") {
  const Tensor x = parameter("x", {2, 3});
  const Tensor loss = mean(Apply<Counted, decltype(full(x))>(full(x)));
  B::backward(loss);
  for (const double g : B::to_host(*B::gradient(x))) CHECK(g == Approx(3.0 / 6));
  const Reference::Tensor r = Reference{}.from_host({1}, std::vector<double>{1});
  CHECK_THROWS_WITH(eval(Apply<Counted, decltype(full(r))>(full(r))),
                    Catch::Matchers::ContainsSubstring("an operation of its own"));
}

TEST_CASE("stop_gradient keeps the value and stops the adjoint, in a row and in a folded subtree") {
  const Tensor x = parameter("x", {2, 5}), w = parameter("w", {2});
  const Tensor y = eval(stop_gradient(full(x)) * full(x) * stop_gradient(square(per_sample(w))) * per_sample(w));
  const Tensor ones = B{}.from_host({2, 5}, std::vector<double>(10, 1));
  B::backward(std::span(&y, 1), std::span(&ones, 1));
  const std::vector<double> xs = B::to_host(x), ws = B::to_host(w), dx = B::to_host(*B::gradient(x)),
                            dw = B::to_host(*B::gradient(w));
  for (std::size_t i = 0; i < 10; ++i) CHECK(dx[i] == Approx(xs[i] * ws[i / 5] * ws[i / 5] * ws[i / 5]));
  for (std::size_t row = 0; row < 2; ++row) {
    double sum = 0;
    for (std::size_t j = 0; j < 5; ++j) sum += xs[row * 5 + j] * xs[row * 5 + j];
    CHECK(dw[row] == Approx(sum * ws[row] * ws[row]));
  }
}

TEST_CASE("a leaf that no gradient reaches gets zeros, not what was in memory") {
  const Tensor x = parameter("x", {2, 5}), y = parameter("y", {2, 5}), w = parameter("w", {2});
  B::backward(mean(full(x) * stop_gradient(full(y) + per_sample(w))));
  for (const Tensor& tensor : {y, w})
    if (const auto gradient = B::gradient(tensor))
      for (const double g : B::to_host(*gradient)) CHECK(g == 0);
}

TEST_CASE("a tensor that occurs twice in a formula gets the sum of both gradients") {
  const Tensor x = parameter("x", {4, 3});
  B::backward(mean(full(x) * square(full(x))));
  const std::vector<double> xs = B::to_host(x), dx = B::to_host(*B::gradient(x));
  for (std::size_t i = 0; i < 12; ++i) CHECK(dx[i] == Approx(3 * xs[i] * xs[i] / 12));
}
