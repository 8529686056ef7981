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

/// With `shared` the two places of x have one gradient, the third.
template <class T>
Run<T> run(const Arguments<T>& arguments, Terminal terminal, ParallelFor parallel_for, bool shared = false) {
  Run<T> run;
  Plan plan;
  plan.rows = arguments.rows;
  plan.cols = arguments.cols;
  for (std::size_t k = 0; k < 5; ++k) {
    plan.leaves[k] = arguments.leaves[k].data();
    run.gradients.emplace_back(arguments.leaves[k].size(), T(7));
  }
  for (std::size_t k = 0; k < 5; ++k) plan.grads[k] = run.gradients[k].data();
  if (shared) plan.grads[3] = plan.grads[2];
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

TEST_CASE("leaves with the same gradient pointer are one tensor, which gets the sum of their gradients") {
  for (const auto& [rows, cols] : extents)
    for (const Terminal terminal : terminals) {
      INFO(rows << " x " << cols << ", terminal " << static_cast<int>(terminal));
      const Arguments<double> arguments(rows, cols);
      const Run<double> apart = run(arguments, terminal, &serial_for),
                        got = run(arguments, terminal, &two_threads, true);
      std::vector<double> wanted = apart.gradients[2];
      for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] += apart.gradients[3][i];
      CHECK(test::distance(got.gradients[2], wanted) < 1e-13);
      CHECK(got.gradients[3] == std::vector<double>(wanted.size(), 7));  // not written
      for (const std::size_t k : {0, 1, 4}) CHECK(got.gradients[k] == apart.gradients[k]);
    }
}

TEST_CASE("leaves of two extents cannot share a gradient") {
  const Arguments<double> arguments(4, 1);
  std::vector<double> grad(4), cotangent(4, 1);
  Plan plan{.rows = 4, .cols = 1, .cotangent = cotangent.data()};
  for (std::size_t k = 0; k < 5; ++k) plan.leaves[k] = arguments.leaves[k].data();
  plan.grads[1] = plan.grads[2] = grad.data();
  CHECK_THROWS_WITH(run_backward<double>(program, program.f64, plan, Terminal::eval),
                    Catch::Matchers::ContainsSubstring("leaf #2 shares its gradient with a leaf of another extent"));
}

TEST_CASE("a formula of per-sample numbers alone has values, means and gradients for any batch") {
  using Short = decltype(scalar(Tensor{}) * exp(per_sample(Tensor{})) - 1.0);
  const Program& formula = program_v<structure_t<Short>, ElementTypes<double>>;
  CHECK_FALSE(formula.f64.rows_differ);
  for (const std::int64_t batch : {1, 5, 256, 257, 40000})
    for (const Terminal terminal : terminals) {
      INFO(batch << " samples, terminal " << static_cast<int>(terminal));
      const std::vector<double> s{1.5}, w = seeded("w", {batch});
      const bool one = terminal == Terminal::mean;
      std::vector<double> out(one ? 1 : w.size()), ds(1), dw(w.size()), wanted(out.size()), wanted_dw(w.size());
      const std::vector<double> cotangent = seeded("cotangent", {static_cast<std::int64_t>(out.size())});
      double wanted_ds = 0;
      for (std::size_t i = 0; i < w.size(); ++i) {
        const double scale = one ? 1.0 / static_cast<double>(batch) : 1, g = scale * cotangent[one ? 0 : i];
        wanted[one ? 0 : i] += scale * (1.5 * std::exp(w[i]) - 1);
        wanted_ds += g * std::exp(w[i]);
        wanted_dw[i] = g * 1.5 * std::exp(w[i]);
      }
      Plan plan{.constants = {1}, .rows = batch, .cols = 1, .out = out.data(), .cotangent = cotangent.data()};
      plan.leaves[0] = s.data();
      plan.leaves[1] = w.data();
      plan.grads[0] = ds.data();
      plan.grads[1] = dw.data();
      run_forward<double>(formula.f64, plan, terminal);
      run_backward<double>(formula, formula.f64, plan, terminal);
      CHECK(test::distance(out, wanted) < 1e-13);
      CHECK(test::distance(dw, wanted_dw) < 1e-13);
      CHECK(ds[0] == Approx(wanted_ds).epsilon(1e-12));
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

TEST_CASE("kernels are compiled for the element types that a tensor names") {
  const Program& named = program_v<structure_t<Formula>, ElementTypes<BFloat16, float>>;
  CHECK(named.kernels(Dtype::f64) == nullptr);
  CHECK(named.kernels(Dtype::f32) == &named.f32);
  CHECK(named.kernels(Dtype::bf16) == &named.bf16);
  CHECK(named.f32.forward == program.f32.forward);
  // Reference interprets its formulas: no kernel is compiled for it.
  const auto x = full(Reference{}.from_host({1}, std::vector<double>{1}));
  expr::detail::with_call(x + 1, Terminal::eval, Location::current(), [](const auto& call) {
    CHECK(call.program.kernels(Dtype::f64) == nullptr);
    return 0;
  });
}

// ---- bfloat16 -------------------------------------------------------------------------------------------------------------------

TEST_CASE("bfloat16 formulas are float arithmetic on the stored numbers, each result rounded once") {
  const Program& named = program_v<structure_t<Formula>, ElementTypes<BFloat16, float>>;
  const auto rounded = [](const std::vector<float>& x) { return std::vector<BFloat16>(x.begin(), x.end()); };
  for (const auto& [rows, cols] : extents)
    for (const Terminal terminal : terminals) {
      INFO(rows << " x " << cols << ", terminal " << static_cast<int>(terminal));
      Arguments<float> arguments(rows, cols);
      std::vector<std::vector<BFloat16>> leaves;
      for (auto& leaf : arguments.leaves) {
        leaves.push_back(rounded(leaf));
        leaf = std::vector<float>(leaves.back().begin(), leaves.back().end());
      }
      const std::vector<double> seed = seeded("cotangent", {static_cast<std::int64_t>(arguments.result(terminal))});
      const std::vector<BFloat16> cotangent = rounded({seed.begin(), seed.end()});
      const std::vector<float> single_cotangent(cotangent.begin(), cotangent.end());
      std::vector<float> single_out(seed.size());
      std::vector<BFloat16> out(seed.size());
      std::vector<std::vector<float>> single_grads;
      std::vector<std::vector<BFloat16>> grads;
      Plan single{.rows = rows, .cols = cols, .out = single_out.data(), .cotangent = single_cotangent.data()};
      Plan plan{.rows = rows, .cols = cols, .out = out.data(), .cotangent = cotangent.data()};
      for (std::size_t k = 0; k < 5; ++k) {
        single.leaves[k] = arguments.leaves[k].data();
        plan.leaves[k] = leaves[k].data();
        single_grads.emplace_back(leaves[k].size());
        grads.emplace_back(leaves[k].size());
      }
      for (std::size_t k = 0; k < 5; ++k) {
        single.grads[k] = single_grads[k].data();
        plan.grads[k] = grads[k].data();
      }
      run_forward<float>(named.f32, single, terminal);
      run_forward<BFloat16>(named.bf16, plan, terminal, &two_threads);
      run_backward<float>(named, named.f32, single, terminal);
      run_backward<BFloat16>(named, named.bf16, plan, terminal, &two_threads);
      CHECK(out == rounded(single_out));
      for (std::size_t k = 0; k < 5; ++k) CHECK(grads[k] == rounded(single_grads[k]));
    }
}
