// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
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

TEST_CASE("a tensor that stands as full and as per-sample gets both parts of its gradient") {
  const Tensor x = parameter("x", {4});
  B::backward(mean(full(x) * per_sample(x)));
  const std::vector<double> xs = B::to_host(x), dx = B::to_host(*B::gradient(x));
  for (std::size_t i = 0; i < 4; ++i) CHECK(dx[i] == Approx(2 * xs[i] / 4));
}

TEST_CASE("an infinite partial of one argument leaves the gradient of another alone") {
  const Tensor x = parameter("x", {1, 2}), zero = B{}.from_host({1, 2}, std::vector<double>{0, 4});
  B::backward(mean(full(x) * sqrt(full(zero)) + sqrt(full(zero)) / 2));
  CHECK(B::to_host(*B::gradient(x)) == std::vector<double>{0, 1});
}

TEST_CASE("a function is computed once an element, a block at a time, forward and backward") {
  static std::int64_t elements;
  static std::int64_t most;
  elements = most = 0;
  Functions counting = standard_functions;
  counting.f64.exp = [](double* x, std::int64_t count) {
    elements += count;
    most = std::max(most, count);
    REQUIRE(reinterpret_cast<std::uintptr_t>(x) % 64 == 0);
    standard_functions.f64.exp(x, count);
  };
  using Formula = decltype(square(full(Tensor{}) * exp(-full(Tensor{}))) + exp(full(Tensor{})));
  const Program& program = program_v<structure_t<Formula>, ElementTypes<double>>;
  constexpr std::int64_t rows = 3, cols = 700;
  std::vector<std::vector<double>> x;
  for (const char* name : {"a", "b", "c"}) x.push_back(seeded(name, {rows * cols}));
  std::vector<double> out(x[0].size()), grad(x[0].size()), cotangent(x[0].size(), 1);
  Plan plan{.rows = rows, .cols = cols, .out = out.data(), .cotangent = cotangent.data(), .functions = &counting};
  for (std::size_t k = 0; k < 3; ++k) plan.leaves[k] = x[k].data();
  run_forward<double>(program.f64, plan, Terminal::eval);
  CHECK(elements == 2 * rows * cols);
  CHECK(most <= 256);
  plan.grads[1] = grad.data();
  run_backward<double>(program, program.f64, plan, Terminal::eval);
  CHECK(elements == 4 * rows * cols);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double e = std::exp(-x[1][i]);
    REQUIRE(out[i] == Approx(x[0][i] * x[0][i] * e * e + std::exp(x[2][i])).epsilon(1e-14));
    REQUIRE(grad[i] == Approx(-2 * x[0][i] * x[0][i] * e * e).epsilon(1e-14));
  }
}

TEST_CASE("a division by a number is that number's reciprocal once a row, and a division by a leaf stays one") {
  const Tensor x = parameter("x", {3, 5}), w = parameter("w", {3});
  const std::vector<double> thirds = B::to_host(eval(full(x) / 3.0)),
                            ratios = B::to_host(eval(full(x) / per_sample(w))), xs = B::to_host(x), ws = B::to_host(w);
  for (std::size_t i = 0; i < xs.size(); ++i) {
    CHECK(thirds[i] == xs[i] * (1 / 3.0));
    CHECK(ratios[i] == xs[i] / ws[i / 5]);
  }
}
