// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <torch/csrc/autograd/autograd.h>

#include <dmdr/core/random.hpp>
#include <dmdr/libtorch/backend.hpp>

#include "support/libtorch_catch.hpp"

using namespace dmdr;
using namespace dmdr::expr;
using Catch::Matchers::ContainsSubstring;

namespace {

const LibTorch f32{}, f64{.dtype = Dtype::f64};

at::Tensor numbers(const LibTorch& backend, const Shape& shape, std::uint64_t seed) {
  Philox random(seed);
  return backend.from_host(shape, random.normal(Draw{.stream = "numbers"}, shape.rows(), shape.row_size()));
}
/// The same elements, columns first in memory.
at::Tensor not_contiguous(const at::Tensor& x) { return x.transpose(0, 1).contiguous().transpose(0, 1); }

/// Two formulas that hold every operation between them.
auto smooth(const at::Tensor& x, const at::Tensor& y, const at::Tensor& w, const at::Tensor& c) {
  const auto a = full(x, "x"), b = full(y, "y");
  const auto s = per_sample(w, "w");
  return exp(minimum(a * b, 2.0)) + sqrt(abs(a) + 1.0) * maximum(b, s) - tanh(a) / (2.0 + square(b)) +
         scalar(c, "c") * (-s) + log(1.0 + square(a));
}
auto branching(const at::Tensor& x, const at::Tensor& y, const at::Tensor& w, const at::Tensor& c) {
  const auto a = full(x, "x"), b = full(y, "y");
  const auto s = per_sample(w, "w");
  return select(greater(a, b), sigmoid(b) * relu(a), a * s) + clamp(a, -1, 0.5) * scalar(c, "c") +
         nan_to_num(a) * stop_gradient(b);
}

/// An operation of a user's own, the identity, which notes the threads that evaluate it.
struct Noted {
  static constexpr OpCode code = OpCode::custom;
  static constexpr std::string_view name = "noted";
  static inline std::mutex mutex;
  static inline std::set<std::thread::id> threads;
  template <class T>
  static T value(T a) {
    const std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
    return a;
  }
  template <class T>
  static void partials(T g, T, T, T& da) {
    da = g;
  }
};

struct Result {
  std::vector<double> value, dx, dy, dw, dc;
  std::string path;
};
template <class Formula, class Terminal>
Result run(Formula formula, at::Tensor x, at::Tensor y, at::Tensor w, at::Tensor c, Terminal terminal) {
  for (at::Tensor* leaf : {&x, &y, &w, &c}) leaf->set_requires_grad(true);
  const auto e = formula(x, y, w, c);
  const at::Tensor out = terminal(e);
  Philox random(9);
  const Shape shape = shape_of(out);
  const at::Tensor cotangent =
      LibTorch{.dtype = dtype_of(out)}.from_host(shape, random.normal(Draw{.stream = "cotangent"}, shape.rows(),
                                                                      shape.row_size()));
  LibTorch::backward(std::span(&out, 1), std::span(&cotangent, 1));
  const auto gradient = [](const at::Tensor& leaf) { return LibTorch::to_host(*LibTorch::gradient(leaf)); };
  return {LibTorch::to_host(out), gradient(x), gradient(y), gradient(w), gradient(c), explain(e)};
}

void close(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == Catch::Approx(b[i]).epsilon(tolerance).margin(tolerance));
}

