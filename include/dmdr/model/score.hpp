// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <dmdr/diffusion/guidance.hpp>
#include <dmdr/model/denoiser.hpp>

namespace dmdr {

/// The networks behind the real and the fake score, made from the teacher by a policy of `role::score`.
///
/// `real` and `fake` evaluate without gradients; `train` evaluates the fake score for its own loss; `parameters` are what that loss trains.
/// Updates k are generator updates: the real score of DynaDG depends on them.
template <class Policy, DenoiserNetwork Net>
class ScoreNetworks;

/// One frozen network with one adapter for both scores.
template <Number F, Number R, std::int64_t K, DenoiserNetwork Net>
class ScoreNetworks<DynaDg<F, R, K>, Net> {
 public:
  using Tensor = typename Net::Tensor;
  using B = backend_of_t<Tensor>;
  using Condition = typename Net::Condition;

  ScoreNetworks(const DynaDg<F, R, K>& policy, const Net& teacher, RandomSource& random)
      : policy_(policy), network_(teacher.share(random)) {}

  [[nodiscard]] Tensor real(const Tensor& x, const Times& t, const Condition& c, std::int64_t updates) const {
    const typename B::NoGrad no_grad;
    return network_.predict(x, t, c, policy_.real_scale(updates));
  }
  [[nodiscard]] Tensor fake(const Tensor& x, const Times& t, const Condition& c) const {
    const typename B::NoGrad no_grad;
    return train(x, t, c);
  }
  [[nodiscard]] Tensor train(const Tensor& x, const Times& t, const Condition& c) const {
    return network_.predict(x, t, c, policy_.fake_scale);
  }
  [[nodiscard]] Parameters<Tensor>& parameters() { return network_.adapter(); }

 private:
  DynaDg<F, R, K> policy_;
  Net network_;
};

/// The teacher as it is, and a trained copy of it.
template <DenoiserNetwork Net>
class ScoreNetworks<SeparateFake, Net> {
 public:
  using Tensor = typename Net::Tensor;
  using B = backend_of_t<Tensor>;
  using Condition = typename Net::Condition;

  ScoreNetworks(const SeparateFake&, const Net& teacher, RandomSource&)
      : real_(teacher.clone()), fake_(teacher.clone()) {}

  [[nodiscard]] Tensor real(const Tensor& x, const Times& t, const Condition& c, std::int64_t) const {
    return real_.predict(x, t, c);
  }
  [[nodiscard]] Tensor fake(const Tensor& x, const Times& t, const Condition& c) const {
    const typename B::NoGrad no_grad;
    return train(x, t, c);
  }
  [[nodiscard]] Tensor train(const Tensor& x, const Times& t, const Condition& c) const {
    return fake_.predict(x, t, c, 0);
  }
  [[nodiscard]] Parameters<Tensor>& parameters() { return fake_.base(); }

 private:
  Frozen<Net> real_;
  Net fake_;
};

}  // namespace dmdr
