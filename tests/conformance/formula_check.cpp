// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include "formula_check.hpp"

#include <algorithm>
#include <cstdint>

namespace dmdr::test {
namespace {

/// What the formula's second writing says: values, and gradients by differences of it.
Evaluated by_hand(const std::vector<Input>& inputs, double (*at)(std::span<const double>), expr::Terminal terminal) {
  const Shape& full = formula_shape;
  std::vector<std::vector<double>> samples;
  bool elements = false;
  for (const Input& input : inputs) {
    samples.push_back(sample_of(input, full));
    elements = elements || input.extent == expr::Extent::full;
  }
  const expr::Layout layout = elements ? expr::Layout{full, full.rows(), full.row_size()} : expr::Layout{};
  Evaluated out{layout.result(terminal), {}, {}};
  out.value.assign(static_cast<std::size_t>(out.shape.numel()), 0.0);
  for (const std::vector<double>& sample : samples) out.gradients.emplace_back(sample.size(), 0.0);
  const std::vector<double> cotangent = seeded("cotangent", out.shape);
  const double count = static_cast<double>(
      terminal == expr::Terminal::eval ? 1 : (terminal == expr::Terminal::mean ? layout.rows : 1) * layout.cols);
  for (std::int64_t i = 0; i < layout.rows * layout.cols; ++i) {
    const auto place = [&](expr::Extent extent) {
      return static_cast<std::size_t>(
          extent == expr::Extent::full ? i : (extent == expr::Extent::per_sample ? i / layout.cols : 0));
    };
    std::vector<double> x;
    for (std::size_t k = 0; k < inputs.size(); ++k) x.push_back(samples[k][place(inputs[k].extent)]);
    const std::size_t to = terminal == expr::Terminal::eval
                               ? place(expr::Extent::full)
                               : (terminal == expr::Terminal::row_mean ? place(expr::Extent::per_sample) : 0);
    out.value[to] += at(x) / count;
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      const double before = x[k];
      const double slope = slope_of(
          [&](double moved) {
            x[k] = moved;
            return at(x);
          },
          before);
      x[k] = before;
      out.gradients[k][place(inputs[k].extent)] += slope * cotangent[to] / count;
    }
  }
  return out;
}

/// Compares all runners with `wanted`; a gradient that did not arrive counts as zeros.
void compare_with(const Evaluated& wanted, const std::string& with, const std::vector<Runner>& runners,
                  expr::Terminal terminal) {
  for (const Runner& runner : runners) {
    INFO(runner.backend << " against " << with << ", terminal " << static_cast<int>(terminal));
    const Evaluated got = runner.run(terminal);
    CHECK(got.shape == wanted.shape);
    CHECK(distance(got.value, wanted.value) < runner.value_tolerance);
    REQUIRE(got.gradients.size() == wanted.gradients.size());
    for (std::size_t k = 0; k < wanted.gradients.size(); ++k) {
      INFO("argument " << k + 1);
      const std::vector<double>& reached = got.gradients[k];
      const std::size_t size = std::max(reached.size(), wanted.gradients[k].size());
      const std::vector<double> zeros(size, 0.0);
      CHECK(distance(reached.empty() ? zeros : reached, wanted.gradients[k].empty() ? zeros : wanted.gradients[k]) <
            runner.gradient_tolerance);
    }
  }
}

}  // namespace

void compare(const char* formula, const std::vector<Input>& inputs, double (*at)(std::span<const double>),
             const std::vector<Runner>& runners) {
  INFO(formula);
  for (const expr::Terminal terminal : {expr::Terminal::eval, expr::Terminal::row_mean, expr::Terminal::mean}) {
    compare_with(runners.front().run(terminal), "reference", runners, terminal);
    if (at != nullptr) compare_with(by_hand(inputs, at, terminal), "plain doubles", runners, terminal);
  }
}

template Evaluated evaluated_formula(const Reference&, FormulaTerminal<Reference::Tensor>, const std::vector<Input>&,
                                     expr::Terminal);
template Evaluated evaluated_formula(const EigenCpu<double>&, FormulaTerminal<EigenCpu<double>::Tensor>,
                                     const std::vector<Input>&, expr::Terminal);
template Evaluated evaluated_formula(const EigenCpu<float>&, FormulaTerminal<EigenCpu<float>::Tensor>,
                                     const std::vector<Input>&, expr::Terminal);
template Evaluated evaluated_formula(const minimal::Backend&, FormulaTerminal<minimal::Tensor>,
                                     const std::vector<Input>&, expr::Terminal);

}  // namespace dmdr::test
