// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identity 7: CPS between Euler and renoising, and the closed form of RTDMD's difference of steps.

#include <cmath>
#include <vector>

#include <dmdr/core/random.hpp>
#include <dmdr/diffusion/transition.hpp>
#include <dmdr/eigen/backend.hpp>
#include <dmdr/expr/terminal.hpp>

#include "support/catch.hpp"

using namespace dmdr;
using B = EigenCpu<double>;

namespace {

const RectifiedFlow path;

B::Tensor normal(const char* stream) { return B{}.from_host(Shape{4, 32}, Philox(3).normal({stream}, 4, 32)); }

std::vector<double> step(const auto& transition, double from, double to, const B::Tensor& v) {
  const PathPoint at = path.at(Time(from));
  return B::to_host(expr::eval(
      transition_sample<Velocity>(normal("x"), v, normal("z"), at, transition.coefficients(at, path.at(Time(to))))));
}

void same(const std::vector<double>& a, const std::vector<double>& b, double tolerance = 1e-13) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == Approx(b[i]).margin(tolerance));
}

}  // namespace

TEST_CASE("CPS with eta = 0 is an Euler step, and so is any CPS or Flow-SDE step to 0") {
  const B::Tensor v = normal("v");
  same(step(Cps<0>{}, .9, .6, v), step(OdeEuler{}, .9, .6, v));
  same(step(Cps<.9>{}, .5, 0, v), step(OdeEuler{}, .5, 0, v));
  same(step(FlowSde<.7>{}, .5, 0, v), step(OdeEuler{}, .5, 0, v));
  same(step(FlowSde<0>{}, .9, .6, v), step(OdeEuler{}, .9, .6, v));
}

TEST_CASE("an Euler step is x + (sigma' - sigma) v") {
  const B::Tensor v = normal("v");
  std::vector<double> expected = B::to_host(normal("x"));
  const std::vector<double> velocity = B::to_host(v);
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += (.6 - .9) * velocity[i];
  same(step(OdeEuler{}, .9, .6, v), expected);
}

TEST_CASE("CPS with eta = 1 is renoising") {
  const B::Tensor v = normal("v");
  same(step(Cps<1>{}, .9, .6, v), step(Renoise{}, .9, .6, v), 0);
}

TEST_CASE("CPS keeps the noise level for every eta") {
  for (const double eta : {0.0, .3, .5, .9, 1.0}) {
    const TransitionCoefficients c = Cps<>{.eta = eta}.coefficients(path.at(Time(.9)), path.at(Time(.6)));
    CHECK(c.clean == Approx(.4).epsilon(1e-14));
    CHECK(std::hypot(c.noise, c.std) == Approx(.6).epsilon(1e-14));
  }
}

TEST_CASE("Flow-SDE's mean is x + v dt + q^2/(2 sigma) eps dt, and at sigma = 1 the denominator becomes 1 - sigma'") {
  const double a = .7, from = .9, to = .6, dt = to - from, q2 = a * a * from / (1 - from);
  const TransitionCoefficients c = FlowSde<.7>{}.coefficients(path.at(Time(from)), path.at(Time(to)));
  CHECK(c.clean == Approx(1 - to).epsilon(1e-13));
  CHECK(c.noise == Approx(from + dt + q2 / (2 * from) * dt).epsilon(1e-13));
  CHECK(c.std == Approx(std::sqrt(q2) * std::sqrt(-dt)).epsilon(1e-13));
  const TransitionCoefficients first = FlowSde<.7>{}.coefficients(path.at(Time(1)), path.at(Time(.75)));
  CHECK(first.std == Approx(a * std::sqrt(1 / (1 - .75)) * std::sqrt(.25)).epsilon(1e-13));
}

TEST_CASE("two CPS steps that share their noise differ by the closed form") {
  const B::Tensor real = normal("v_real"), fake = normal("v_fake");
  for (const auto& [t, s] : {std::pair(.8, .5), std::pair(.95, .9), std::pair(.6, 0.0)}) {
    const std::vector<double> a = step(Cps<.9>{}, t, s, fake), b = step(Cps<.9>{}, t, s, real);
    const std::vector<double> vr = B::to_host(real), vf = B::to_host(fake);
    const double factor = (1 - s) * t - s * (1 - t) * std::cos(.9 * std::acos(-1.0) / 2);
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] - b[i] == Approx(factor * (vr[i] - vf[i])).margin(1e-13));
  }
}
