// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <dmdr/diffusion/guidance.hpp>
#include <dmdr/divergence/split.hpp>
#include <dmdr/model/score.hpp>
#include <dmdr/train/formulas.hpp>
#include <dmdr/train/policies.hpp>

namespace dmdr {

/// The estimates of real and fake score around one batch of generator outputs, for one renoise draw: formulas of the networks' outputs, each
/// of which is computed when first asked for.
///
/// A slot is a renoising `x_t = alpha x0 + sigma eps` with a time and noise of its own; both slots coincide where the recipe says so.
/// Nothing here carries a gradient.
template <class Recipe, class B, class Net>
class Estimator {
 public:
  using Tensor = typename B::Tensor;
  using Condition = typename Recipe::Generator::Condition;
  using Kind = typename Recipe::Generator::Prediction;
  using Scores = ScoreNetworks<typename Recipe::Score, Net>;

  struct Setup {
    const B& backend;
    const Recipe& recipe;
    const Scores& scores;
    const Condition& condition;
    RandomSource& random;
    const Times& input_times;
    std::int64_t updates;
    std::uint64_t iteration;
    double guidance_scale;
  };

  Estimator(const Setup& setup, Tensor x0, std::uint32_t draw) : s_(setup), x0_(std::move(x0)), draw_(draw) {}

  [[nodiscard]] double guidance() const { return s_.guidance_scale; }
  [[nodiscard]] auto fake(Slot slot) { return clean(slot, fake_output(slot)); }
  [[nodiscard]] auto conditional(Slot slot) { return clean(slot, conditional_output(slot)); }
  [[nodiscard]] auto unconditional(Slot slot) { return clean(slot, unconditional_output(slot)); }
  /// The teacher's estimate with guidance, which applies only where w > 1: else `c + 1 (c - c)`, which is c.
  [[nodiscard]] auto guided(Slot slot) {
    if (!(guidance() > 1)) return dmdr::guided(conditional(slot), conditional(slot), 1);
    return dmdr::guided(conditional(slot), unconditional(slot), guidance());
  }

 private:
  struct Noised {
    Tensor x;
    Times times;
    PathTensors<Tensor> path;
    std::optional<Tensor> fake, conditional, unconditional;  ///< outputs of the networks
  };
  static constexpr bool shared =
      std::is_same_v<std::remove_cvref_t<decltype(std::declval<Recipe>().renoise_ca)>, SharedWithDm>;

  Noised& at(Slot slot) {
    std::optional<Noised>& noised_at = slots_[!shared && slot == Slot::ca ? 1 : 0];
    if (!noised_at) noised_at = renoise(shared ? Slot::dm : slot);
    return *noised_at;
  }
  [[nodiscard]] Noised renoise(Slot slot) const {
    const Shape shape = shape_of(x0_);
    const std::vector<std::int64_t> samples = iota_samples(shape.rows());
    const bool dm = slot == Slot::dm;
    const RenoiseContext context{s_.random, Draw{dm ? "dm_time" : "ca_time", s_.iteration, draw_}, samples, s_.updates,
                                 s_.input_times.values()};
    Noised n;
    if constexpr (shared)
      n.times = s_.recipe.renoise_dm.times(context);
    else
      n.times = dm ? s_.recipe.renoise_dm.times(context) : s_.recipe.renoise_ca.times(context);
    n.path = path_tensors(s_.backend, s_.recipe.generator.path(), n.times);
    const Tensor eps =
        s_.backend.from_host(shape, s_.random.normal(Draw{dm ? "dm_noise" : "ca_noise", s_.iteration, draw_},
                                                     shape.rows(), shape.row_size()));
    n.x = expr::eval(noised(x0_, eps, n.path.alpha, n.path.sigma));
    return n;
  }
  [[nodiscard]] auto clean(Slot slot, const Tensor& output) {
    const Noised& n = at(slot);
    return clean_of<Kind>(n.x, output, n.path.alpha, n.path.sigma);
  }
  [[nodiscard]] const Tensor& fake_output(Slot slot) {
    Noised& n = at(slot);
    if (!n.fake) n.fake = s_.scores.fake(n.x, n.times, s_.condition);
    return *n.fake;
  }
  [[nodiscard]] const Tensor& conditional_output(Slot slot) {
    Noised& n = at(slot);
    if (!n.conditional) n.conditional = s_.scores.real(n.x, n.times, s_.condition, s_.updates);
    return *n.conditional;
  }
  [[nodiscard]] const Tensor& unconditional_output(Slot slot) {
    Noised& n = at(slot);
    if (!n.unconditional) n.unconditional = s_.scores.real(n.x, n.times, s_.condition.unconditional(), s_.updates);
    return *n.unconditional;
  }

