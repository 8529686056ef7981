// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include <dmdr/expr/terminal.hpp>
#include <dmdr/reference.hpp>

#include "support/catch.hpp"
#include "support/gradient_check.hpp"

using namespace dmdr;
using namespace dmdr::expr;
using test::seeded;

namespace {

// ---- ways to run the items: in order, backwards, and dealt out to two threads -------------------------------------------------

void backwards(std::int64_t count, void (*body)(void*, std::int64_t), void* state) {
  for (std::int64_t item = count; item-- > 0;) body(state, item);
}
void two_threads(std::int64_t count, void (*body)(void*, std::int64_t), void* state) {
  std::thread other([=] {
    for (std::int64_t item = 1; item < count; item += 2) body(state, item);
  });
  for (std::int64_t item = 0; item < count; item += 2) body(state, item);
  other.join();
}

// ---- s w x + x y over x, y [B, ...], w [B], s [] ------------------------------------------------------------------------------

using Tensor = Reference::Tensor;
using Formula = decltype(scalar(Tensor{}) * per_sample(Tensor{}) * full(Tensor{}) + full(Tensor{}) * full(Tensor{}));
constexpr const Program& program = program_v<structure_t<Formula>>;

template <class T>
struct Run {
  std::vector<T> out;
  std::vector<std::vector<T>> gradients;
  friend bool operator==(const Run&, const Run&) = default;
};

template <class T>
struct Arguments {
  std::int64_t rows, cols;
  std::vector<std::vector<T>> leaves;
  Arguments(std::int64_t b, std::int64_t n) : rows(b), cols(n) {
    for (const auto& [name, size] :
         {std::pair{"s", std::int64_t{1}}, {"w", b}, {"x", b * n}, {"x2", b * n}, {"y", b * n}}) {
      const std::vector<double> values = seeded(name, {size});
      leaves.emplace_back(values.begin(), values.end());
    }
    leaves[3] = leaves[2];
  }
  [[nodiscard]] std::size_t result(Terminal terminal) const {
    return static_cast<std::size_t>(terminal == Terminal::eval ? rows * cols
                                                               : (terminal == Terminal::row_mean ? rows : 1));
  }
};

template <class T>
Run<T> run(const Arguments<T>& arguments, Terminal terminal, ParallelFor parallel_for) {
  Run<T> run;
  Plan plan;
  plan.rows = arguments.rows;
  plan.cols = arguments.cols;
  for (std::size_t k = 0; k < 5; ++k) {
    plan.leaves[k] = arguments.leaves[k].data();
    run.gradients.emplace_back(arguments.leaves[k].size(), T(7));
  }
  for (std::size_t k = 0; k < 5; ++k) plan.grads[k] = run.gradients[k].data();
  run.out.resize(arguments.result(terminal));
  plan.out = run.out.data();
  run_forward<T>(*program.kernels(dtype_v<T>), plan, terminal, parallel_for);
  const std::vector<double> seed = seeded("cotangent", {static_cast<std::int64_t>(run.out.size())});
  const std::vector<T> cotangent(seed.begin(), seed.end());
  plan.cotangent = cotangent.data();
  run_backward<T>(program, *program.kernels(dtype_v<T>), plan, terminal, parallel_for);
  return run;
}

/// The same by single loops in doubles.
Run<double> naive(const Arguments<double>& a, Terminal terminal) {
  Run<double> run{std::vector<double>(a.result(terminal), 0.0), {}};
  for (const auto& leaf : a.leaves) run.gradients.emplace_back(leaf.size(), 0.0);
  const std::vector<double> cotangent = seeded("cotangent", {static_cast<std::int64_t>(run.out.size())});
  const double scale =
      terminal == Terminal::eval ? 1 : 1.0 / static_cast<double>(terminal == Terminal::mean ? a.rows * a.cols : a.cols);
  for (std::size_t i = 0; i < a.leaves[2].size(); ++i) {
    const std::size_t row = i / static_cast<std::size_t>(a.cols);
    const std::size_t at = terminal == Terminal::eval ? i : (terminal == Terminal::row_mean ? row : 0);
    const double s = a.leaves[0][0], w = a.leaves[1][row], x = a.leaves[2][i], y = a.leaves[4][i],
                 g = cotangent[at] * scale;
    run.out[at] += scale * (s * w * x + x * y);
    run.gradients[0][0] += g * w * x;
    run.gradients[1][row] += g * s * x;
    run.gradients[2][i] = g * s * w;
    run.gradients[3][i] = g * y;
    run.gradients[4][i] = g * x;
  }
  return run;
}

constexpr Terminal terminals[] = {Terminal::eval, Terminal::row_mean, Terminal::mean};
// Around the item of 16,384 elements: short rows many an item, rows of one item, rows of several.
constexpr std::pair<std::int64_t, std::int64_t> extents[] = {{1, 1},     {1000, 5},  {70, 512},
                                                             {2, 16384}, {3, 16385}, {1, 40000}};

}  // namespace

TEST_CASE("sums in chunks equal naive sums, for values and for gradients of every extent") {
  for (const auto& [rows, cols] : extents)
    for (const Terminal terminal : terminals) {
      const Arguments<double> arguments(rows, cols);
      const Run<double> got = run(arguments, terminal, &serial_for), wanted = naive(arguments, terminal);
      INFO(rows << " x " << cols << ", terminal " << static_cast<int>(terminal));
      CHECK(test::distance(got.out, wanted.out) < 1e-13);
      for (std::size_t k = 0; k < 5; ++k) CHECK(test::distance(got.gradients[k], wanted.gradients[k]) < 1e-13);
    }
}

TEST_CASE("results are equal bit for bit in any order of the items and on two threads") {
  for (const auto& [rows, cols] : extents)
    for (const Terminal terminal : terminals) {
      INFO(rows << " x " << cols << ", terminal " << static_cast<int>(terminal));
      const Arguments<float> single(rows, cols);
      const Run<float> in_order = run(single, terminal, &serial_for);
      CHECK(run(single, terminal, &backwards) == in_order);
      CHECK(run(single, terminal, &two_threads) == in_order);
      const Arguments<double> twice(rows, cols);
      const Run<double> in_order_twice = run(twice, terminal, &serial_for);
      CHECK(run(twice, terminal, &backwards) == in_order_twice);
      CHECK(run(twice, terminal, &two_threads) == in_order_twice);
    }
}

TEST_CASE("a mean over a million floats keeps the digits of a double sum") {
  const std::vector<float> ones(1 << 20, 0.1F);
  using Identity = decltype(full(Tensor{}) * 1);
  const Program& identity = program_v<structure_t<Identity>>;
  Plan plan;
  plan.leaves[0] = ones.data();
  plan.constants[0] = 1;
  plan.rows = 1;
  plan.cols = 1 << 20;
  float mean = 0;
  plan.out = &mean;
  run_forward<float>(*identity.kernels(Dtype::f32), plan, Terminal::mean);
  CHECK(mean == 0.1F);
}

TEST_CASE("kernels exist for float and double and for nothing else") {
  CHECK(program.kernels(Dtype::f32) == &program.f32);
  CHECK(program.kernels(Dtype::f64) == &program.f64);
  CHECK(program.kernels(Dtype::bf16) == nullptr);
  CHECK(program.kernels(Dtype::f16) == nullptr);
  CHECK(program.kernels(Dtype::i64) == nullptr);
}
