// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identity 12: which state of the rollout the generator is given.

#include <cmath>
#include <vector>

#include <dmdr/diffusion/backward_simulation.hpp>
#include <dmdr/eigen/backend.hpp>
#include <dmdr/model/condition.hpp>

#include "support/catch.hpp"

using namespace dmdr;

namespace {

using B = EigenCpu<double>;
using Tensor = B::Tensor;

/// v = .3 x + t: a velocity that depends on state and time.
struct Predict {
  mutable std::vector<std::int64_t> rows;  ///< samples of every call
  Tensor operator()(const Tensor& x, const Times& t, const ClassLabels& c) const {
    rows.push_back(shape_of(x).rows());
    CHECK(c.rows() == t.rows());
    return expr::eval(.3 * expr::full(x) + expr::per_sample(B{}.from_host(Shape{t.rows()}, t.values())));
  }
};

template <class Simulation, Transition S = Renoise>
Rollout<Tensor> simulate_with(const Predict& predict, StepIndex law, std::int64_t steps, bool complete = false,
                              bool record = false, std::int64_t batch = 12, S sampler = {}) {
  const B backend;
  const RectifiedFlow path;
  const Grid grid(GridSettings{.steps = steps});
  const ClassLabels labels(std::vector<std::int64_t>(static_cast<std::size_t>(batch), 1));
  Philox random(4);
  using Run = Trajectory<Velocity, B, RectifiedFlow, S, Predict, ClassLabels>;
  return simulate<Run>({backend, path, grid, sampler, predict, labels, random, 7, Shape{batch, 3}}, Simulation{}, law,
                       complete, record);
}
std::vector<double> host(const Tensor& tensor) { return B::to_host(tensor); }

}  // namespace

TEST_CASE("the input of a sample at index 0 is pure noise") {
  const Predict predict;
  const auto same = simulate_with<SameStep>(predict, StepIndex::per_sample, 4);
  const auto prev = simulate_with<PrevStep>(predict, StepIndex::per_sample, 4);
  const std::vector<double> latent = Philox(4).normal({"rollout_latent", 7}, 12, 3),
                            fresh = Philox(4).normal({"rollout_renoise", 7}, 12, 3);
  int found = 0;
  for (std::size_t i = 0; i < 12; ++i)
    if (same.steps[i] == 0) {
      ++found;
      for (std::size_t k = 0; k < 3; ++k) {
        CHECK(host(prev.input)[3 * i + k] == latent[3 * i + k]);
        CHECK(host(same.input)[3 * i + k] == fresh[3 * i + k]);
      }
    }
  REQUIRE(found > 0);
}

TEST_CASE("the same streams give the same rollout, and compaction changes nothing but the work") {
  const Predict predict, whole;
  const auto compact = simulate_with<PrevStep>(predict, StepIndex::per_sample, 4);
  const auto complete = simulate_with<PrevStep>(whole, StepIndex::per_sample, 4, true);
  CHECK(host(compact.input) == host(complete.input));
  CHECK(host(compact.clean) == host(complete.clean));
  CHECK(whole.rows == std::vector<std::int64_t>{12, 12, 12, 12});
  std::int64_t work = 0, needed = 0;
  for (const std::int64_t rows : predict.rows) work += rows;
  for (const std::int64_t j : compact.steps) needed += j + 1;
  CHECK(work == needed);
  CHECK(work < 48);
}

TEST_CASE("SameStep renoises the prediction made at t_j, PrevStep feeds the state of the sampler") {
  const Predict predict;
  const auto same = simulate_with<SameStep>(predict, StepIndex::stratified, 4);
  const auto prev = simulate_with<PrevStep>(predict, StepIndex::stratified, 4);
  CHECK(host(same.clean) == host(prev.clean));
  const std::vector<double> eps = Philox(4).normal({"rollout_renoise", 7}, 12, 3);
  const std::vector<double> clean = host(same.clean), input = host(same.input);
  for (std::size_t i = 0; i < 12; ++i)
    for (std::size_t k = 0; k < 3; ++k) {
      const double t = same.input_times.values()[i];
      CHECK(input[3 * i + k] == Approx((1 - t) * clean[3 * i + k] + t * eps[3 * i + k]).margin(1e-13));
    }
}

TEST_CASE("for one step SameStep and PrevStep coincide in law: both inputs are pure noise at t = 1") {
  const Predict predict;
  const auto same = simulate_with<SameStep>(predict, StepIndex::per_sample, 1);
  const auto pure = simulate_with<PureNoise>(predict, StepIndex::per_sample, 1);
  CHECK(host(same.input) == Philox(4).normal({"rollout_renoise", 7}, 12, 3));
  CHECK(host(pure.input) == Philox(4).normal({"rollout_latent", 7}, 12, 3));
  for (const double t : same.input_times.values()) CHECK(t == 1);
}

TEST_CASE("FinalOde takes the end of the whole trajectory for every step") {
  const Predict predict;
  const auto rollout = simulate_with<FinalOde, OdeEuler>(predict, StepIndex::per_sample, 4);
  REQUIRE(rollout.complete);
  CHECK(host(rollout.clean) == host(rollout.full));
}

TEST_CASE("stratified indices occur equally often, shared ones are all the same") {
  const Predict predict;
  const auto stratified = simulate_with<SameStep>(predict, StepIndex::stratified, 4);
  for (std::int64_t j = 0; j < 4; ++j) CHECK(std::count(stratified.steps.begin(), stratified.steps.end(), j) == 3);
  const auto shared = simulate_with<SameStep>(predict, StepIndex::shared, 4);
  for (const std::int64_t j : shared.steps) CHECK(j == shared.steps[0]);
  const auto snapped = simulate_with<SameStep>(predict, StepIndex::snapped, 4, false, false, 2000);
  // Beta(4, 1.5) has most of its mass near pure noise: the cleanest step is rare.
  CHECK(std::count(snapped.steps.begin(), snapped.steps.end(), 3) <
        std::count(snapped.steps.begin(), snapped.steps.end(), 1));
}

TEST_CASE("a recorded rollout keeps every transition, each mean plus its noise") {
  const Predict predict;
  const auto rollout = simulate_with<SameStep, Cps<.9>>(predict, StepIndex::per_sample, 4, false, true);
  REQUIRE(rollout.transitions.size() == 4);
  CHECK(rollout.transitions[3].coefficients.std == 0);
  CHECK(host(rollout.transitions[3].next) == host(rollout.full));
  for (std::size_t k = 0; k + 1 < 4; ++k) {
    CHECK(host(rollout.transitions[k].next) == host(rollout.transitions[k + 1].state));
    const auto& step = rollout.transitions[k];
    const std::vector<double> mean =
        host(expr::eval(transition_mean<Velocity>(step.state, step.output, step.from, step.coefficients)));
    const std::vector<double> z = Philox(4).normal({"rollout_noise", 7, static_cast<std::uint32_t>(k)}, 12, 3);
    for (std::size_t i = 0; i < z.size(); ++i)
      CHECK(host(step.next)[i] == Approx(mean[i] + step.coefficients.std * z[i]).margin(1e-13));
  }
}
