// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "backends.hpp"
#include "support/formulas.hpp"

namespace dmdr::test {

/// One backend's way to run a formula, without its types.
struct Runner {
  std::string backend;
  double value_tolerance;
  double gradient_tolerance;
  Evaluated (*run)(expr::Terminal);
};

/// Compares every runner, each terminal, with the first one, and with the formula's second writing `at` where one is given.
void compare(const char* formula, const std::vector<Input>& inputs, double (*at)(std::span<const double>),
             const std::vector<Runner>& runners);

/// Values and gradients of one formula, every terminal, on every backend: against `Reference`, and against its second writing unless
/// its gradient is by intention not the slope of its value.
template <class F, bool Slope = true>
void check_formula() {
  static_assert(std::is_same_v<std::tuple_element_t<0, Backends>, Reference>);
  const std::vector<Runner> runners = std::apply(
      []<class... B>(B...) {
        return std::vector<Runner>{{B::name, Tolerance<B>::value, Tolerance<B>::gradient, [](expr::Terminal terminal) {
                                      return evaluated_formula<B>(B{}, &run_formula<F, typename B::Tensor>, F::inputs(),
                                                                  terminal);
                                    }}...};
      },
      Backends{});
  compare(F::name, F::inputs(), Slope ? &F::at : nullptr, runners);
}

// Compiled once, in formula_check.cpp.
extern template Evaluated evaluated_formula(const Reference&, FormulaTerminal<Reference::Tensor>,
                                            const std::vector<Input>&, expr::Terminal);
extern template Evaluated evaluated_formula(const EigenCpu<double>&, FormulaTerminal<EigenCpu<double>::Tensor>,
                                            const std::vector<Input>&, expr::Terminal);
extern template Evaluated evaluated_formula(const EigenCpu<float>&, FormulaTerminal<EigenCpu<float>::Tensor>,
                                            const std::vector<Input>&, expr::Terminal);
extern template Evaluated evaluated_formula(const minimal::Backend&, FormulaTerminal<minimal::Tensor>,
                                            const std::vector<Input>&, expr::Terminal);

}  // namespace dmdr::test
