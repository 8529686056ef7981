// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/diffusion/transition.hpp>

#include <span>
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
  static const GoldenFile file("transitions");
  return file;
}

/// One stochastic step of a golden sample; each sample has levels of its own, a batch of ours has one time.
template <class B>
struct Step {
  using Tensor = typename B::Tensor;
  std::string name;
  std::int64_t sample;
  PathPoint from;
  TransitionCoefficients coefficients;

  template <Transition S>
  Step(std::string key, const S& sampler, std::int64_t i)
      : name(std::move(key)),
        sample(i),
        from(at("sigma", i)),
        coefficients(sampler.coefficients(from, at("sigma_next", i))) {}

  static PathPoint at(const char* level, std::int64_t i) {
    return RectifiedFlow{}.at(
        RectifiedFlow::time_of(NoiseLevel(golden().values(level).at(static_cast<std::size_t>(i)))));
  }
  [[nodiscard]] Tensor row(const std::string& key) const { return golden().row<B>(key, sample); }
  [[nodiscard]] double apart(const Tensor& got, const std::string& key) const {
    return relative(B::to_host(got), golden().slice(name + "." + key, sample));
  }
  [[nodiscard]] Tensor next_golden() const { return row(name + ".next"); }

  void check_states() const {
    CHECK(relative({coefficients.std}, golden().slice(name + ".std", sample)) < 1e-14);
    CHECK(apart(expr::eval(transition_mean<Velocity>(row("x"), row("v"), from, coefficients)), "mean") <
          golden_tolerance<B>);
    CHECK(apart(expr::eval(transition_mean<Velocity>(row("x"), row("v_old"), from, coefficients)), "mean_old") <
          golden_tolerance<B>);
    CHECK(apart(expr::eval(transition_sample<Velocity>(row("x"), row("v_old"), row("z"), from, coefficients)), "next") <
          golden_tolerance<B>);
  }
  /// A likelihood under both velocities, and the gradient of `seed` times it.
  template <class Likelihood>
  void check_likelihood(const std::string& key) const {
    INFO(key);
    const Tensor v = B::parameter(row("v"));
    const auto likelihood = [&](const Tensor& velocity) {
      return expr::row_mean(
          Likelihood::template elements<Velocity>(row("x"), velocity, next_golden(), from, coefficients));
    };
    CHECK(apart(likelihood(row("v_old")), key + "_old") < golden_tolerance<B>);
    const Tensor now = likelihood(v);
    CHECK(apart(now, key) < golden_tolerance<B>);
    const Tensor seed = row("seed");
    B::backward(std::span(&now, 1), std::span(&seed, 1));
    CHECK(apart(B::gradient(v).value(), key + ".grad_v") < golden_tolerance<B>);
  }
};

template <class B, Transition S>
void check(const char* name, const S& sampler) {
  const std::int64_t samples = golden().shape("x").rows();
  for (std::int64_t i = 0; i < samples; ++i) {
    INFO(name << ", sample " << i);
    const Step<B> step(name, sampler, i);
    step.check_states();
    step.template check_likelihood<GaussianLogProb>("log_density");
    step.template check_likelihood<NegativeSquaredError>("squared_error");
  }
}

}  // namespace

TEMPLATE_TEST_CASE(
    "stochastic transitions have the golden means, deviations, likelihoods and gradients of the velocity", "",
    EigenCpu<float>, EigenCpu<double>) {
  check<TestType>("renoise", Renoise{});
  check<TestType>("cps", Cps<>{.eta = golden().number("eta")});
  check<TestType>("flow_sde", FlowSde<>{.a = golden().number("a")});
}