template <class Formula, class Terminal>
void same_on_both_paths(const LibTorch& backend, double tolerance, Formula formula, Terminal terminal) {
  const at::Tensor x = numbers(backend, {3, 5}, 1), y = numbers(backend, {3, 5}, 2), w = numbers(backend, {3}, 3),
                   c = numbers(backend, {1}, 4);
  const Result kernels = run(formula, x.clone(), y.clone(), w.clone(), c.clone(), terminal);
  const Result operators = run(formula, not_contiguous(x), y.clone(), w.clone(), c.clone(), terminal);
  CHECK_THAT(kernels.path, ContainsSubstring("path: row kernels"));
  CHECK_THAT(operators.path, ContainsSubstring("path: LibTorch's operators, because argument 1 is not contiguous"));
  close(kernels.value, operators.value, tolerance);
  close(kernels.dx, operators.dx, tolerance);
  close(kernels.dy, operators.dy, tolerance);
  close(kernels.dw, operators.dw, tolerance);
  close(kernels.dc, operators.dc, tolerance);
}

}  // namespace

TEST_CASE("row kernels and LibTorch's operators give the same values and gradients, and explain says which ran") {
  for (const auto& [backend, tolerance] : {std::pair{f64, 1e-12}, std::pair{f32, 1e-5}}) {
    const auto on = [&, backend = backend, tolerance = tolerance](auto formula) {
      same_on_both_paths(backend, tolerance, formula, [](const auto& e) { return eval(e); });
      same_on_both_paths(backend, tolerance, formula, [](const auto& e) { return row_mean(e); });
      same_on_both_paths(backend, tolerance, formula, [](const auto& e) { return mean(e); });
    };
    on([](const auto&... leaves) { return smooth(leaves...); });
    on([](const auto&... leaves) { return branching(leaves...); });
  }
}

TEST_CASE("two formulas beside each other give the same by row kernels and by LibTorch's operators") {
  for (const auto& [backend, tolerance] : {std::pair{f64, 1e-12}, std::pair{f32, 1e-5}}) {
    const at::Tensor x = numbers(backend, {3, 5}, 1), y = numbers(backend, {3, 5}, 2);
    const auto both = [](const at::Tensor& a, const at::Tensor& b) {
      return row_mean_beside_eval(stop_gradient(square(full(a)) - full(b)), stop_gradient(full(a) * exp(full(b))));
    };
    const auto kernels = both(x, y), operators = both(not_contiguous(x), y);
    CHECK(dtype_of(kernels.row_mean) == backend.dtype);
    close(LibTorch::to_host(kernels.row_mean), LibTorch::to_host(operators.row_mean), tolerance);
    close(LibTorch::to_host(kernels.values), LibTorch::to_host(operators.values), tolerance);
    close(LibTorch::to_host(kernels.values), LibTorch::to_host(x * y.exp()), tolerance);
  }
}

TEST_CASE("mixed element types are widened, and 16 bits are computed in float32") {
  const at::Tensor wide = numbers(f64, {2, 3}, 1), narrow = numbers(f32, {2, 3}, 2);
  const auto mixed = full(wide) * full(narrow);
  CHECK_THAT(explain(mixed), ContainsSubstring("the arguments mix Double and Float"));
  CHECK(dtype_of(eval(mixed)) == Dtype::f64);
  for (const auto& [type, dtype, name] :
       {std::tuple{c10::kHalf, Dtype::f16, "Half"}, std::tuple{c10::kBFloat16, Dtype::bf16, "BFloat16"}}) {
    CAPTURE(name);
    const at::Tensor half = LibTorch::parameter(narrow.to(type)), same = LibTorch::parameter(half.to(c10::kFloat));
    const auto formula = [](const at::Tensor& x) { return exp(full(x)) * 3.0; };
    CHECK_THAT(explain(formula(half)), ContainsSubstring(std::string("there are no row kernels for ") + name));
    CHECK(dtype_of(eval(formula(half))) == dtype);
    const at::Tensor loss = mean(formula(half)), wide_loss = mean(formula(same));
    CHECK(dtype_of(loss) == Dtype::f32);
    close(LibTorch::to_host(loss), LibTorch::to_host(wide_loss), 1e-6);
    LibTorch::backward(loss);
    LibTorch::backward(wide_loss);
    const at::Tensor gradient = *LibTorch::gradient(half);
    CHECK(dtype_of(gradient) == dtype);
    close(LibTorch::to_host(gradient), LibTorch::to_host(*LibTorch::gradient(same)), 8e-3);
  }
}

