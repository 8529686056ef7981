// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/gen_eval.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/train/methods.hpp>

// The table of every rule of composition: a list that breaks it, and the nearest lists that do not.

using namespace dmdr;

namespace {

template <Verdict V, class... Ps>
constexpr bool refused = verdict_v<Ps...> == V && !Composable<Ps...>;

/// Predicts noise on a variance-preserving path, without adapters: what rectified-flow policies must refuse.
struct Ddpm {
  using role = role::generator;
  using Path = VpDdpm;
  using Prediction = Epsilon;
  using Condition = TextPrompts;
  using Space = LatentSpace;
  static constexpr bool adapters = false;
  static constexpr const char* name = "Ddpm";
  [[nodiscard]] std::vector<std::int64_t> sample_shape() const { return {4, 64, 64}; }
  [[nodiscard]] VpDdpm path() const { return VpDdpm(); }
};
struct VelocityOnVp : Ddpm {
  using Prediction = Velocity;
};
struct NoRole {};
/// Of another library: its role is given from outside.
struct ForeignWeight {
  using State = NoState;
  static constexpr bool needs_reward = false;
  [[nodiscard]] SampleWeights weights(const WeightContext&, State&) const { return {}; }
};
struct HalfWeight {
  using role = role::sample_weight;
};

}  // namespace

template <>
struct dmdr::role_of<ForeignWeight> {
  using type = dmdr::role::sample_weight;
};

namespace {

using G = ClassMlp;
using R = ClassMargin;

// ---- the kinds of arguments ----------------------------------------------------------------------------------------------------

static_assert(refused<Verdict::function_type, Sd3Medium()>);
static_assert(refused<Verdict::not_a_policy, G, NoRole>);
static_assert(refused<Verdict::not_a_policy, G, int>);
static_assert(refused<Verdict::no_generator>);
static_assert(refused<Verdict::no_generator, R, ReFL>);
static_assert(Composable<G, ForeignWeight>);
static_assert(std::is_same_v<Dmdr<ForeignWeight, G>::SampleWeight, ForeignWeight>);

// ---- one policy a role ---------------------------------------------------------------------------------------------------------

static_assert(refused<Verdict::two_generator, G, Sd3Medium>);
static_assert(refused<Verdict::two_generator, G, G>);
static_assert(refused<Verdict::two_reward, Sd3Medium, Hps21, GenEval>);
static_assert(refused<Verdict::two_rl, G, R, ReFL, Grpo>);
static_assert(refused<Verdict::two_sample_weight, G, R, RtDm, Unweighted>);
static_assert(refused<Verdict::two_fake_weight, G, R, RewardTilt<>, UnweightedFake>);
static_assert(refused<Verdict::two_split, G, Joint<2>, DmCa>);
static_assert(refused<Verdict::two_normaliser, G, PerSampleL1<>, BatchL1<>>);
static_assert(refused<Verdict::two_sampler, G, Renoise, Cps<>>);
static_assert(refused<Verdict::two_backward_simulation, G, SameStep, PrevStep>);
static_assert(refused<Verdict::two_renoise, G, Uniform, BetaAnneal<>>);
static_assert(refused<Verdict::two_renoise_dm, G, ForDm<Uniform>, ForDm<BetaAnneal<>>>);
static_assert(refused<Verdict::two_renoise_ca, G, DmCa, ForCa<Uniform>, ForCa<BelowInput>>);
static_assert(refused<Verdict::two_renoise_fake, G, ForFake<Uniform>, ForFake<BetaAnneal<>>>);
static_assert(refused<Verdict::two_guidance, G, Cfg<>, CfgUniform<>>);
static_assert(refused<Verdict::two_score, G, DynaDg<>, SeparateFake>);
static_assert(refused<Verdict::two_fake_objective, G, FlowMatching, EpsMse>);
static_assert(refused<Verdict::two_advantage, G, BatchStd, GroupStd>);
static_assert(refused<Verdict::two_stages, G, PaperStages, V1Stages>);
static_assert(refused<Verdict::two_turns, G, DmdrTurns, Dmd2Turns>);
static_assert(Composable<G, Uniform, ForDm<Uniform>, ForFake<Uniform>>, "three slots are three roles");

// ---- a policy that is not whole ------------------------------------------------------------------------------------------------

static_assert(refused<Verdict::bad_sample_weight, G, HalfWeight>);

// ---- rules across roles --------------------------------------------------------------------------------------------------------

static_assert(refused<Verdict::rl_without_reward, G, ReFL>);
static_assert(refused<Verdict::rl_without_reward, G, Grpo>);
static_assert(refused<Verdict::rl_without_reward, G, NoReward, ReFL>);
static_assert(Composable<G, NoRl>);
static_assert(refused<Verdict::weight_without_reward, G, RtDm>);
static_assert(Composable<G, R, RtDm>);
static_assert(refused<Verdict::tilt_without_reward, G, RewardTilt<>>);
static_assert(Composable<G, R, RewardTilt<>>);

static_assert(refused<Verdict::not_differentiable, Sd3Medium, GenEval, ReFL>);
static_assert(Composable<Sd3Medium, GenEval, Grpo>);
static_assert(refused<Verdict::not_differentiable, Sd3Medium, Sum<Term<Hps21>, Term<GenEval>>, ReFL>,
              "one such term is enough");
static_assert(Composable<Sd3Medium, Sum<Term<Hps21>, Term<GenEval>>, Grpo>);
static_assert(Composable<Sd3Medium, Sum<Term<Hps21>, Term<Hps21>>, ReFL>);

static_assert(refused<Verdict::wrong_condition, G, Hps21, ReFL>);
static_assert(refused<Verdict::wrong_condition, Sd3Medium, ClassMargin>);
static_assert(refused<Verdict::wrong_condition, Sd3Medium, Sum<Term<Hps21>, Term<ClassMargin>>>,
              "in any term of a sum");

static_assert(refused<Verdict::no_stochastic_step, G, R, Grpo, OdeEuler>);
static_assert(refused<Verdict::no_stochastic_step, G, R, Grpo, Ddim>);
static_assert(refused<Verdict::no_stochastic_step, G, R, Grpo, Cps<0>>);
static_assert(refused<Verdict::no_stochastic_step, G, R, Grpo, FlowSde<0>>);
static_assert(Composable<G, R, Grpo, Cps<0.1>>);
static_assert(Composable<G, R, ReFL, OdeEuler>);
static_assert(refused<Verdict::one_step_rollout, G, R, Grpo, PureNoise>);
static_assert(Composable<G, R, ReFL, PureNoise>);

static_assert(refused<Verdict::weight_without_split, G, R, AdvantageCa>);
static_assert(Composable<G, R, AdvantageCa, DmCa>);
static_assert(refused<Verdict::ca_law_without_split, G, ForCa<Uniform>>);
static_assert(Composable<G, ForCa<Uniform>, DmCa>);

static_assert(refused<Verdict::sampler_needs_flow, Ddpm, SeparateFake, OdeEuler>);
static_assert(refused<Verdict::sampler_needs_flow, Ddpm, SeparateFake, Cps<>>);
static_assert(Composable<Ddpm, SeparateFake, Ddim>);
static_assert(Composable<Ddpm, SeparateFake, EpsMse>);
static_assert(refused<Verdict::prediction_needs_flow, VelocityOnVp, SeparateFake>);
static_assert(refused<Verdict::no_adapter, Ddpm>);
static_assert(refused<Verdict::no_adapter, Ddpm, DynaDg<>>);

}  // namespace
