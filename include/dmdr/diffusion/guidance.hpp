// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <utility>

#include <dmdr/core/describe.hpp>
#include <dmdr/core/number.hpp>
#include <dmdr/core/random.hpp>
#include <dmdr/core/role.hpp>
#include <dmdr/diffusion/renoise.hpp>
#include <dmdr/expr/build.hpp>

namespace dmdr {

/// Classifier-free guidance of the real score: `u + w (c - u)`, applied iff w > 1 (DMD2, DMDR).
template <class G>
concept Guidance = std::copyable<G> && requires(const G& guidance, RandomSource& random, std::uint64_t update) {
  { guidance.scale(random, update) } -> std::same_as<double>;
};

/// `u + w (c - u)`: the guided estimate from conditional and unconditional ones.
template <expr::PerElement C, expr::PerElement U>
[[nodiscard]] auto guided(C conditional, U unconditional, double w) {
  const auto u = expr::elements(std::move(unconditional), "unconditional");
  return u + w * (expr::elements(std::move(conditional), "conditional") - u);
}

/// One fixed scale; w <= 1 means no guidance (one evaluation, not two).
template <Number W = 7>
struct Cfg {
  using role = role::guidance;
  double w = W;
  [[nodiscard]] double scale(RandomSource&, std::uint64_t) const { return w; }
  template <class V>
  void visit(V&& v) {
    v("w", w, at_least(0));
  }
};
using NoCfg = Cfg<1>;

/// A scale drawn uniformly once an update, the same for the whole batch and for all ranks (DMDR: 6.5 to 7.5 for SD3-M).
template <Number Low = 6.5, Number High = 7.5>
struct CfgUniform {
  using role = role::guidance;
  double low = Low;
  double high = High;
  [[nodiscard]] double scale(RandomSource& random, std::uint64_t update) const {
    return low + (high - low) * random.uniform(Draw{"cfg_scale", update}, 1)[0];
  }
  template <class V>
  void visit(V&& v) {
    v("low", low, at_least(0));
    v("high", high, at_least(0));
  }
  [[nodiscard]] std::string contradiction() const { return low <= high ? "" : "low must not be above high"; }
};

/// Scales of the shared adapter: DynaDG (dynamic distribution guidance, DMDR 2511.13649).
///
/// One network, the frozen teacher with one adapter, estimates both scores. The adapter is trained by the fake score's loss alone, at scale
/// `fake_scale`; the real score uses it at `real_scale(k) = real_scale0 * (1 + cos(pi k / K)) / 2`, 0 from k = K on.
/// K = 0 switches the guidance off (the real score is the teacher).
template <Number FakeScale = 2, Number RealScale0 = 0.5, std::int64_t K = 2000>
struct DynaDg {
  using role = role::score;
  static constexpr bool needs_adapter = true;
  static constexpr bool shares_base = true;
  double fake_scale = FakeScale;
  double real_scale0 = RealScale0;
  std::int64_t anneal_updates = K;

  [[nodiscard]] double real_scale(std::int64_t updates) const {
    return anneal_updates == 0 || updates >= anneal_updates ? 0.0
                                                            : real_scale0 * cosine_anneal(updates, anneal_updates);
  }
  template <class V>
  void visit(V&& v) {
    v("fake_scale", fake_scale, positive);
    v("real_scale0", real_scale0, at_least(0));
    v("anneal_updates", anneal_updates, at_least(0));
  }
};

/// Two networks: the frozen teacher, and a copy of it that is trained as the fake score (DMD2).
struct SeparateFake {
  using role = role::score;
  static constexpr bool needs_adapter = false;
  static constexpr bool shares_base = false;
};

}  // namespace dmdr
