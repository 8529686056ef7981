// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/divergence/weight/rt_dm.hpp>
#include <dmdr/rl/advantage_ca.hpp>
#include <dmdr/rl/grpo.hpp>
#include <dmdr/rl/refl.hpp>
#include <dmdr/train/recipe.hpp>

namespace dmdr {

// The named methods are compositions, nothing more. Each takes the generator, and further policies in any order.

/// DMD2 (2405.14867) without its discriminator: separate fake score, plain states, times in 2..98 %, no epsilon.
template <class Generator, class... Ps>
using Dmd2 = Dmdr<Generator, PrevStep, UniformClamp<>, ForFake<Uniform>, SeparateFake, PerSampleL1<0>, Dmd2Turns,
                  SingleStage, Ps...>;

/// DMDR, revised text (2511.13649): stage 1 RT-DM with DynaDG and DynaRS, stage 2 joint.
template <class Generator, class Reward, class Rl = ReFL, class... Ps>
using DmdrPaper = Dmdr<Generator, Reward, Rl, RtDm, BetaAnneal<4, 1.5, 1500>, DynaDg<2, .5, 1500>, PaperStages, Ps...>;

/// DMDR, first version: DMD in stage 1, both dynamics over its 2000 updates.
template <class Generator, class Reward, class Rl = ReFL, class... Ps>
using DmdrV1 = Dmdr<Generator, Reward, Rl, BetaAnneal<4, 1.5, 2000>, DynaDg<2, .5, 2000>, V1Stages, Ps...>;

/// DMDR with a policy-type algorithm: the DMD loss takes the place of GRPO's KL term.
template <class Generator, class Reward, class... Ps>
using DmdrGrpo = Dmdr<Generator, Reward, Grpo, Ps...>;

/// GNDM (2603.28460), tensor form: four renoise draws of one image, one scale for a group and its draws. The paper's equations were not
/// recovered; this is our reading.
template <class Generator, class... Ps>
using Gndm = Dmdr<Generator, Joint<4>, GroupL1<>, UniformClamp<>, SeparateFake, SingleStage, Ps...>;

/// Decoupled-DMD (2511.22677), hybrid schedule: distribution matching over all times, CFG augmentation at levels below the input's.
template <class Generator, class... Ps>
using DecoupledDmd = Dmdr<Generator, DmCa, ForDm<Uniform>, ForCa<BelowInput>, ForFake<Uniform>, PrevStep, SeparateFake,
                          SingleStage, Ps...>;

}  // namespace dmdr
