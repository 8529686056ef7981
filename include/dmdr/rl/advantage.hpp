// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <concepts>
#include <span>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/extrema.hpp>
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

[[nodiscard]] std::vector<double> weighted_sum(const std::vector<std::vector<double>>& rewards,
                                               std::span<const double> weights);

/// Standard deviation over `members`: population, or with n-1 if `sample`.
[[nodiscard]] double deviation(std::span<const double> values, const std::vector<std::size_t>& members, bool sample);

/// `(r - mean_group)/(std + eps)`, std of the group or of the whole batch; 0 where the group has one member or no variance.
[[nodiscard]] std::vector<double> standardise(std::span<const double> rewards, const Groups& groups, bool batch_std,
                                              double eps, bool sample_std);

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
    for (double& value : a) value = dmdr::detail::clamped(value, -clip, clip);
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
    for (double& value : a) value = dmdr::detail::clamped(value, -clip, clip);
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
    for (double& value : a) value = dmdr::detail::clamped(value, -base.clip, base.clip);
    return a;
  }
  template <class V>
  void visit(V&& v) {
    v("base", base);
  }
};

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/rl/advantage.ipp>  // IWYU pragma: export
#endif
