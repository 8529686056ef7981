// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/rl/advantage.hpp>
#include <dmdr/rl/grpo.hpp>
#include <dmdr/rl/refl.hpp>

#include <limits>
#include <span>
#include <string>
#include <vector>

#include <dmdr/eigen/class_margin.hpp>

#include "golden_file.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

const GoldenFile& golden() {
  static const GoldenFile file("rl");
  return file;
}

/// A scalar loss and its gradient on `leaf`.
template <class B>
void check_loss(const typename B::Tensor& leaf, const typename B::Tensor& loss, const std::string& value,
                const std::string& gradient) {
  CHECK(relative(B::to_host(loss), golden().values(value)) < golden_tolerance<B>);
  B::backward(loss);
  CHECK(relative(B::to_host(B::gradient(leaf).value()), golden().values(gradient)) < golden_tolerance<B>);
}

/// Clamped advantages of golden rewards with unit weights, relative to those of `key`.
template <Advantage A>
double apart(const A& advantage, const std::vector<std::string>& rewards, const std::string& key) {
  std::vector<std::string> ids;
  for (const std::int64_t id : golden().integers("advantage.groups")) ids.push_back(std::to_string(id));
  std::vector<std::vector<double>> values;
  for (const std::string& name : rewards) values.push_back(golden().values("advantage." + name));
  const std::vector<double> ones(rewards.size(), 1.0);
  return relative(advantage.advantages(values, ones, Groups(ids)), golden().values("advantage." + key));
}

}  // namespace

TEMPLATE_TEST_CASE("ReFL's loss of a reward has the golden value and gradient, and none at the margin", "",
                   EigenCpu<float>, EigenCpu<double>) {
  using B = TestType;
  using Tensor = typename B::Tensor;
  const Tensor reward = golden().parameter<B>("refl.reward");
  const auto predict = [](const Tensor& x, const Times&, const ClassLabels&) { return x; };
  const auto scores = [&](const Tensor&) { return std::vector<Tensor>{reward}; };
  const auto images = [](const Tensor& x) { return x; };
  const BatchStd advantage;
  using Context =
      RlContext<Velocity, decltype(predict), decltype(scores), decltype(images), Tensor, ClassLabels, BatchStd>;
  const Context context{predict, scores, images,    reward, {},
                        {},      {},     advantage, {.5},   {std::numeric_limits<double>::quiet_NaN()}};
  const auto outcome = ReFL{.margin = .7}.loss(B{}, context);
  check_loss<B>(reward, outcome.loss.value(), "refl.loss", "refl.grad_reward");
  CHECK(B::to_host(B::gradient(reward).value()).back() == 0);
}

TEMPLATE_TEST_CASE("the margin of a classifier has the golden values and gradients", "", EigenCpu<float>,
                   EigenCpu<double>) {
  using B = TestType;
  const auto logits = golden().parameter<B>("margin.logits");
  const auto margin = eigen::class_margin(logits, ClassLabels(golden().integers("margin.label")));
  CHECK(relative(B::to_host(margin), golden().values("margin.reward")) < golden_tolerance<B>);
  const auto seed = golden().tensor<B>("margin.seed");
  B::backward(std::span(&margin, 1), std::span(&seed, 1));
  CHECK(relative(B::to_host(B::gradient(logits).value()), golden().values("margin.grad_logits")) < golden_tolerance<B>);
}

TEST_CASE("advantages of one reward are the golden ones for each standard deviation") {
  CHECK(apart(GroupStd{.eps = 1e-8}, {"first"}, "group_std_1e-8") < 1e-10);
  CHECK(apart(GroupStd{.eps = 1e-4}, {"first"}, "group_std_1e-4") < 1e-10);
  CHECK(apart(GroupStd{.eps = 1e-8, .sample_std = true}, {"first"}, "group_std_sample") < 1e-10);
  CHECK(apart(BatchStd{}, {"first"}, "batch_std") < 1e-10);
}

TEST_CASE("advantages of two rewards are the golden ones, summed before or after the standardisation") {
  CHECK(apart(BatchStd{}, {"first", "second"}, "sum_then_normalise") < 1e-10);
  // The golden numbers centre the sum by group once more, ours over the batch: each part has group mean 0 already, so both are the same.
  CHECK(apart(NormThenSum<>{}, {"first", "second"}, "normalise_then_sum") < 1e-10);
}

TEMPLATE_TEST_CASE("the clipped objective has the golden value and gradient, off and on the policy", "",
                   EigenCpu<float>, EigenCpu<double>) {
  using B = TestType;
  const auto old = golden().tensor<B>("grpo.logp_old"), advantage = golden().tensor<B>("grpo.advantage");
  struct Case {
    const char* name;
    const char* log_prob;
    double clip;
  };
  for (const Case& c : {Case{"clip02", "grpo.logp", .2}, Case{"clip00001", "grpo.logp", 1e-4},
                        Case{"on_policy", "grpo.logp_old", .2}}) {
    INFO(c.name);
    const auto log_prob = golden().parameter<B>(c.log_prob);
    check_loss<B>(log_prob, expr::mean(clipped_objective(log_prob, old, advantage, c.clip)),
                  "grpo." + std::string(c.name) + ".loss", "grpo." + std::string(c.name) + ".grad_logp");
  }
}
