// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <type_traits>

#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/gen_eval.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/train/methods.hpp>

// What composes, what does not and why, and what a composition holds.

using namespace dmdr;

namespace {

template <class R, class Policy>
constexpr bool sampler_is = std::is_same_v<typename R::Sampler, Policy>;
template <class A, class B>
constexpr bool same_recipe = std::is_same_v<canonical_t<A>, canonical_t<B>>;

// ---- the line of the design's first page ---------------------------------------------------------------------------------------

// snippet begin: first_page
using FirstPage = Dmdr<Sd3Medium, Hps21, ReFL, RtDm>;
using Reordered = Dmdr<RtDm, Hps21, ReFL, Sd3Medium>;
static_assert(std::is_same_v<canonical_t<FirstPage>, canonical_t<Reordered>>);
static_assert(Composable<Sd3Medium, Hps21, ReFL, RtDm>);
static_assert(!Composable<Sd3Medium, GenEval, ReFL, RtDm>);  // GenEval has no gradient
// snippet end: first_page
static_assert(std::is_same_v<FirstPage::Generator, Sd3Medium>);
static_assert(std::is_same_v<FirstPage::Reward, Hps21>);
static_assert(std::is_same_v<FirstPage::Rl, ReFL>);
static_assert(std::is_same_v<FirstPage::SampleWeight, RtDm>);
static_assert(FirstPage::rewarded);

// ---- any order -----------------------------------------------------------------------------------------------------------------

static_assert(same_recipe<FirstPage, Dmdr<RtDm, ReFL, Hps21, Sd3Medium>>);
static_assert(same_recipe<FirstPage, Dmdr<ReFL, Sd3Medium, RtDm, Hps21>>);
static_assert(same_recipe<FirstPage, Dmdr<Hps21, RtDm, Sd3Medium, ReFL>>);
static_assert(!same_recipe<FirstPage, Dmdr<Sd3Medium, Hps21, ReFL>>);
static_assert(!same_recipe<FirstPage, Dmdr<Sd3Medium, Hps21, Grpo, RtDm>>);
static_assert(std::is_base_of_v<canonical_t<FirstPage>, FirstPage>);
static_assert(sizeof(FirstPage) == sizeof(canonical_t<FirstPage>), "a recipe adds nothing to its settings");
static_assert(same_recipe<Dmdr<ClassMlp, Joint<2>, ForDm<Uniform>, ForFake<UniformClamp<>>>,
                          Dmdr<ForFake<UniformClamp<>>, ClassMlp, ForDm<Uniform>, Joint<2>>>);

// ---- defaults, the choices of DMDR ---------------------------------------------------------------------------------------------

using Plain = Dmdr<ClassMlp>;
static_assert(Composable<ClassMlp>);
static_assert(!Plain::rewarded);
static_assert(std::is_same_v<Plain::Reward, NoReward>);
static_assert(std::is_same_v<Plain::Rl, NoRl>);
static_assert(std::is_same_v<Plain::SampleWeight, Unweighted>);
static_assert(std::is_same_v<Plain::FakeWeight, UnweightedFake>);
static_assert(std::is_same_v<Plain::Split, Joint<>>);
static_assert(std::is_same_v<decltype(Plain::normaliser), PerSampleL1<>>);
static_assert(sampler_is<Plain, Renoise>);
static_assert(std::is_same_v<Plain::Simulation, SameStep>);
static_assert(std::is_same_v<decltype(Plain::renoise_dm), BetaAnneal<>>);
static_assert(std::is_same_v<decltype(Plain::renoise_ca), SharedWithDm>);
static_assert(std::is_same_v<decltype(Plain::renoise_fake), BetaAnneal<>>);
static_assert(std::is_same_v<decltype(Plain::guidance), NoCfg>);
static_assert(std::is_same_v<Plain::Score, DynaDg<>>);
static_assert(std::is_same_v<Plain::FakeObjective, FlowMatching>);
static_assert(std::is_same_v<decltype(Plain::advantage), BatchStd>);
static_assert(std::is_same_v<decltype(Plain::stages), PaperStages>);
static_assert(std::is_same_v<decltype(Plain::turns), DmdrTurns>);

// A named default is the default.
static_assert(same_recipe<Plain, Dmdr<ClassMlp, NoReward, NoRl, Unweighted, Joint<>, SameStep, DynaDg<>>>);

// A bare renoise law serves DM and fake score; a slot's own law goes first.
using Laws = Dmdr<ClassMlp, Uniform, ForFake<LogitNormal<>>>;
static_assert(std::is_same_v<decltype(Laws::renoise_dm), Uniform>);
static_assert(std::is_same_v<decltype(Laws::renoise_fake), ForFake<LogitNormal<>>>);

}  // namespace
