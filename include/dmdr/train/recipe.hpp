// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/train/composition.hpp>

namespace dmdr {

/// A method in canonical form: one policy a role, each an object whose members are its settings.
template <class GeneratorT, class RewardT, class RlT, class SampleWeightT, class FakeWeightT, class SplitT,
          class NormaliserT, class SamplerT, class SimulationT, class RenoiseDmT, class RenoiseCaT, class RenoiseFakeT,
          class GuidanceT, class ScoreT, class FakeObjectiveT, class AdvantageT, class StagesT, class TurnsT>
struct BasicRecipe {
  using Generator = GeneratorT;
  using Reward = RewardT;
  using Rl = RlT;
  using SampleWeight = SampleWeightT;
  using FakeWeight = FakeWeightT;
  using Split = SplitT;
  using Sampler = SamplerT;
  using Simulation = SimulationT;
  using Score = ScoreT;
  using FakeObjective = FakeObjectiveT;
  using Base = BasicRecipe;

  GeneratorT generator{};
  RewardT reward{};
  RlT rl{};
  SampleWeightT sample_weight{};
  FakeWeightT fake_weight{};
  SplitT split{};
  NormaliserT normaliser{};
  SamplerT sampler{};
  SimulationT backward_simulation{};
  RenoiseDmT renoise_dm{};
  RenoiseCaT renoise_ca{};
  RenoiseFakeT renoise_fake{};
  GuidanceT guidance{};
  ScoreT score{};
  FakeObjectiveT fake_objective{};
  AdvantageT advantage{};
  StagesT stages{};
  TurnsT turns{};

  /// Whether anything of the recipe looks at a reward during training.
  static constexpr bool rewarded = !std::is_same_v<RewardT, NoReward>;

  /// The settings of every policy that has some, each under its role.
  template <class V>
  void visit(V&& v) {
    const auto one = [&](const char* name, auto& policy) {
      if constexpr (Described<std::remove_cvref_t<decltype(policy)>>) v(name, policy);
    };
    one("generator", generator);
    one("rl", rl);
    one("sample_weight", sample_weight);
    one("fake_weight", fake_weight);
    one("split", split);
    one("normaliser", normaliser);
    one("sampler", sampler);
    one("renoise_dm", renoise_dm);
    one("renoise_ca", renoise_ca);
    one("renoise_fake", renoise_fake);
    one("guidance", guidance);
    one("score", score);
    one("advantage", advantage);
  }
};

namespace detail {

template <class Slot, class Law>
struct slot_law {
  using type = Slot;
};
template <class Law>
struct slot_law<void, Law> {
  using type = Law;
};

template <bool Fine, class... Ps>
struct recipe_base {
  struct type {};  // an empty base, so that a wrong composition says its sentence and nothing else
};
template <class... Ps>
struct recipe_base<true, Ps...> {
  using Law = find_t<role::renoise, BetaAnneal<>, Ps...>;
  using type = BasicRecipe<find_t<role::generator, void, Ps...>, find_t<role::reward, NoReward, Ps...>,
                           find_t<role::rl, NoRl, Ps...>, find_t<role::sample_weight, Unweighted, Ps...>,
                           find_t<role::fake_weight, UnweightedFake, Ps...>, find_t<role::split, Joint<>, Ps...>,
                           find_t<role::normaliser, PerSampleL1<>, Ps...>, find_t<role::sampler, dmdr::Renoise, Ps...>,
                           find_t<role::backward_simulation, SameStep, Ps...>,
                           typename slot_law<find_t<role::renoise_dm, void, Ps...>, Law>::type,
                           find_t<role::renoise_ca, SharedWithDm, Ps...>,
                           typename slot_law<find_t<role::renoise_fake, void, Ps...>, Law>::type,
                           find_t<role::guidance, NoCfg, Ps...>, find_t<role::score, DynaDg<>, Ps...>,
                           find_t<role::fake_objective, FlowMatching, Ps...>, find_t<role::advantage, BatchStd, Ps...>,
                           find_t<role::stages, PaperStages, Ps...>, find_t<role::turns, DmdrTurns, Ps...>>;
};

template <class... Ps>
using recipe_base_t = typename recipe_base<Composable<Ps...>, Ps...>::type;

}  // namespace detail

/// A method composed of policies in any order: `Dmdr<Sd3Medium, Hps21, ReFL, RtDm>`.
///
/// It holds no backend and no state, only the policies' settings: `recipe.guidance.w = 4`. All orders of the same policies share one base.
/// A wrong mix is refused with one sentence. Roles that are not named take the defaults of DMDR (`recipe.hpp` lists them).
template <class... Ps>
struct Dmdr : private detail::Diagnose<Ps...>, detail::recipe_base_t<Ps...> {};

/// The canonical form of a recipe: the same type for every order of its policies.
template <class R>
using canonical_t = typename R::Base;

}  // namespace dmdr
