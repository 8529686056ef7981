# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Sample weights from rewards: RT-DM in every form, and RewardTilt on the fake objective.

`groups` gives each sample's prompt or class; `all` takes the batch as one group.
ExpSelfNormalised: exp(r / beta) over its mean in the group, then at most w_max = 10 (no second normalisation).
ExpUnnormalised: exp(beta r). ExpEmaZ: exp(r / beta) / Z, where Z starts at the first batch's mean of exp(r / beta) and then follows
Z <- c Z + (1 - c) mean exp(r / beta) before it is used, c = .9. RawScore: r. SoftplusAffine: log(1 + exp(a r + b)), a = 1.5, b = .2.
OnePlusAdvantage: max(0, 1 + A), A = (r - mean_group) / (std_group + 1e-4), population std.
RewardTilt: u = exp(clamp(-(r - mean_group) / beta, -6, 6)), over its mean in the group, then at most 10.
"""
import numpy as np

from golden import Golden, normal


def by_group(groups, function, rewards):
    result = np.zeros_like(rewards)
    for group in np.unique(groups):
        member = groups == group
        result[member] = function(rewards[member])
    return result


def self_normalised(beta):
    def weights(r):
        e = np.exp((r - r.max()) / beta)
        return np.minimum(e / e.mean(), 10.0)
    return weights


def tilt(beta):
    def weights(r):
        u = np.exp(np.clip(-(r - r.mean()) / beta, -6.0, 6.0))
        return np.minimum(u / u.mean(), 10.0)
    return weights


def one_plus_advantage(r):
    return np.maximum(0.0, 1.0 + (r - r.mean()) / (r.std() + 1e-4))


def build():
    out = Golden("weights")
    rewards = out.add("rewards", normal(61, 24) * 1.5 + 2, "reward of each sample")
    second = out.add("rewards_second", normal(62, 24) * 1.5 + 2.5, "rewards of the following batch, for ExpEmaZ")
    groups = out.add("groups", np.array([0, 1, 2, 3] * 5 + [4, 5, 5, 5]), "group of each sample; group 4 has one member")
    spread = out.add("rewards_spread", np.append(normal(63, 22), [15.0, -15.0]), "rewards with outliers, so that clamp and cap act")
    everyone = np.zeros(24, dtype=int)
    for scope, index in (("all", everyone), ("groups", groups)):
        for beta, name in ((0.5, "050"), (1.0, "100"), (2.0, "200")):
            out.add(f"exp_self_normalised.{scope}.beta{name}", by_group(index, self_normalised(beta), rewards), f"ExpSelfNormalised, beta = {beta}")
            out.add(f"reward_tilt.{scope}.beta{name}", by_group(index, tilt(beta), rewards), f"RewardTilt, beta = {beta}")
        out.add(f"exp_self_normalised.{scope}.spread", by_group(index, self_normalised(1.0), spread), "ExpSelfNormalised of rewards_spread, beta = 1")
        out.add(f"reward_tilt.{scope}.spread", by_group(index, tilt(1.0), spread), "RewardTilt of rewards_spread, beta = 1")
        out.add(f"one_plus_advantage.{scope}", by_group(index, one_plus_advantage, rewards), "OnePlusAdvantage")
    out.add("exp_unnormalised.beta050", np.exp(0.5 * rewards), "ExpUnnormalised, exp(.5 r)")
    z = np.exp(rewards / 2.0).mean()
    out.add("exp_ema_z.beta200.first", np.exp(rewards / 2.0) / z, "ExpEmaZ of the first batch, beta = 2")
    z = 0.9 * z + 0.1 * np.exp(second / 2.0).mean()
    out.add("exp_ema_z.beta200.second", np.exp(second / 2.0) / z, "ExpEmaZ of the second batch, beta = 2, c = .9")
    out.add("raw_score", rewards, "RawScore")
    out.add("softplus_affine", np.logaddexp(0.0, 1.5 * rewards + 0.2), "SoftplusAffine, a = 1.5, b = .2")
    return out
