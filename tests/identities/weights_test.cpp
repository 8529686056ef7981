// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0

// Identities 3 and 11: sample weights and advantages.

#include <algorithm>
#include <numeric>
#include <vector>

#include <dmdr/core/random.hpp>
#include <dmdr/divergence/fake_weight.hpp>
#include <dmdr/divergence/weight/rt_dm.hpp>
#include <dmdr/rl/advantage.hpp>

#include "support/catch.hpp"

using namespace dmdr;

namespace {

const Groups groups({"a", "b", "a", "c", "b", "a", "a", "b", "c", "c", "a", "b"});

std::vector<double> rewards() { return Philox(9).normal({"reward"}, 12); }
double mean(const std::vector<double>& w, const std::vector<std::size_t>& members) {
  double sum = 0;
  for (const std::size_t i : members) sum += w[i];
  return sum / static_cast<double>(members.size());
}
template <class W>
std::vector<double> weights(W weight, const std::vector<double>& r, const Groups& g = groups) {
  typename W::State state;
  return weight.weights({r, g, {}}, state).dm;
}

}  // namespace

TEST_CASE("RT-DM weights have mean 1 in every group for every beta") {
  for (const double beta : {.05, .5, 1.0, 7.0}) {
    RtDm weight;
    weight.form.beta = beta;
    weight.max_weight = 1e9;
    const std::vector<double> w = weights(weight, rewards());
    for (const auto& group : groups.members()) CHECK(mean(w, group) == Approx(1).epsilon(1e-12));
  }
}

TEST_CASE("RT-DM with a constant reward or an infinite beta is DMD") {
  for (const double w : weights(RtDm{}, std::vector<double>(12, 3.25))) CHECK(w == 1);
  RtDm flat;
  flat.form.beta = 1e300;
  for (const double w : weights(flat, rewards())) CHECK(w == 1);
}

TEST_CASE("RT-DM weights follow their samples under a permutation") {
  const std::vector<double> r = rewards();
  const std::vector<double> w = weights(RtDm{}, r);
  std::vector<std::size_t> order(12);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::reverse(order.begin(), order.end());
  std::vector<double> permuted(12);
  std::vector<std::string> ids(12);
  for (std::size_t i = 0; i < 12; ++i) {
    permuted[i] = r[order[i]];
    ids[i] = std::to_string(groups.group_of(order[i]));
  }
  const std::vector<double> moved = weights(RtDm{}, permuted, Groups(ids));
  for (std::size_t i = 0; i < 12; ++i) CHECK(moved[i] == Approx(w[order[i]]).epsilon(1e-13));
}

TEST_CASE("a batch without repeated prompts is weighted as a whole") {
  std::vector<std::string> ids;
  for (int i = 0; i < 12; ++i) ids.push_back(std::to_string(i));
  const std::vector<double> w = weights(RtDmWith<>{.max_weight = 1e9}, rewards(), Groups(ids));
  CHECK(std::accumulate(w.begin(), w.end(), 0.0) == Approx(12).epsilon(1e-12));
  CHECK(*std::max_element(w.begin(), w.end()) > 1.1);
}

TEST_CASE("weights are capped, and a huge reward gives no overflow") {
  std::vector<double> r(12, 0.0);
  r[0] = 1e6;
  const std::vector<double> w = weights(RtDm{}, r, Groups::whole(12));
  CHECK(w[0] == 10);
  CHECK(w[1] == 0);
}

TEST_CASE("tilt weights have group mean 1 before the cap, fall with the reward, and are 1 for a constant reward") {
  RewardTilt<1> tilt;
  tilt.max_weight = 1e9;
  const std::vector<double> r = rewards();
  const std::vector<double> u = tilt.weights(r, groups);
  for (const auto& group : groups.members()) {
    CHECK(mean(u, group) == Approx(1).epsilon(1e-12));
    for (const std::size_t i : group)
      for (const std::size_t j : group)
        if (r[i] < r[j]) CHECK(u[i] > u[j]);
  }
  for (const double value : RewardTilt<1>{}.weights(std::vector<double>(12, -4.0), groups)) CHECK(value == 1);
}

TEST_CASE("advantages of a group sum to 0, and a group without variance has none") {
  std::vector<double> r = rewards();
  for (const std::size_t i : groups.members()[1]) r[i] = .75;
  const std::vector<double> weight{1};
  for (const auto& a : {BatchStd{}.advantages({r}, weight, groups), GroupStd{}.advantages({r}, weight, groups)}) {
    for (const auto& group : groups.members()) CHECK(mean(a, group) == Approx(0).margin(1e-12));
    for (const std::size_t i : groups.members()[1]) CHECK(a[i] == 0);
    CHECK(*std::max_element(a.begin(), a.end()) > .5);
  }
}

TEST_CASE("equal rewards give no advantage, whatever the rounding of their mean") {
  const std::vector<double> weight{1};
  const Groups ten = Groups::whole(10);
  const std::vector<std::vector<double>> equal{std::vector<double>(10, .1)};
  for (const auto& a :
       {GroupStd{.eps = 0}.advantages(equal, weight, ten), BatchStd{.eps = 0}.advantages(equal, weight, ten),
        NormThenSum<GroupStd>{{.eps = 0}}.advantages(equal, weight, ten)})
    for (const double value : a) CHECK(value == 0);
}

TEST_CASE("normalise-then-sum tells rewards apart that sum-then-normalise cannot") {
  const Groups pair = Groups::whole(4);
  const std::vector<std::vector<double>> r{{0, 2, 0, 2}, {0, 0, .1, .1}};
  const std::vector<double> weight{1, 1};
  const std::vector<double> sum_first = GroupStd{}.advantages(r, weight, pair);
  const std::vector<double> norm_first = NormThenSum<GroupStd>{}.advantages(r, weight, pair);
  CHECK(std::abs(sum_first[1] - sum_first[3]) < .12);
  CHECK(std::abs(norm_first[1] - norm_first[3]) > .9);
}