TEST_CASE("a formula of whole numbers is refused") {
  const at::Tensor labels = numbers(f32, {2, 3}, 1).to(c10::kLong);
  CHECK_THROWS_AS(eval(full(labels) * 2.0), DtypeError);
  CHECK_THROWS_WITH(eval(full(labels) * 2.0), ContainsSubstring("argument 1 is Long"));
}

TEST_CASE("an expanded gradient, as that of a sum is, arrives like a dense one") {
  const at::Tensor x = LibTorch::parameter(numbers(f32, {4, 6}, 1));
  LibTorch::backward(eval(square(full(x))).sum());
  close(LibTorch::to_host(*LibTorch::gradient(x)), LibTorch::to_host(x.detach() * 2), 1e-6);
}

TEST_CASE("second derivatives are exact, for a tensor at two places too") {
  const at::Tensor x = LibTorch::parameter(numbers(f64, {2, 3}, 1));
  const at::Tensor y = mean(full(x) * square(full(x)));  // x^3 / n
  const at::Tensor dx = torch::autograd::grad({y}, {x}, {}, true, /*create_graph=*/true)[0];
  REQUIRE(dx.requires_grad());
  close(LibTorch::to_host(dx), LibTorch::to_host(x.detach() * x.detach() * 0.5), 1e-14);
  LibTorch::backward(dx.sum());
  close(LibTorch::to_host(*LibTorch::gradient(x)), LibTorch::to_host(x.detach()), 1e-14);
}

TEST_CASE("a second sweep over a graph that was freed is an error with the caller's place") {
  const at::Tensor x = LibTorch::parameter(numbers(f32, {3}, 1));
  const at::Tensor y = mean(square(full(x)));
  LibTorch::backward(y);
  CHECK_THROWS_AS(LibTorch::backward(y), Error);
  CHECK_THROWS_WITH(LibTorch::backward(y), ContainsSubstring("terminal_test.cpp"));
}

TEST_CASE("row kernels run on as many threads as LibTorch has, and explain says how many") {
#ifdef __clang__
  constexpr int most = 1;  // there the loops are not compiled with OpenMP (cmake/dmdrTorch.cmake)
#else
  constexpr int most = 2;
#endif
  const int before = libtorch::threads();
  const at::Tensor x = numbers(f32, {64, 4096}, 5);
  for (int threads = 1; threads <= most; ++threads) {
    libtorch::set_threads(threads);
    Noted::threads.clear();
    const auto noted = Apply<Noted, decltype(full(x))>(full(x));
    CHECK(LibTorch::store(eval(noted)) == LibTorch::store(x));
    CHECK(Noted::threads.size() == static_cast<std::size_t>(threads));
    CHECK_THAT(explain(noted), ContainsSubstring(std::to_string(threads) + " threads"));
  }
  libtorch::set_threads(before);
}

TEST_CASE("means do not depend on the number of threads, on either path") {
  const int before = libtorch::threads();
  const at::Tensor x = numbers(f32, {1, 300000}, 1);
  std::vector<double> found;
  for (const int threads : {1, 2}) {
    libtorch::set_threads(threads);
    found.push_back(LibTorch::to_host(mean(exp(full(x))))[0]);
    found.push_back(LibTorch::to_host(mean(exp(full(x.reshape({300000, 1}).expand({300000, 2})))))[0]);
    at::Tensor parameter = LibTorch::parameter(x);
    parameter.mutable_grad() = x.clone();
    found.push_back(LibTorch::to_host(LibTorch::clip_gradients(std::span(&parameter, 1), 1e9))[0]);
  }
  libtorch::set_threads(before);
  for (std::size_t k = 0; k < 3; ++k) CHECK(found[k] == found[k + 3]);
}
