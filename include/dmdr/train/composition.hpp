// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <tuple>
#include <type_traits>

#include <dmdr/train/policies.hpp>

namespace dmdr {

/// What is wrong with a list of policies; the first that applies.
enum class Verdict : std::uint8_t {
  fine,
  function_type,
  not_a_policy,
  no_generator,
  two_generator,
  two_reward,
  two_rl,
  two_sample_weight,
  two_fake_weight,
  two_split,
  two_normaliser,
  two_sampler,
  two_backward_simulation,
  two_renoise,
  two_renoise_dm,
  two_renoise_ca,
  two_renoise_fake,
  two_guidance,
  two_score,
  two_fake_objective,
  two_advantage,
  two_stages,
  two_turns,
  bad_generator,
  bad_reward,
  bad_rl,
  bad_sample_weight,
  bad_fake_weight,
  bad_split,
  bad_normaliser,
  bad_sampler,
  bad_backward_simulation,
  bad_renoise,
  bad_renoise_dm,
  bad_renoise_ca,
  bad_renoise_fake,
  bad_guidance,
  bad_score,
  bad_fake_objective,
  bad_advantage,
  bad_stages,
  bad_turns,
  rl_without_reward,
  weight_without_reward,
  tilt_without_reward,
  not_differentiable,
  no_stochastic_step,
  one_step_rollout,
  weight_without_split,
  ca_law_without_split,
  wrong_condition,
  sampler_needs_flow,
  prediction_needs_flow,
  no_adapter,
};

namespace detail {

template <class Role, class P>
inline constexpr bool fills = std::is_same_v<role_of_t<P>, Role>;
template <class Role, class... Ps>
inline constexpr int count_of = (0 + ... + (fills<Role, Ps> ? 1 : 0));

template <class Role, class Default, class... Ps>
struct find {
  using type = Default;
};
template <class Role, class Default, class P, class... Ps>
struct find<Role, Default, P, Ps...>
    : std::conditional_t<fills<Role, P>, std::type_identity<P>, find<Role, Default, Ps...>> {};
template <class Role, class Default, class... Ps>
using find_t = typename find<Role, Default, Ps...>::type;

/// Whether a policy models the concept of its role.
template <class P>
consteval bool models_role() {
  using Role = role_of_t<P>;

  if constexpr (std::is_same_v<Role, role::generator>)
    return GeneratorSpec<P>;
  else if constexpr (std::is_same_v<Role, role::reward>)
    return (std::same_as<P, NoReward> || RewardSpec<P>);
  else if constexpr (std::is_same_v<Role, role::rl>)
    return RlAlgorithm<P>;
  else if constexpr (std::is_same_v<Role, role::sample_weight>)
    return SampleWeight<P>;
  else if constexpr (std::is_same_v<Role, role::fake_weight>)
    return FakeWeight<P>;
  else if constexpr (std::is_same_v<Role, role::split>)
    return GradientSplit<P>;
  else if constexpr (std::is_same_v<Role, role::normaliser>)
    return Normaliser<P>;
  else if constexpr (std::is_same_v<Role, role::sampler>)
    return Transition<P>;
  else if constexpr (std::is_same_v<Role, role::backward_simulation>)
    return BackwardSimulation<P>;
  else if constexpr (std::is_same_v<Role, role::renoise>)
    return RenoiseLaw<P>;
  else if constexpr (std::is_same_v<Role, role::renoise_dm>)
    return RenoiseLaw<P>;
  else if constexpr (std::is_same_v<Role, role::renoise_ca>)
    return (std::same_as<P, SharedWithDm> || RenoiseLaw<P>);
  else if constexpr (std::is_same_v<Role, role::renoise_fake>)
    return RenoiseLaw<P>;
  else if constexpr (std::is_same_v<Role, role::guidance>)
    return Guidance<P>;
  else if constexpr (std::is_same_v<Role, role::score>)
    return ScorePolicy<P>;
  else if constexpr (std::is_same_v<Role, role::fake_objective>)
    return FakeObjective<P>;
  else if constexpr (std::is_same_v<Role, role::advantage>)
    return Advantage<P>;
  else if constexpr (std::is_same_v<Role, role::stages>)
    return StagePlan<P>;
  else if constexpr (std::is_same_v<Role, role::turns>)
    return TurnRule<P>;
  else
    return false;
}

template <class... Ps>
consteval Verdict count_roles() {
  if ((std::is_function_v<Ps> || ...)) return Verdict::function_type;
  if ((std::is_void_v<role_of_t<Ps>> || ...)) return Verdict::not_a_policy;
  if (count_of<role::generator, Ps...> == 0) return Verdict::no_generator;
  if (count_of < role::generator, Ps... >> 1) return Verdict::two_generator;
  if (count_of < role::reward, Ps... >> 1) return Verdict::two_reward;
  if (count_of < role::rl, Ps... >> 1) return Verdict::two_rl;
  if (count_of < role::sample_weight, Ps... >> 1) return Verdict::two_sample_weight;
  if (count_of < role::fake_weight, Ps... >> 1) return Verdict::two_fake_weight;
  if (count_of < role::split, Ps... >> 1) return Verdict::two_split;
  if (count_of < role::normaliser, Ps... >> 1) return Verdict::two_normaliser;
  if (count_of < role::sampler, Ps... >> 1) return Verdict::two_sampler;
  if (count_of < role::backward_simulation, Ps... >> 1) return Verdict::two_backward_simulation;
  if (count_of < role::renoise, Ps... >> 1) return Verdict::two_renoise;
  if (count_of < role::renoise_dm, Ps... >> 1) return Verdict::two_renoise_dm;
  if (count_of < role::renoise_ca, Ps... >> 1) return Verdict::two_renoise_ca;
  if (count_of < role::renoise_fake, Ps... >> 1) return Verdict::two_renoise_fake;
  if (count_of < role::guidance, Ps... >> 1) return Verdict::two_guidance;
  if (count_of < role::score, Ps... >> 1) return Verdict::two_score;
  if (count_of < role::fake_objective, Ps... >> 1) return Verdict::two_fake_objective;
  if (count_of < role::advantage, Ps... >> 1) return Verdict::two_advantage;
  if (count_of < role::stages, Ps... >> 1) return Verdict::two_stages;
  if (count_of < role::turns, Ps... >> 1) return Verdict::two_turns;
  return Verdict::fine;
}

template <class Role, class... Ps>
consteval bool bad_policy() {
  return ((fills<Role, Ps> && !models_role<Ps>()) || ...);
}
template <class... Ps>
consteval Verdict check_concepts() {
  if (bad_policy<role::generator, Ps...>()) return Verdict::bad_generator;
  if (bad_policy<role::reward, Ps...>()) return Verdict::bad_reward;
  if (bad_policy<role::rl, Ps...>()) return Verdict::bad_rl;
  if (bad_policy<role::sample_weight, Ps...>()) return Verdict::bad_sample_weight;
  if (bad_policy<role::fake_weight, Ps...>()) return Verdict::bad_fake_weight;
  if (bad_policy<role::split, Ps...>()) return Verdict::bad_split;
  if (bad_policy<role::normaliser, Ps...>()) return Verdict::bad_normaliser;
  if (bad_policy<role::sampler, Ps...>()) return Verdict::bad_sampler;
  if (bad_policy<role::backward_simulation, Ps...>()) return Verdict::bad_backward_simulation;
  if (bad_policy<role::renoise, Ps...>()) return Verdict::bad_renoise;
  if (bad_policy<role::renoise_dm, Ps...>()) return Verdict::bad_renoise_dm;
  if (bad_policy<role::renoise_ca, Ps...>()) return Verdict::bad_renoise_ca;
  if (bad_policy<role::renoise_fake, Ps...>()) return Verdict::bad_renoise_fake;
  if (bad_policy<role::guidance, Ps...>()) return Verdict::bad_guidance;
  if (bad_policy<role::score, Ps...>()) return Verdict::bad_score;
  if (bad_policy<role::fake_objective, Ps...>()) return Verdict::bad_fake_objective;
  if (bad_policy<role::advantage, Ps...>()) return Verdict::bad_advantage;
  if (bad_policy<role::stages, Ps...>()) return Verdict::bad_stages;
  if (bad_policy<role::turns, Ps...>()) return Verdict::bad_turns;
  return Verdict::fine;
}

/// Whether every term of a reward scores the condition `C`.
template <class C, class Terms>
inline constexpr bool all_score = false;
template <class C, class... Terms>
inline constexpr bool all_score<C, std::tuple<Terms...>> = (std::is_same_v<typename Terms::Reward::Condition, C> &&
                                                            ...);

template <class... Ps>
consteval Verdict check_rules() {
  using G = find_t<role::generator, void, Ps...>;
  using Reward = find_t<role::reward, NoReward, Ps...>;
  using Rl = find_t<role::rl, NoRl, Ps...>;
  using Weight = find_t<role::sample_weight, Unweighted, Ps...>;
  using Tilt = find_t<role::fake_weight, UnweightedFake, Ps...>;
  using Split = find_t<role::split, Joint<>, Ps...>;
  using Sampler = find_t<role::sampler, dmdr::Renoise, Ps...>;
  using Simulation = find_t<role::backward_simulation, SameStep, Ps...>;
  using Score = find_t<role::score, DynaDg<>, Ps...>;
  constexpr bool rewarded = !std::is_same_v<Reward, NoReward>;
  if constexpr (!rewarded) {
    if (Rl::needs_reward) return Verdict::rl_without_reward;
    if (Weight::needs_reward) return Verdict::weight_without_reward;
    if (Tilt::needs_reward) return Verdict::tilt_without_reward;
  } else {
    if (Rl::needs_differentiable_reward && !Reward::differentiable) return Verdict::not_differentiable;
    if (!all_score<typename G::Condition, typename reward_terms<Reward>::type>) return Verdict::wrong_condition;
  }
  if (Rl::needs_transitions && !Sampler::stochastic) return Verdict::no_stochastic_step;
  if (Rl::needs_transitions && Simulation::one_step) return Verdict::one_step_rollout;
  if constexpr (requires { Weight::needs_split; })
    if (Weight::needs_split && !Split::augments) return Verdict::weight_without_split;
  if (count_of<role::renoise_ca, Ps...> == 1 && !Split::augments) return Verdict::ca_law_without_split;
  if (Sampler::needs_rectified && !G::Path::rectified) return Verdict::sampler_needs_flow;
  if (G::Prediction::needs_rectified && !G::Path::rectified) return Verdict::prediction_needs_flow;
  if (Score::needs_adapter && !G::adapters) return Verdict::no_adapter;
  return Verdict::fine;
}

template <class... Ps>
consteval Verdict judge() {
  constexpr Verdict roles = count_roles<Ps...>();
  if constexpr (roles != Verdict::fine) {
    return roles;
  } else {
    constexpr Verdict concepts = check_concepts<Ps...>();
    if constexpr (concepts != Verdict::fine)
      return concepts;
    else
      return check_rules<Ps...>();
  }
}

}  // namespace detail

/// The verdict on a list of policies.
template <class... Ps>
inline constexpr Verdict verdict_v = detail::judge<Ps...>();

/// A list of policies, in any order, that makes a method.
template <class... Ps>
concept Composable = verdict_v<Ps...>
== Verdict::fine;

namespace detail {

// Exactly one of these sentences appears for a wrong composition, and nothing after it.
template <class... Ps>
struct Diagnose {
  static constexpr Verdict v = verdict_v<Ps...>;
  static_assert(v != Verdict::function_type,
                "dmdr: a policy is a type, and one argument is a function type: write Sd3Medium, not Sd3Medium()");
  static_assert(v != Verdict::not_a_policy,
                "dmdr: an argument is not a policy: it has no role; give it `using role = dmdr::role::...;` or "
                "specialise dmdr::role_of");
  static_assert(v != Verdict::no_generator, "dmdr: a method needs a generator; add one, for example Sd3Medium");
  static_assert(v != Verdict::two_generator, "dmdr: two generators; keep one");
  static_assert(v != Verdict::two_reward, "dmdr: two rewards; keep one, or compose rewards by Sum<Term<A>, Term<B>>");
  static_assert(v != Verdict::two_rl, "dmdr: two RL algorithms; keep one");
  static_assert(v != Verdict::two_sample_weight, "dmdr: two sample weights; keep one");
  static_assert(v != Verdict::two_fake_weight, "dmdr: two fake weights; keep one");
  static_assert(v != Verdict::two_split, "dmdr: two gradient splits; keep one");
  static_assert(v != Verdict::two_normaliser, "dmdr: two normalisers; keep one");
  static_assert(v != Verdict::two_sampler, "dmdr: two student samplers; keep one");
  static_assert(v != Verdict::two_backward_simulation, "dmdr: two backward simulations; keep one");
  static_assert(v != Verdict::two_renoise, "dmdr: two renoise laws; keep one");
  static_assert(v != Verdict::two_renoise_dm, "dmdr: two renoise laws of the DM term; keep one");
  static_assert(v != Verdict::two_renoise_ca, "dmdr: two renoise laws of the CA term; keep one");
  static_assert(v != Verdict::two_renoise_fake, "dmdr: two renoise laws of the fake score; keep one");
  static_assert(v != Verdict::two_guidance, "dmdr: two guidances; keep one");
  static_assert(v != Verdict::two_score, "dmdr: two score policies; keep one");
  static_assert(v != Verdict::two_fake_objective, "dmdr: two fake objectives; keep one");
  static_assert(v != Verdict::two_advantage, "dmdr: two advantages; keep one");
  static_assert(v != Verdict::two_stages, "dmdr: two stage plans; keep one");
  static_assert(v != Verdict::two_turns, "dmdr: two turn rules; keep one");
  static_assert(v != Verdict::bad_generator,
                "dmdr: the generator is incomplete: a generator says its Path, Prediction, Condition and Space");
  static_assert(v != Verdict::bad_reward,
                "dmdr: the reward is incomplete: a reward says its Condition, differentiable and scores_images");
  static_assert(v != Verdict::bad_rl,
                "dmdr: the RL algorithm is incomplete: an RL algorithm says needs_reward, needs_differentiable_reward "
                "and needs_transitions");
  static_assert(
      v != Verdict::bad_sample_weight,
      "dmdr: the sample weight is incomplete: a sample weight has State, needs_reward and weights(context, state)");
  static_assert(v != Verdict::bad_fake_weight,
                "dmdr: the fake weight is incomplete: a fake weight has needs_reward and weights(rewards, groups)");
  static_assert(v != Verdict::bad_split,
                "dmdr: the gradient split is incomplete: a gradient split has augments, draws and terms(estimator)");
  static_assert(v != Verdict::bad_normaliser,
                "dmdr: the normaliser is incomplete: a normaliser has scales(raw, groups)");
  static_assert(
      v != Verdict::bad_sampler,
      "dmdr: the student sampler is incomplete: a sampler has coefficients(from, to), stochastic and needs_rectified");
  static_assert(v != Verdict::bad_backward_simulation,
                "dmdr: the backward simulation is incomplete: a backward simulation has needs_end, one_step and "
                "fill(trajectory, rollout)");
  static_assert(v != Verdict::bad_renoise, "dmdr: the renoise law is incomplete: a renoise law has times(context)");
  static_assert(v != Verdict::bad_renoise_dm,
                "dmdr: the renoise law of the DM term is incomplete: a renoise law has times(context)");
  static_assert(v != Verdict::bad_renoise_ca,
                "dmdr: the renoise law of the CA term is incomplete: a renoise law has times(context)");
  static_assert(v != Verdict::bad_renoise_fake,
                "dmdr: the renoise law of the fake score is incomplete: a renoise law has times(context)");
  static_assert(v != Verdict::bad_guidance, "dmdr: the guidance is incomplete: a guidance has scale(random, update)");
  static_assert(v != Verdict::bad_score,
                "dmdr: the score policy is incomplete: a score policy says needs_adapter and shares_base");
  static_assert(v != Verdict::bad_fake_objective,
                "dmdr: the fake objective is incomplete: a fake objective has elements<Kind>(...)");
  static_assert(v != Verdict::bad_advantage,
                "dmdr: the advantage is incomplete: an advantage has advantages(rewards, weights, groups)");
  static_assert(v != Verdict::bad_stages, "dmdr: the stage plan is incomplete: a stage plan has plan()");
  static_assert(v != Verdict::bad_turns,
                "dmdr: the turn rule is incomplete: a turn rule has generator_turn(iteration, ratio)");
  static_assert(v != Verdict::rl_without_reward,
                "dmdr: the RL algorithm needs a reward; add one, for example Hps21, or use NoRl");
  static_assert(v != Verdict::weight_without_reward,
                "dmdr: the sample weight needs a reward; add one, or use Unweighted");
  static_assert(v != Verdict::tilt_without_reward,
                "dmdr: the fake weight needs a reward; add one, or use UnweightedFake");
  static_assert(v != Verdict::not_differentiable,
                "dmdr: the RL algorithm needs a differentiable reward and this one is not: use Grpo, or add a "
                "differentiable reward");
  static_assert(v != Verdict::no_stochastic_step,
                "dmdr: the RL algorithm needs the log-probabilities of a stochastic sampler: use Renoise or Cps<eta> "
                "with eta > 0");
  static_assert(v != Verdict::one_step_rollout,
                "dmdr: the RL algorithm needs stochastic transitions, and PureNoise has one noiseless step: use "
                "SameStep with several steps");
  static_assert(v != Verdict::weight_without_split, "dmdr: AdvantageCa weights the CFG-augmentation term: add DmCa");
  static_assert(v != Verdict::ca_law_without_split,
                "dmdr: a renoise law of the CA term needs the split gradient: add DmCa");
  static_assert(v != Verdict::wrong_condition,
                "dmdr: the reward scores another kind of condition than the generator is given (text prompts against "
                "class labels)");
  static_assert(
      v != Verdict::sampler_needs_flow,
      "dmdr: the student sampler is defined for rectified flow only and the generator is not: use Renoise or Ddim");
  static_assert(v != Verdict::prediction_needs_flow,
                "dmdr: a Velocity prediction needs a rectified-flow path: use VpVelocity or Epsilon");
  static_assert(v != Verdict::no_adapter, "dmdr: DynaDg needs a generator with adapters: use SeparateFake");
};

}  // namespace detail
}  // namespace dmdr
