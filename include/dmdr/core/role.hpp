// SPDX-FileCopyrightText: 2026 the dmdr authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dmdr::role {

// What a policy is for. A policy says `using role = role::x;`; a foreign type is given one by specialising `role_of`.

struct generator {};            ///< the few-step generator's architecture, path and condition
struct reward {};               ///< what images are scored by
struct rl {};                   ///< how the reward moves the generator
struct sample_weight {};        ///< weight of each sample in the DMD gradient
struct fake_weight {};          ///< weight of each sample in the fake score's loss
struct divergence {};           ///< h of the f-divergence family
struct split {};                ///< one DMD term, or distribution matching and CFG augmentation apart
struct normaliser {};           ///< scale of the DMD gradient
struct interval {};             ///< whole range, or a part of it
struct sampler {};              ///< transition of the student's rollout
struct backward_simulation {};  ///< which state of the rollout receives the gradient
struct renoise {};              ///< law of the renoising time where no slot says otherwise
struct renoise_dm {};           ///< ... of the distribution-matching term
struct renoise_ca {};           ///< ... of the CFG-augmentation term
struct renoise_fake {};         ///< ... of the fake score's training
struct guidance {};             ///< classifier-free guidance of the real score
struct score {};                ///< which networks estimate the real and the fake score
struct fake_objective {};       ///< what the fake score is regressed on
struct advantage {};            ///< how rewards become advantages
struct stages {};               ///< default plan of the run
struct turns {};                ///< counting rule of generator and fake updates (TTUR)

}  // namespace dmdr::role

namespace dmdr {

/// The role of a policy. Specialise for a type that is not yours.
template <class P>
struct role_of {
  using type = void;
};
template <class P>
requires requires { typename P::role; }
struct role_of<P> {
  using type = typename P::role;
};
template <class P>
using role_of_t = typename role_of<P>::type;

}  // namespace dmdr
