// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <dmdr/eigen/array_functions.hpp>
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

#include "support/catch.hpp"
#include "support/gradient_check.hpp"

using namespace dmdr;

namespace {

template <class T>
struct Case {
  std::string name;
  typename expr::ArrayFunctions<T>::Function fast, standard;
  double low, high;
};
template <class T>
std::vector<Case<T>> cases() {
  const auto& fast = eigen::array_functions().of<T>();
  const auto& standard = expr::standard_functions.of<T>();
  return {{"exp", fast.exp, standard.exp, -80, 80},
          {"log", fast.log, standard.log, 1e-6, 1e6},
          {"tanh", fast.tanh, standard.tanh, -12, 12},
          {"sigmoid", fast.sigmoid, standard.sigmoid, -40, 40}};
}

/// Results of the first `count` numbers of a block.
template <class T>
std::vector<T> applied(typename expr::ArrayFunctions<T>::Function function, const std::vector<T>& x) {
  alignas(64) T block[256];
  std::fill(std::begin(block), std::end(block), T(1));
  std::copy(x.begin(), x.end(), block);
  function(block, static_cast<std::int64_t>(x.size()));
  return {block, block + x.size()};
}

template <class T>
void agree(double tolerance) {
  for (const Case<T>& function : cases<T>()) {
    const std::vector<double> sample = test::seeded(function.name, {256}, function.low, function.high);
    const std::vector<T> x(sample.begin(), sample.end());
    const std::vector<T> fast = applied<T>(function.fast, x), standard = applied<T>(function.standard, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      INFO(function.name << " of " << x[i]);
      REQUIRE(std::abs(static_cast<double>(fast[i] - standard[i])) <=
              tolerance * std::max(std::abs(static_cast<double>(standard[i])), 1e-12));
    }
  }
}

template <class T>
void same_anywhere() {
  for (const Case<T>& function : cases<T>()) {
    const std::vector<double> sample = test::seeded(function.name, {37}, function.low, function.high);
    const std::vector<T> x(sample.begin(), sample.end()), all = applied<T>(function.fast, x);
    for (std::size_t first = 0; first < x.size(); first += 5) {
      INFO(function.name << " from " << first);
      const std::vector<T> part(x.begin() + static_cast<std::ptrdiff_t>(first), x.end());
      REQUIRE(applied<T>(function.fast, part) ==
              std::vector<T>(all.begin() + static_cast<std::ptrdiff_t>(first), all.end()));
    }
  }
}

}  // namespace

TEST_CASE("Eigen's exponential and its kin agree with the standard library's") {
  agree<float>(5e-7);
  agree<double>(1e-14);
}

TEST_CASE("the result of a function does not depend on the place of its argument, nor on its neighbours") {
  same_anywhere<float>();
  same_anywhere<double>();
}

TEST_CASE("functions keep what is not a number, and end where the standard library's do") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto at = [](auto function, double x) { return applied<double>(function, {x})[0]; };
  const auto& f = eigen::array_functions().f64;
  for (const auto function : {f.exp, f.log, f.tanh, f.sigmoid}) CHECK(std::isnan(at(function, NAN)));
  CHECK(at(f.exp, infinity) == infinity);
  CHECK(at(f.exp, -infinity) < 1e-307);
  CHECK(at(f.log, 0) == -infinity);
  CHECK(std::isnan(at(f.log, -1)));
  CHECK(at(f.tanh, -infinity) == -1);
  CHECK(at(f.sigmoid, -infinity) < 1e-307);
  CHECK(at(f.sigmoid, infinity) == 1);
}

TEST_CASE("expressions on the Eigen backend compute their exponentials with Eigen") {
  const std::vector<double> x = test::seeded("x", {50});
  const EigenCpu<double>::Tensor tensor = EigenCpu<double>{}.from_host({50}, x);
  CHECK(EigenCpu<double>::to_host(expr::eval(expr::exp(expr::full(tensor)))) ==
        applied<double>(eigen::array_functions().f64.exp, x));
}
