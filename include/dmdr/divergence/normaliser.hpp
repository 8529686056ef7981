// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/number.hpp>
#include <dmdr/core/role.hpp>
#include <dmdr/divergence/groups.hpp>

namespace dmdr {

/// Scales of the DMD gradient. `raw[m][i]` is `mean_CHW |x0 - x0_real|` of sample i at renoise draw m; the result has the same extents.
/// It is computed from the image and the teacher's estimate only, never from the weights, so that weights cannot cancel against it.
template <class N>
concept Normaliser = std::copyable<N> &&
    requires(const N& normaliser, const std::vector<std::vector<double>>& raw, const Groups& groups) {
  { normaliser.scales(raw, groups) } -> std::same_as<std::vector<std::vector<double>>>;
};

/// One scale a sample: `mean |x0 - x0_real| + eps`. eps: 0 in DMD2 and RTDMD, 1e-8 in DMDR (default), 1e-6 in FastGen.
template <Number Eps = 1e-8>
struct PerSampleL1 {
  using role = role::normaliser;
  double eps = Eps;
  [[nodiscard]] std::vector<std::vector<double>> scales(std::vector<std::vector<double>> raw, const Groups&) const {
    for (auto& draw : raw)
      for (double& n : draw) n += eps;
    return raw;
  }
  template <class V>
  void visit(V&& v) {
    v("eps", eps, at_least(0));
  }
};

/// One scale a group and all its draws: the mean of their `mean |x0 - x0_real|`, plus eps (GNDM; the group is a prompt's samples).
/// Our reading of 2603.28460, whose equations were not recovered.
template <Number Eps = 1e-6>
struct GroupL1 {
  using role = role::normaliser;
  double eps = Eps;
  [[nodiscard]] std::vector<std::vector<double>> scales(std::vector<std::vector<double>> raw,
                                                        const Groups& groups) const {
    for (const auto& group : groups.members()) {
      double sum = 0;
      for (const auto& draw : raw)
        for (const std::size_t i : group) sum += draw[i];
      const double mean = sum / static_cast<double>(raw.size() * group.size()) + eps;
      for (auto& draw : raw)
        for (const std::size_t i : group) draw[i] = mean;
    }
    return raw;
  }
  template <class V>
  void visit(V&& v) {
    v("eps", eps, at_least(0));
  }
};

/// One scale for the whole batch (FastVideo).
template <Number Eps = 1e-6>
struct BatchL1 {
  using role = role::normaliser;
  double eps = Eps;
  [[nodiscard]] std::vector<std::vector<double>> scales(std::vector<std::vector<double>> raw,
                                                        const Groups& groups) const {
    return GroupL1<Eps>{eps}.scales(std::move(raw), Groups::whole(groups.rows()));
  }
  template <class V>
  void visit(V&& v) {
    v("eps", eps, at_least(0));
  }
};

/// The bare difference of the estimates, in x0 space.
struct Unnormalised {
  using role = role::normaliser;
  [[nodiscard]] std::vector<std::vector<double>> scales(std::vector<std::vector<double>> raw, const Groups&) const {
    for (auto& draw : raw)
      for (double& n : draw) n = 1;
    return raw;
  }
};

}  // namespace dmdr
