// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <dmdr/divergence/fake_weight.hpp>
#include <dmdr/divergence/weight/rt_dm.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "golden_file.hpp"
#include "support/catch.hpp"

using namespace dmdr;
using namespace dmdr::test;

namespace {

const GoldenFile& golden() {
  static const GoldenFile file("weights");
  return file;
}

/// The two ways in which the golden weights group a batch.
std::vector<std::pair<std::string, Groups>> scopes() {
  std::vector<std::string> ids;
  for (const std::int64_t id : golden().integers("groups")) ids.push_back(std::to_string(id));
  return {{"all", Groups::whole(ids.size())}, {"groups", Groups(ids)}};
}

/// Weights of a form, without a cap where `capped` is false, as the golden files have all but the self-normalised form.
template <class Form>
std::vector<double> weights(const Form& form, const std::string& rewards, const Groups& groups,
                            typename Form::State& state, bool capped = false) {
  const std::vector<double> r = golden().values(rewards);
  RtDmWith<Form> policy{.form = form};
  if (!capped) policy.max_weight = INFINITY;
  const SampleWeights w = policy.weights({r, groups, {}}, state);
  CHECK(w.ca == w.dm);
  return w.dm;
}
template <class Form>
std::vector<double> weights(const Form& form, const Groups& groups) {
  typename Form::State state;
  return weights(form, "rewards", groups, state);
}

}  // namespace

TEST_CASE("self-normalised weights of RT-DM are the golden ones, for the batch, for groups, and where the cap acts") {
  NoState state;
  for (const auto& [scope, groups] : scopes()) {
    INFO(scope);
    for (const auto& [name, beta] : {std::pair{"050", .5}, std::pair{"100", 1.0}, std::pair{"200", 2.0}})
      CHECK(relative(weights(ExpSelfNormalised{.beta = beta}, "rewards", groups, state, true),
                     golden().values("exp_self_normalised." + scope + ".beta" + name)) < 1e-12);
    const std::vector<double> spread = weights(ExpSelfNormalised{}, "rewards_spread", groups, state, true);
    CHECK(relative(spread, golden().values("exp_self_normalised." + scope + ".spread")) < 1e-12);
    if (scope == "all") CHECK(*std::max_element(spread.begin(), spread.end()) == 10);
  }
}

TEST_CASE(
    "the tilt of the fake score's loss is the golden one, for the batch, for groups, and where clamp and cap act") {
  const auto tilt = [](double beta, const char* rewards, const Groups& groups) {
    return RewardTilt<>{.beta = beta}.weights(golden().values(rewards), groups);
  };
  for (const auto& [scope, groups] : scopes()) {
    INFO(scope);
    for (const auto& [name, beta] : {std::pair{"050", .5}, std::pair{"100", 1.0}, std::pair{"200", 2.0}})
      CHECK(relative(tilt(beta, "rewards", groups), golden().values("reward_tilt." + scope + ".beta" + name)) < 1e-12);
    CHECK(relative(tilt(1, "rewards_spread", groups), golden().values("reward_tilt." + scope + ".spread")) < 1e-12);
  }
}

TEST_CASE("the other forms of RT-DM's weight are the golden ones") {
  const auto both = scopes();
  for (const auto& [scope, groups] : both)
    CHECK(relative(weights(OnePlusAdvantage{}, groups), golden().values("one_plus_advantage." + scope)) < 1e-12);
  const Groups& all = both[0].second;
  CHECK(relative(weights(ExpUnnormalised{.beta = .5}, all), golden().values("exp_unnormalised.beta050")) < 1e-12);
  CHECK(relative(weights(RawScore{}, all), golden().values("raw_score")) == 0);
  CHECK(relative(weights(SoftplusAffine{.scale = 1.5, .offset = .2}, all), golden().values("softplus_affine")) < 1e-12);
}

TEST_CASE("the running normaliser of RT-DM starts at the first batch and then follows, as the golden one") {
  const Groups all = scopes()[0].second;
  const ExpEmaZ form{.beta = 2, .decay = .9};
  ExpEmaZ::State state;
  CHECK(relative(weights(form, "rewards", all, state), golden().values("exp_ema_z.beta200.first")) < 1e-12);
  CHECK(relative(weights(form, "rewards_second", all, state), golden().values("exp_ema_z.beta200.second")) < 1e-12);
}
