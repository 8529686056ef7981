// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dmdr/diffusion/backward_simulation.hpp>
#include <dmdr/diffusion/guidance.hpp>
#include <dmdr/diffusion/mixture.hpp>
#include <dmdr/diffusion/renoise.hpp>
#include <dmdr/diffusion/transition.hpp>
#include <dmdr/divergence/fake_objective.hpp>
#include <dmdr/divergence/fake_weight.hpp>
#include <dmdr/divergence/normaliser.hpp>
#include <dmdr/divergence/split.hpp>
#include <dmdr/divergence/weight/sample_weight.hpp>
#include <dmdr/model/denoiser.hpp>
#include <dmdr/reward/reward.hpp>
#include <dmdr/rl/advantage.hpp>
#include <dmdr/rl/algorithm.hpp>
#include <dmdr/train/stages.hpp>

namespace dmdr {

/// How the networks of the two scores are made; `ScoreNetworks<P, Net>` is specialised for each.
template <class P>
concept ScorePolicy = std::copyable<P> && std::same_as<role_of_t<P>, role::score> && requires {
  { P::needs_adapter } -> std::convertible_to<bool>;
  { P::shares_base } -> std::convertible_to<bool>;
};

}  // namespace dmdr
