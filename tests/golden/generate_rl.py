# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Reinforcement learning: ReFL's hinge, the margin reward, advantages, the clipped objective.

ReFL (ImageReward, arXiv 2304.05977; DMDR): a mean relu(m - r). Margin reward: z_c - logsumexp of the other logits.
Advantage: (r - mean_group) / (std + eps), clamped to +-5. std: of the group with eps 1e-8 or 1e-4 (population; `sample` = n - 1), or of
the whole batch of raw rewards with eps 1e-4. Several rewards: `sum_then_normalise` adds the rewards first; `normalise_then_sum` adds the
advantages (before the clamp) and subtracts the group means and divides by the batch std once more. A group without variance
has A = 0, also under the whole-batch std.
Clipped objective (PPO; Flow-GRPO, arXiv 2505.05470): mean max(-A rho, -A clip(rho, 1 - c, 1 + c)), rho = exp(logp - logp_old).
"""
import numpy as np
import torch

from golden import Golden, normal


def centred(rewards, groups):
    result = rewards.copy()
    for group in np.unique(groups):
        result[groups == group] -= rewards[groups == group].mean()
    return result


def group_advantage(rewards, groups, epsilon, freedom=0):
    result = centred(rewards, groups)
    for group in np.unique(groups):
        member = groups == group
        flat = member.sum() < 2 or np.ptp(rewards[member]) == 0
        result[member] = 0 if flat else result[member] / (rewards[member].std(ddof=freedom) + epsilon)
    return result


def batch_advantage(rewards, groups, epsilon=1e-4):
    result = centred(rewards, groups) / (rewards.std() + epsilon)
    for group in np.unique(groups):
        if np.ptp(rewards[groups == group]) == 0:
            result[groups == group] = 0
    return result


def build():
    out = Golden("rl")
    # ReFL
    reward = torch.tensor(np.append(normal(71, 7) * 0.4 + 0.6, [0.7]), requires_grad=True)
    loss = 0.5 * torch.relu(0.7 - reward).mean()
    loss.backward()
    out.add("refl.reward", reward, "rewards; the last equals the margin")
    out.add("refl.loss", loss, "margin .7, weight .5")
    out.add("refl.grad_reward", reward.grad, "its gradient with respect to the rewards")

    logits = torch.tensor(normal(72, 6, 10) * 4, requires_grad=True)
    label = torch.tensor([0, 3, 9, 5, 5, 1])
    others = logits.masked_fill(torch.nn.functional.one_hot(label, 10).bool(), float("-inf"))
    margin = logits.gather(1, label[:, None])[:, 0] - torch.logsumexp(others, 1)
    seed = torch.tensor(normal(73, 6))
    (seed * margin).sum().backward()
    out.add("margin.logits", logits, "logits of a classifier")
    out.add("margin.label", label, "class of each sample")
    out.add("margin.seed", seed, "weights of the sum that is differentiated")
    out.add("margin.reward", margin, "margin reward")
    out.add("margin.grad_logits", logits.grad, "gradient of sum_i seed_i margin_i with respect to the logits")

    # advantages
    groups = out.add("advantage.groups", np.repeat([0, 1, 2, 3], 12), "group of each sample")
    first = normal(74, 48) + np.repeat([0.0, 1.0, -2.0, 3.0], 12)
    first[24:36] = 0.25
    first[0] = 40.0
    second = normal(75, 48) * 3
    out.add("advantage.first", first, "first reward; group 2 has no variance, sample 0 is an outlier that the clamp cuts")
    out.add("advantage.second", second, "second reward")
    clip = lambda a: np.clip(a, -5, 5)  # noqa: E731
    out.add("advantage.group_std_1e-8", clip(group_advantage(first, groups, 1e-8)), "group std, population, eps 1e-8")
    out.add("advantage.group_std_1e-4", clip(group_advantage(first, groups, 1e-4)), "group std, population, eps 1e-4")
    out.add("advantage.group_std_sample", clip(group_advantage(first, groups, 1e-8, 1)), "group std, sample (n - 1), eps 1e-8")
    out.add("advantage.batch_std", clip(batch_advantage(first, groups)), "whole-batch std, eps 1e-4")
    out.add("advantage.sum_then_normalise", clip(batch_advantage(first + second, groups)), "of first + second, whole-batch std")
    summed = batch_advantage(first, groups) + batch_advantage(second, groups)
    out.add("advantage.normalise_then_sum", clip(batch_advantage(summed, groups)), "sum of both advantages, normalised once more")

    # clipped objective
    advantage = np.append(normal(76, 6) * 2, [0.0, 5.0])
    old = normal(77, 8) - 1
    ratio = np.array([1.0, 1.05, 0.95, 1.5, 0.6, 1.3, 1.1, 0.7])
    out.add("grpo.advantage", advantage, "advantages")
    out.add("grpo.logp_old", old, "log-probabilities under the old policy")
    now = out.add("grpo.logp", old + np.log(ratio), "log-probabilities under the trained policy")
    for c, name in ((0.2, "02"), (1e-4, "00001")):
        logp = torch.tensor(now, requires_grad=True)
        rho = torch.exp(logp - torch.tensor(old))
        a = torch.tensor(advantage)
        loss = torch.maximum(-a * rho, -a * torch.clamp(rho, 1 - c, 1 + c)).mean()
        loss.backward()
        out.add(f"grpo.clip{name}.loss", loss, f"clipped objective, c = {c}")
        out.add(f"grpo.clip{name}.grad_logp", logp.grad, "its gradient with respect to logp")
    logp = torch.tensor(old, requires_grad=True)
    loss = torch.maximum(-a * torch.exp(logp - torch.tensor(old)), -a * torch.clamp(torch.exp(logp - torch.tensor(old)), 0.8, 1.2)).mean()
    loss.backward()
    out.add("grpo.on_policy.loss", loss, "clipped objective at logp = logp_old, c = .2")
    out.add("grpo.on_policy.grad_logp", logp.grad, "its gradient: -A / B")
    return out
