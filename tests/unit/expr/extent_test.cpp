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

TEST_CASE("gradients of full, per-sample and scalar leaves agree with the reference for any length of a row") {
  const auto formula = [](const auto& x) {
    return square(scalar(x[2]) * per_sample(x[1]) * full(x[0]) - exp(per_sample(x[1]))) + scalar(x[2]) * full(x[3]);
  };
  const auto run = [&](auto backend, const std::vector<Shape>& shapes, Terminal terminal) {
    using Any = decltype(backend);
    std::vector<std::vector<double>> inputs;
    for (const char* name : {"x", "w", "c", "y"}) inputs.push_back(seeded(name, shapes[inputs.size()]));
    return test::evaluated<Any>(
        backend,
        [&](const auto& x) {
          return terminal == Terminal::eval   ? eval(formula(x))
                 : terminal == Terminal::mean ? mean(formula(x))
                                              : row_mean(formula(x));
        },
        shapes, inputs);
  };
  for (const std::int64_t cols : {1, 7, 511, 512, 513, 1030})  // around the kernels' blocks of 512
    for (const Terminal terminal : {Terminal::eval, Terminal::row_mean, Terminal::mean}) {
      const std::vector<Shape> shapes{{3, cols}, {3, 1}, {1}, {3, cols}};
      const test::Evaluated fast = run(EigenCpu<double>{}, shapes, terminal), slow = run(Reference{}, shapes, terminal);
      INFO(cols << " columns");
      CHECK(test::distance(fast.value, slow.value) < 1e-13);
      for (std::size_t k = 0; k < 4; ++k) CHECK(test::distance(fast.gradients[k], slow.gradients[k]) < 1e-9);
    }
}
