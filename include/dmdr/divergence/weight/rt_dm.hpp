// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/error.hpp>
#include <dmdr/core/extrema.hpp>
#include <dmdr/divergence/weight/sample_weight.hpp>

namespace dmdr {

// RT-DM (DMDR 2511.13649, Eq. 4): the reward of the complete trajectory, a static number, weights the sample's DMD gradient. The paper's
// map from score to weight could not be recovered and no code of it exists. What follows is our reading (after Re-DMD, 2512.04678) and
// the alternatives that the text does not exclude; every form is a policy, none is provably the paper's.

/// `w = exp((r - max)/beta) / mean exp(...)` over the group: mean 1, and 1 everywhere as beta grows. The default.
struct ExpSelfNormalised {
  using State = NoState;
  double beta = 1;

  void apply(std::span<const double> r, const std::vector<std::size_t>& group, std::vector<double>& w, State&) const;
  template <class V>
  void visit(V&& v) {
    v("beta", beta, positive);
  }
};

/// `w = exp(beta r)`, as a re-host of Re-DMD has it (there beta multiplies).
struct ExpUnnormalised {
  using State = NoState;
  double beta = 1;

  void apply(std::span<const double> r, const std::vector<std::size_t>& group, std::vector<double>& w, State&) const {
    for (const std::size_t i : group) w[i] = std::exp(beta * r[i]);
  }
  template <class V>
  void visit(V&& v) {
    v("beta", beta, at_least(0));
  }
};

/// `w = exp(r/beta) / Z` with Z a running mean of `exp(r/beta)` over updates, kept in logarithms.
struct ExpEmaZ {
  struct State {
    double log_z = 0;
    bool started = false;
    [[nodiscard]] std::vector<double> store() const { return {log_z, started ? 1.0 : 0.0}; }
    void restore(std::span<const double> values) {
      log_z = values[0];
      started = values[1] != 0;
    }
  };
  double beta = 1;
  double decay = 0.99;

  void apply(std::span<const double> r, const std::vector<std::size_t>& group, std::vector<double>& w, State&) const;
  template <class V>
  void visit(V&& v) {
    v("beta", beta, positive);
    v("decay", decay, Range{.low = 0, .high = 1, .high_open = true});
  }
};

/// `w = r`: the sentence of the paper taken literally.
struct RawScore {
  using State = NoState;
  void apply(std::span<const double> r, const std::vector<std::size_t>& group, std::vector<double>& w, State&) const {
    for (const std::size_t i : group) w[i] = r[i];
  }
};

/// `w = softplus(scale r + offset)`: positive, linear for good samples.
struct SoftplusAffine {
  using State = NoState;
  double scale = 1;
  double offset = 0;

  void apply(std::span<const double> r, const std::vector<std::size_t>& group, std::vector<double>& w, State&) const;
  template <class V>
  void visit(V&& v) {
    v("scale", scale);
    v("offset", offset);
  }
};

/// `w = max(0, 1 + A)` with A the reward standardised in the group (population std + 1e-4).
struct OnePlusAdvantage {
  using State = NoState;
  void apply(std::span<const double> r, const std::vector<std::size_t>& group, std::vector<double>& w, State&) const;
};

namespace detail {
/// Takes the mean off and divides by the population's standard deviation; all 0 where there is none.
void standardise_batch(std::vector<double>& rewards);
}  // namespace detail

/// RT-DM with a form of the weight. The weight is at most `max_weight` and carries no gradient.
///
/// A group is the samples of one prompt (or class) where some prompt has several, else the whole batch. `standardise` divides the
/// rewards by the standard deviation of the batch first, so that beta = 1 fits any reward.
template <class Form = ExpSelfNormalised>
struct RtDmWith {
  using role = role::sample_weight;
  using State = typename Form::State;
  static constexpr bool needs_reward = true;
  Form form{};
  double max_weight = 10;
  bool standardise = false;

  [[nodiscard]] SampleWeights weights(const WeightContext& context, State& state) const {
    std::vector<double> rewards(context.rewards.begin(), context.rewards.end());
    if (standardise) detail::standardise_batch(rewards);
    std::vector<double> w(rewards.size());
    const Groups groups = context.groups.or_whole();
    for (const auto& group : groups.members()) form.apply(rewards, group, w, state);
    for (double& value : w) value = dmdr::detail::smaller(value, max_weight);
    return {w, w};
  }
  template <class V>
  void visit(V&& v) {
    if constexpr (Described<Form>) v("form", form);
    v("max_weight", max_weight, positive);
    v("standardise", standardise);
  }
};
using RtDm = RtDmWith<>;

}  // namespace dmdr

#ifndef DMDR_COMPILED
#include <dmdr/divergence/weight/rt_dm.ipp>  // IWYU pragma: export
#endif
