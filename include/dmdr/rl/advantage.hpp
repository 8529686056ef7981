// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/role.hpp>
#include <dmdr/divergence/groups.hpp>

namespace dmdr {

/// How rewards become advantages. `rewards[k][i]` is reward k of sample i; the result has one number a sample.
template <class A>
concept Advantage = std::copyable<A> && requires(const A& advantage, const std::vector<std::vector<double>>& rewards,
                                                 std::span<const double> weights, const Groups& groups) {
  { advantage.advantages(rewards, weights, groups) } -> std::same_as<std::vector<double>>;
};

namespace detail {

[[nodiscard]] inline std::vector<double> weighted_sum(const std::vector<std::vector<double>>& rewards,
                                                      std::span<const double> weights) {
  std::vector<double> sum(rewards.front().size(), 0.0);
  for (std::size_t k = 0; k < rewards.size(); ++k)
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weights[k] * rewards[k][i];
  return sum;
}

/// Standard deviation over `members`: population, or with n-1 if `sample`.
[[nodiscard]] inline double deviation(std::span<const double> values, const std::vector<std::size_t>& members,
                                      bool sample) {
  const auto n = static_cast<double>(members.size());
  if (members.size() < 2) return 0;
  // Equal values have none: the rounding of their mean must not become a deviation.
  if (std::all_of(members.begin(), members.end(), [&](std::size_t i) { return values[i] == values[members[0]]; }))
    return 0;
  double mean = 0, square = 0;
  for (const std::size_t i : members) mean += values[i] / n;
  for (const std::size_t i : members) square += (values[i] - mean) * (values[i] - mean);
  return std::sqrt(square / (sample ? n - 1 : n));
}

/// `(r - mean_group)/(std + eps)`, std of the group or of the whole batch; 0 where the group has one member or no variance.
[[nodiscard]] inline std::vector<double> standardise(std::span<const double> rewards, const Groups& groups,
                                                     bool batch_std, double eps, bool sample_std) {
  std::vector<double> advantage(rewards.size(), 0.0);
  const double batch = batch_std ? deviation(rewards, Groups::whole(rewards.size()).members()[0], sample_std) : 0;
  for (const auto& group : groups.members()) {
    const double own = deviation(rewards, group, sample_std);
    if (own == 0) continue;
    double mean = 0;
    for (const std::size_t i : group) mean += rewards[i] / static_cast<double>(group.size());
    for (const std::size_t i : group) advantage[i] = (rewards[i] - mean) / ((batch_std ? batch : own) + eps);
  }
  return advantage;
}

}  // namespace detail

/// Mean of the group, standard deviation of the whole batch on raw rewards (Flow-GRPO 2505.05470, RTDMD, NFT). Several rewards are
/// summed first.
struct BatchStd {
  using role = role::advantage;
  double eps = 1e-4;
  double clip = 5;
  bool sample_std = false;  ///< divide by n-1

  [[nodiscard]] std::vector<double> one(std::span<const double> rewards, const Groups& groups) const {
    return detail::standardise(rewards, groups, true, eps, sample_std);
  }
  [[nodiscard]] std::vector<double> advantages(const std::vector<std::vector<double>>& rewards,
                                               std::span<const double> weights, const Groups& groups) const {
    std::vector<double> a = one(detail::weighted_sum(rewards, weights), groups);
    for (double& value : a) value = std::clamp(value, -clip, clip);
    return a;
  }
  template <class V>
  void visit(V&& v) {
    v("eps", eps, at_least(0));
    v("clip", clip, positive);
    v("sample_std", sample_std);
  }
};

/// Mean and standard deviation of the group (GRPO; DanceGRPO 2505.07818 with eps 1e-8 and n-1). Several rewards are summed first.
struct GroupStd {
  using role = role::advantage;
  double eps = 1e-4;
  double clip = 5;
  bool sample_std = false;

  [[nodiscard]] std::vector<double> one(std::span<const double> rewards, const Groups& groups) const {
    return detail::standardise(rewards, groups, false, eps, sample_std);
  }
  [[nodiscard]] std::vector<double> advantages(const std::vector<std::vector<double>>& rewards,
                                               std::span<const double> weights, const Groups& groups) const {
    std::vector<double> a = one(detail::weighted_sum(rewards, weights), groups);
    for (double& value : a) value = std::clamp(value, -clip, clip);
    return a;
  }
  template <class V>
  void visit(V&& v) {
    v("eps", eps, at_least(0));
    v("clip", clip, positive);
    v("sample_std", sample_std);
  }
};

/// Each reward standardised by `Base` apart, then the weighted sum, standardised again over the batch (RTDMD; the GDPO argument:
/// rewards (0,2) and (0,1) stay distinct).
template <class Base = BatchStd>
struct NormThenSum {
  using role = role::advantage;
  Base base{};

  [[nodiscard]] std::vector<double> advantages(const std::vector<std::vector<double>>& rewards,
                                               std::span<const double> weights, const Groups& groups) const {
    std::vector<std::vector<double>> each;
    for (const std::vector<double>& r : rewards) each.push_back(base.one(r, groups));
    const std::vector<double> sum = detail::weighted_sum(each, weights);
    std::vector<double> a = detail::standardise(sum, Groups::whole(sum.size()), false, base.eps, base.sample_std);
    for (double& value : a) value = std::clamp(value, -base.clip, base.clip);
    return a;
  }
  template <class V>
  void visit(V&& v) {
    v("base", base);
  }
};

}  // namespace dmdr
