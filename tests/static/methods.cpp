// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#include <type_traits>

#include <dmdr/model/class_mlp.hpp>
#include <dmdr/model/sd3.hpp>
#include <dmdr/reward/class_margin.hpp>
#include <dmdr/reward/hps.hpp>
#include <dmdr/train/methods.hpp>

// The named methods are compositions: which policies each has.

using namespace dmdr;

namespace {

template <class Member, class Policy>
constexpr bool is = std::is_same_v<Member, Policy>;

using DmdTwo = Dmd2<ClassMlp>;
static_assert(is<DmdTwo::Simulation, PrevStep> && is<DmdTwo::Score, SeparateFake> &&
              is<decltype(DmdTwo::renoise_dm), UniformClamp<>>);
static_assert(is<decltype(DmdTwo::renoise_fake), ForFake<Uniform>> && is<decltype(DmdTwo::normaliser), PerSampleL1<0>>);
static_assert(is<decltype(DmdTwo::turns), Dmd2Turns> && is<decltype(DmdTwo::stages), SingleStage> &&
              is<DmdTwo::Rl, NoRl>);
static_assert(is<Dmd2<ClassMlp, Cfg<8>, EpsMse>::FakeObjective, EpsMse>);

using Paper = DmdrPaper<Sd3Medium, Hps21>;
static_assert(is<Paper::Rl, ReFL> && is<Paper::SampleWeight, RtDm> && is<Paper::Score, DynaDg<2, .5, 1500>>);
static_assert(is<decltype(Paper::renoise_dm), BetaAnneal<4, 1.5, 1500>> && is<decltype(Paper::stages), PaperStages>);
static_assert(is<Paper::Simulation, SameStep> && is<Paper::Sampler, Renoise> && is<decltype(Paper::turns), DmdrTurns>);
static_assert(is<DmdrPaper<Sd3Medium, Hps21, Grpo>::Rl, Grpo>);

using First = DmdrV1<Sd3Medium, Hps21>;
static_assert(is<First::SampleWeight, Unweighted> && is<First::Score, DynaDg<2, .5, 2000>> &&
              is<decltype(First::stages), V1Stages>);
static_assert(is<decltype(First::renoise_dm), BetaAnneal<4, 1.5, 2000>> && is<First::Rl, ReFL>);

using WithGrpo = DmdrGrpo<ClassMlp, ClassMargin, Cps<>, GroupStd>;
static_assert(is<WithGrpo::Rl, Grpo> && is<WithGrpo::Sampler, Cps<.9>> && is<decltype(WithGrpo::advantage), GroupStd>);
static_assert(is<DmdrGrpo<ClassMlp, ClassMargin, FlowSde<>>::Sampler, FlowSde<.7>>);

using Groupwise = Gndm<ClassMlp>;
static_assert(is<Groupwise::Split, Joint<4>> && is<decltype(Groupwise::normaliser), GroupL1<>> &&
              is<Groupwise::Score, SeparateFake>);

using Decoupled = DecoupledDmd<ClassMlp, Cfg<4>>;
static_assert(is<Decoupled::Split, DmCa> && is<decltype(Decoupled::renoise_ca), ForCa<BelowInput>>);
static_assert(is<decltype(Decoupled::renoise_dm), ForDm<Uniform>> &&
              is<decltype(Decoupled::renoise_fake), ForFake<Uniform>>);
static_assert(is<Decoupled::Simulation, PrevStep> && is<decltype(Decoupled::guidance), Cfg<4>>);

// The defaults of the numbers are the papers'.
static_assert(Cps<>{}.eta == 0.9 && FlowSde<>{}.a == 0.7 && DynaDg<>{}.fake_scale == 2 &&
              DynaDg<>{}.real_scale0 == 0.5);
static_assert(PerSampleL1<>{}.eps == 1e-8 && PerSampleL1<0>{}.eps == 0 && BetaAnneal<>{}.a0 == 4 &&
              BetaAnneal<>{}.b0 == 1.5);

}  // namespace
