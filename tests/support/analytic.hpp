// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <memory>
#include <vector>

#include "support/toy.hpp"

namespace dmdr::toy {

/// A mixture of normal distributions on the line.
struct Mixture {
  struct Component {
    double share, mean, variance;
  };
  std::vector<Component> components;

  /// E[x0 | x_t = x] under rectified flow.
  [[nodiscard]] double posterior_mean(double x, double t) const {
    double total = 0, sum = 0;
    for (const Component& c : components) {
      const double variance = (1 - t) * (1 - t) * c.variance + t * t;
      const double offset = x - (1 - t) * c.mean;
      const double density = c.share / std::sqrt(variance) * std::exp(-0.5 * offset * offset / variance);
      total += density;
      sum += density * (c.mean + (1 - t) * c.variance / variance * offset);
    }
    return sum / total;
  }
};

/// Both scores in closed form: the teacher is a mixture, the fake score that of the generator's own normal distribution, which the test
/// puts into `own` before every step.
struct AnalyticScores {
  using role = role::score;
  static constexpr bool needs_adapter = false;
  static constexpr bool shares_base = false;
  Mixture teacher;
  std::shared_ptr<Mixture> own = std::make_shared<Mixture>();
};

/// `Delta` clipped to [-5, 5]: with a mixture the un-normalised difference has long tails.
struct ClippedJoint {
  using role = role::split;
  static constexpr bool augments = false;
  std::int64_t draws = 1;
  template <class Estimator>
  [[nodiscard]] auto terms(Estimator& estimator) const {
    const auto real = estimator.guided(Slot::dm);
    return ScoreTerms{expr::clamp(score_difference(estimator.fake(Slot::dm), real), -5, 5), real};
  }
};

}  // namespace dmdr::toy

template <dmdr::Backend B>
class dmdr::ScoreNetworks<dmdr::toy::AnalyticScores, dmdr::toy::ToyNetwork<B>> {
 public:
  using Tensor = typename B::Tensor;

  ScoreNetworks(const toy::AnalyticScores& policy, const toy::ToyNetwork<B>&, RandomSource&) : policy_(policy) {}
  [[nodiscard]] Tensor real(const Tensor& x, const Times& t, const ClassLabels&, std::int64_t) const {
    return velocity(policy_.teacher, x, t);
  }
  [[nodiscard]] Tensor fake(const Tensor& x, const Times& t, const ClassLabels&) const {
    return velocity(*policy_.own, x, t);
  }
  [[nodiscard]] Tensor train(const Tensor& x, const Times& t, const ClassLabels& c) const { return fake(x, t, c); }
  [[nodiscard]] Parameters<Tensor>& parameters() { return none_; }

 private:
  [[nodiscard]] static Tensor velocity(const toy::Mixture& mixture, const Tensor& x, const Times& t) {
    std::vector<double> v = B::to_host(x);
    for (std::size_t i = 0; i < v.size(); ++i) {
      const double time = t.values()[i];
      v[i] = (v[i] - mixture.posterior_mean(v[i], time)) / time;
    }
    return B{}.from_host(shape_of(x), v);
  }
  toy::AnalyticScores policy_;
  Parameters<Tensor> none_;
};