  Setup s_;
  Tensor x0_;
  std::uint32_t draw_;
  std::array<std::optional<Noised>, 2> slots_;
};

/// The DMD gradient `g = weight * along` of a batch, and what there is to know about it.
///
/// Where the gradient has one term, `along` is the bare difference of the scores and g itself is never stored.
template <class Tensor>
struct Direction {
  Tensor weight;  ///< `[B]`
  Tensor along;   ///< as x0
  std::int64_t zero_normalisers = 0;

  /// g as a formula, and as a tensor.
  [[nodiscard]] auto formula() const { return expr::per_sample(weight, "w/n") * expr::full(along, "difference"); }
  [[nodiscard]] Tensor g() const { return expr::eval(expr::stop_gradient(formula())); }
};

/// `g = mean_draws (w_dm Delta_dm + w_ca Delta_ca) / n`: the weighted, normalised gradient of the recipe. A sample whose normaliser is 0
/// gets no gradient (the code of DMD2 divides by it) and is counted.
///
/// One pass over the networks' outputs gives the normaliser's distance and the difference that it scales: the estimates in between are
/// never stored. The formulas say that no gradient goes through them, so that no derivative of them is compiled.
template <class Recipe, class B, class Net>
[[nodiscard]] Direction<typename B::Tensor> dmd_direction(const typename Estimator<Recipe, B, Net>::Setup& setup,
                                                          const typename B::Tensor& x0, const SampleWeights& weights,
                                                          const Groups& groups) {
  using Tensor = typename B::Tensor;
  const typename B::NoGrad no_grad;
  const auto draws = static_cast<std::uint32_t>(setup.recipe.split.draws);
  using Estimates = Estimator<Recipe, B, Net>;
  std::vector<decltype(setup.recipe.split.terms(std::declval<Estimates&>()))> terms;
  std::vector<Tensor> differences;
  std::vector<std::vector<double>> raw;
  for (std::uint32_t draw = 0; draw < draws; ++draw) {
    Estimates estimator(setup, x0, draw);
    terms.push_back(setup.recipe.split.terms(estimator));
    const auto both = expr::row_mean_beside_eval(expr::stop_gradient(teacher_distance(x0, terms.back().real)),
                                                 expr::stop_gradient(terms.back().dm));
    raw.push_back(B::to_host(both.row_mean));
    differences.push_back(both.values);
  }
  const std::vector<std::vector<double>> scales = setup.recipe.normaliser.scales(raw, groups);
  Direction<Tensor> direction;
  const Shape batch{shape_of(x0).rows()};
  const auto add = [&](const std::vector<double>& weight, const auto& term) {
    const auto weighted = expr::per_sample(setup.backend.from_host(batch, weight), "w/n") * expr::elements(term);
    direction.along = expr::eval(expr::stop_gradient(direction.formula() + weighted));
    direction.weight = setup.backend.from_host(batch, std::vector<double>(weight.size(), 1.0));
  };
  for (std::uint32_t draw = 0; draw < draws; ++draw) {
    std::vector<double> dm(scales[draw].size()), ca(dm.size());
    for (std::size_t i = 0; i < dm.size(); ++i) {
      const double n = scales[draw][i];
      direction.zero_normalisers += n == 0 ? 1 : 0;
      dm[i] = n == 0 ? 0 : weights.dm[i] / n / draws;
      ca[i] = n == 0 ? 0 : weights.ca[i] / n / draws;
    }
    if (draw == 0) {
      direction.weight = setup.backend.from_host(batch, dm);
      direction.along = differences[draw];
    } else {
      add(dm, differences[draw]);
    }
    if constexpr (std::remove_cvref_t<decltype(setup.recipe.split)>::augments)
      if (terms[draw].ca) add(ca, *terms[draw].ca);
  }
  return direction;
}

}  // namespace dmdr
