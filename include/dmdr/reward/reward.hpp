// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <limits>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <dmdr/core/backend.hpp>
#include <dmdr/core/describe.hpp>
#include <dmdr/core/role.hpp>
#include <dmdr/model/condition.hpp>

namespace dmdr {

/// A reward without a backend: what it scores, and whether a gradient flows back to the image.
template <class R>
concept RewardSpec = std::same_as<role_of_t<R>, role::reward> && requires {
  typename R::Condition;
  { R::differentiable } -> std::convertible_to<bool>;
  { R::scores_images } -> std::convertible_to<bool>;
  { R::name } -> std::convertible_to<const char*>;
};

/// The model of a reward on a backend: the backend specialises it with `using type`.
template <class B, class R>
struct reward_model_of {};
template <class B, class R>
concept HasRewardModel = requires {
  typename reward_model_of<B, R>::type;
};
template <class B, class R>
using reward_model_of_t = typename reward_model_of<B, R>::type;

/// Scores images in [-1, 1] for their conditions: `[B]`, higher is better; differentiable in the images where the reward is.
template <class M, class Tensor, class C>
concept RewardModel = std::movable<M> && requires(const M& model, const Tensor& images, const C& condition) {
  { model.score(images, condition) } -> std::same_as<Tensor>;
};

/// No reward: plain distillation.
struct NoReward {
  using role = role::reward;
};

/// One reward of a sum: its weight, and the margin above which ReFL's hinge no longer pushes.
template <RewardSpec R>
struct Term {
  using Reward = R;
  double weight = 1;
  double margin = std::numeric_limits<double>::infinity();
};

/// Several rewards as one: `sum_k weight_k r_k`. ReFL hinges each of them apart.
template <class... Terms>
struct Sum {
  static_assert(sizeof...(Terms) > 0, "dmdr: Sum needs at least one Term<Reward>");
  using role = role::reward;
  using Condition = typename std::tuple_element_t<0, std::tuple<Terms...>>::Reward::Condition;
  static constexpr bool differentiable = (Terms::Reward::differentiable && ...);
  static constexpr bool scores_images = (Terms::Reward::scores_images || ...);
  static constexpr const char* name = "Sum";
  std::tuple<Terms...> terms;
};

namespace detail {

template <class R>
struct reward_terms {
  using type = std::tuple<Term<R>>;
  static type of(const R&) { return {}; }
};
template <class... Terms>
struct reward_terms<Sum<Terms...>> {
  using type = std::tuple<Terms...>;
  static type of(const Sum<Terms...>& sum) { return sum.terms; }
};
template <class B, class Tuple>
inline constexpr bool has_all_models = false;
template <class B, class... Terms>
inline constexpr bool has_all_models<B, std::tuple<Terms...>> = (HasRewardModel<B, typename Terms::Reward> && ...);
template <class B, class Tuple>
struct models_of;
template <class B, class... Terms>
struct models_of<B, std::tuple<Terms...>> {
  using type = std::tuple<reward_model_of_t<B, typename Terms::Reward>...>;
};

}  // namespace detail

/// Whether backend `B` has the models of reward `R`, each term's if it is a sum.
template <class B, class R>
concept HasReward = std::same_as<R, NoReward> || detail::has_all_models<B, typename detail::reward_terms<R>::type>;

/// The models of a reward on a backend, with the weights and margins of its terms.
template <class B, class R>
class RewardPack {
 public:
  using Tensor = typename B::Tensor;
  using Terms = typename detail::reward_terms<R>::type;
  using Models = typename detail::models_of<B, Terms>::type;
  static constexpr std::size_t count = std::tuple_size_v<Terms>;

  RewardPack(const R& spec, Models models) : terms_(detail::reward_terms<R>::of(spec)), models_(std::move(models)) {}

  /// Every term's score `[B]`, unweighted.
  template <class C>
  [[nodiscard]] std::vector<Tensor> scores(const Tensor& images, const C& condition) const {
    return std::apply([&](const auto&... model) { return std::vector<Tensor>{model.score(images, condition)...}; },
                      models_);
  }
  [[nodiscard]] std::vector<double> weights() const {
    return std::apply([](const auto&... term) { return std::vector<double>{term.weight...}; }, terms_);
  }
  [[nodiscard]] std::vector<double> margins() const {
    return std::apply([](const auto&... term) { return std::vector<double>{term.margin...}; }, terms_);
  }
  /// `sum_k weight_k r_k` on the host; no gradient.
  template <class C>
  [[nodiscard]] std::vector<double> total(const Tensor& images, const C& condition) const {
    const typename B::NoGrad no_grad;
    const std::vector<double> weight = weights();
    std::vector<double> sum(static_cast<std::size_t>(shape_of(images).rows()), 0.0);
    const std::vector<Tensor> all = scores(images, condition);
    for (std::size_t k = 0; k < count; ++k) {
      const std::vector<double> values = B::to_host(all[k]);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weight[k] * values[i];
    }
    return sum;
  }
  [[nodiscard]] Models& models() noexcept { return models_; }

 private:
  Terms terms_;
  Models models_;
};
template <class B>
class RewardPack<B, NoReward> {};

}  // namespace dmdr
