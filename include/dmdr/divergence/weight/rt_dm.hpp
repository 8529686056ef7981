// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/error.hpp>
#include <dmdr/divergence/weight/sample_weight.hpp>

namespace dmdr {

// RT-DM (DMDR 2511.13649, Eq. 4): the reward of the complete trajectory, a static number, weights the sample's DMD gradient. The paper's
// map from score to weight could not be recovered and no code of it exists. What follows is our reading (after Re-DMD, 2512.04678) and
// the alternatives that the text does not exclude; every form is a policy, none is provably the paper's.

/// `w = exp((r - max)/beta) / mean exp(...)` over the group: mean 1, and 1 everywhere as beta grows. The default.
struct ExpSelfNormalised {
  using State = NoState;
  double beta = 1;

  void apply(std::span<const double> r, const std::vector<std::size_t>& group, std::vector<double>& w, State&) const {
    double largest = -std::numeric_limits<double>::infinity();
    for (const std::size_t i : group) largest = std::max(largest, r[i]);
    double sum = 0;
    for (const std::size_t i : group) sum += w[i] = std::exp((r[i] - largest) / beta);
    for (const std::size_t i : group) w[i] *= static_cast<double>(group.size()) / sum;
  }
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

  void apply(std::span<const double> r, const std::vector<std::size_t>& group, std::vector<double>& w,
             State& state) const {
    double largest = -std::numeric_limits<double>::infinity();
    for (const std::size_t i : group) largest = std::max(largest, r[i] / beta);
    double sum = 0;
    for (const std::size_t i : group) sum += std::exp(r[i] / beta - largest);
    const double now = largest + std::log(sum / static_cast<double>(group.size()));
    if (!state.started) {
      state.log_z = now;
      state.started = true;
    } else {
      const double top = std::max(state.log_z, now);
      state.log_z = top + std::log(decay * std::exp(state.log_z - top) + (1 - decay) * std::exp(now - top));
    }
    for (const std::size_t i : group) w[i] = std::exp(r[i] / beta - state.log_z);
  }
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

  void apply(std::span<const double> r, const std::vector<std::size_t>& group, std::vector<double>& w, State&) const {
    for (const std::size_t i : group) {
      const double x = scale * r[i] + offset;
      w[i] = std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
    }
  }
  template <class V>
  void visit(V&& v) {
    v("scale", scale);
    v("offset", offset);
  }
};

/// `w = max(0, 1 + A)` with A the reward standardised in the group (population std + 1e-4).
struct OnePlusAdvantage {
  using State = NoState;
  void apply(std::span<const double> r, const std::vector<std::size_t>& group, std::vector<double>& w, State&) const {
    const auto n = static_cast<double>(group.size());
    double mean = 0, square = 0;
    for (const std::size_t i : group) mean += r[i] / n;
    for (const std::size_t i : group) square += (r[i] - mean) * (r[i] - mean) / n;
    for (const std::size_t i : group) w[i] = std::max(0.0, 1 + (r[i] - mean) / (std::sqrt(square) + 1e-4));
  }
};

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
    if (standardise) {
      const auto n = static_cast<double>(rewards.size());
      double mean = 0, square = 0;
      for (const double r : rewards) mean += r / n;
      for (const double r : rewards) square += (r - mean) * (r - mean) / n;
      const double std = std::sqrt(square);
      for (double& r : rewards) r = std > 0 ? (r - mean) / std : 0;
    }
    std::vector<double> w(rewards.size());
    const Groups groups = context.groups.or_whole();
    for (const auto& group : groups.members()) form.apply(rewards, group, w, state);
    for (double& value : w) value = std::min(value, max_weight);
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
