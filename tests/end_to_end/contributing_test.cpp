// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// CONTRIBUTING.md, done: a sample weight and a method that the library does not have, added without touching any of its files.

#include <algorithm>
#include <vector>

#include <dmdr/io/config.hpp>

#include "support/catch.hpp"
#include "support/tiny.hpp"

namespace added {

/// Rewards above the median of the group count `2 share`, the others `2 (1 - share)`.
struct MedianSplit {
  using role = dmdr::role::sample_weight;
  using State = dmdr::NoState;
  static constexpr bool needs_reward = true;
  double share = 0.75;

  [[nodiscard]] dmdr::SampleWeights weights(const dmdr::WeightContext& context, State&) const {
    std::vector<double> w(context.rewards.size(), 1.0);
    const dmdr::Groups groups = context.groups.or_whole();
    for (const auto& group : groups.members()) {
      std::vector<double> sorted;
      for (const std::size_t i : group) sorted.push_back(context.rewards[i]);
      std::sort(sorted.begin(), sorted.end());
      const double median = sorted[sorted.size() / 2];
      for (const std::size_t i : group) w[i] = 2 * (context.rewards[i] >= median ? share : 1 - share);
    }
    return {w, w};
  }
  template <class V>
  void visit(V&& v) {
    v("share", share, dmdr::Range{0, 1});
  }
};

/// A method is an alias.
template <class Generator, class Reward, class... Ps>
using MedianDmd = dmdr::Dmdr<Generator, Reward, MedianSplit, dmdr::SeparateFake, dmdr::SingleStage, Ps...>;

}  // namespace added

using namespace dmdr;
using Method = added::MedianDmd<ClassMlp, ClassMargin, UniformClamp<>>;

TEST_CASE("a sample weight of the user's own composes, and is refused without a reward") {
  static_assert(SampleWeight<added::MedianSplit>);
  static_assert(std::is_same_v<Method::Base::SampleWeight, added::MedianSplit>);
  static_assert(verdict_v<ClassMlp, added::MedianSplit> == Verdict::weight_without_reward);
  added::MedianSplit::State state;
  const std::vector<double> rewards{1, 5, 2, 4};
  CHECK(added::MedianSplit{}.weights({rewards, Groups::whole(4), {}}, state).dm ==
        std::vector<double>{.5, 1.5, .5, 1.5});
}

TEST_CASE("it trains through the one skeleton, and its number is a setting like any other") {
  const auto train = [](double share) {
    Method method;
    io::apply_override("sample_weight.share=" + std::to_string(share), method);
    CHECK(method.sample_weight.share == share);
    tiny::Tiny<Method> tiny(method);
    double mean_weight = 0;
    for (int i = 0; i < 6; ++i) {
      const StepReport report = tiny.trainer->step();
      CHECK(report.skipped.empty());
      if (report.generator_updated) mean_weight = report.mean_weight;
    }
    CHECK(tiny.trainer->updates() == 2);
    CHECK(mean_weight > 0);
    return tiny.trainer->state();
  };
  CHECK(train(.75) == train(.75));
  CHECK_FALSE(train(.75) == train(.5));
}
