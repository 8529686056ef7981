// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/diffusion/grid.hpp>
#include <dmdr/diffusion/transition.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

#include "golden_file.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

const GoldenFile& golden() {
  static const GoldenFile file("diffusion");
  return file;
}

/// A step of DDIM, deterministic and with noise, for a prediction read as `Kind`.
template <Prediction Kind, class B>
void check_ddim(const std::string& kind) {
  INFO(kind);
  constexpr double tolerance = golden_tolerance<B>;
  const double abar = golden().number("ddim.abar"), abar_next = golden().number("ddim.abar_next");
  const PathPoint from{std::sqrt(abar), std::sqrt(1 - abar)}, to{std::sqrt(abar_next), std::sqrt(1 - abar_next)};
  const auto x = golden().tensor<B>("ddim.x"), output = golden().tensor<B>("ddim.prediction"),
             z = golden().tensor<B>("ddim.noise");
  const auto apart = [&](const auto& e, const char* key) {
    return relative(B::to_host(expr::eval(e)), golden().values("ddim." + kind + "." + key));
  };
  const TransitionCoefficients still = Ddim{}.coefficients(from, to);
  CHECK(still.std == 0);
  CHECK(apart(transition_mean<Kind>(x, output, from, still), "eta00.after") < tolerance);
  CHECK(apart(transition_mean<Kind>(x, output, from, TransitionCoefficients{1, 0, 0}), "eta00.x0") < tolerance);

  // eta = .5 (Song et al., 2010.02502, equation 16). No policy has it; a transition takes any coefficients.
  const double std = .5 * std::sqrt((1 - abar_next) / (1 - abar) * (1 - abar / abar_next));
  const TransitionCoefficients noisy{to.alpha, std::sqrt(1 - abar_next - std * std), std};
  CHECK(apart(transition_sample<Kind>(x, output, z, from, noisy), "eta05.after") < tolerance);
}

}  // namespace

TEMPLATE_TEST_CASE("Euler steps are those of diffusers", "", EigenCpu<float>, EigenCpu<double>) {
  using B = TestType;
  std::vector<double> times = golden().values("euler.sigmas");
  REQUIRE(times.back() == 0);
  times.pop_back();
  const Grid grid(times);
  REQUIRE(grid.steps() == 4);
  const RectifiedFlow path;
  for (std::int64_t i = 0; i < grid.steps(); ++i) {
    const std::string step = "euler.step" + std::to_string(i);
    INFO(step);
    const auto x = golden().tensor<B>(step + ".before");
    const auto v = B{}.from_host(shape_of(x), golden().slice("euler.v", i));
    const PathPoint from = path.at(grid[i]), to = path.at(grid[i + 1]);
    const auto after = golden().values(step + ".after");
    CHECK(relative(B::to_host(expr::eval(transition_mean<Velocity>(x, v, from, OdeEuler{}.coefficients(from, to)))),
                   after) < golden_tolerance<B>);
    // On rectified flow DDIM is Euler.
    CHECK(relative(B::to_host(expr::eval(transition_mean<Velocity>(x, v, from, Ddim{}.coefficients(from, to)))),
                   after) < golden_tolerance<B>);
  }
}

TEMPLATE_TEST_CASE("DDIM steps are those of diffusers for every kind of prediction", "", EigenCpu<float>,
                   EigenCpu<double>) {
  check_ddim<Epsilon, TestType>("epsilon");
  check_ddim<VpVelocity, TestType>("v_prediction");
  check_ddim<CleanSample, TestType>("sample");
}
