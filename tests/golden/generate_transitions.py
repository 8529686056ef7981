# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Stochastic transitions x -> x' of a velocity v from level sigma to sigma', their log-probabilities and gradients.

x0 = x - sigma v, eps = x + (1 - sigma) v. Gradients are by autograd of sum_i seed_i logp_i with x' held fixed.
Renoise: mean (1 - sigma') x0, std sigma'.
Cps (arXiv 2509.05952), theta = eta pi / 2: mean (1 - sigma') x0 + sigma' cos(theta) eps, std sigma' sin(theta).
FlowSde (Flow-GRPO, arXiv 2505.05470), dt = sigma' - sigma < 0, q = a sqrt(sigma / (1 - sigma)), at sigma = 1 the denominator is 1 - sigma':
mean x (1 + q^2 dt / (2 sigma)) + v (1 + q^2 (1 - sigma) / (2 sigma)) dt, std q sqrt(-dt).
`log_density` is the full Gaussian one, -(x' - mean)^2 / (2 std^2) - log std - log(2 pi) / 2, averaged over the elements of a sample.
`squared_error` is RTDMD's (arXiv 2605.26108): -(x' - mean)^2 averaged over the elements of a sample; it is no density.
`kl` is Flow-GRPO's (mean - mean_ref)^2 / (2 q^2) averaged over the elements of a sample, mean_ref from v_ref.
"""
import math

import torch

from golden import Golden, normal

A, ETA = 0.7, 0.9


def renoise(x, v, sigma, following):
    mean = (1 - following) * (x - sigma * v)
    return mean, following.expand_as(sigma)


def cps(x, v, sigma, following):
    theta = ETA * math.pi / 2
    x0, eps = x - sigma * v, x + (1 - sigma) * v
    return (1 - following) * x0 + following * math.cos(theta) * eps, following * math.sin(theta)


def diffusion_of(sigma, following):
    return A * torch.sqrt(sigma / (1 - torch.where(sigma == 1, following, sigma)))


def flow_sde(x, v, sigma, following):
    dt = following - sigma
    q2 = diffusion_of(sigma, following) ** 2
    mean = x * (1 + q2 * dt / (2 * sigma)) + v * (1 + q2 * (1 - sigma) / (2 * sigma)) * dt
    return mean, torch.sqrt(q2 * -dt)


def log_density(sample, mean, std):
    return (-(sample - mean) ** 2 / (2 * std**2) - torch.log(std) - 0.5 * math.log(2 * math.pi)).flatten(1).mean(1)


def squared_error(sample, mean, std):
    return -((sample - mean) ** 2).flatten(1).mean(1)


def build():
    out = Golden("transitions")
    x, v, v_old, z = (torch.tensor(normal(seed, 4, 2, 3)) for seed in (31, 32, 33, 34))
    v_old = v + 0.1 * v_old
    v_ref = v - 0.05 * z
    sigma = torch.tensor([1.0, 0.9, 0.75, 0.6], dtype=torch.float64)
    following = torch.tensor([0.9, 0.75, 0.5, 0.2], dtype=torch.float64)
    seed = torch.tensor([0.3, -1.0, 2.0, 0.7], dtype=torch.float64)
    out.add("x", x, "states before the transition")
    out.add("v", v, "velocities of the trained policy")
    out.add("v_old", v_old, "velocities of the policy that made the transition")
    out.add("v_ref", v_ref, "velocities of the reference policy")
    out.add("z", z, "standard normal noise")
    out.add("sigma", sigma, "levels before")
    out.add("sigma_next", following, "levels after")
    out.add("seed", seed, "weights of the samples in the sum that is differentiated")
    out.add("eta", ETA, "eta of Cps")
    out.add("a", A, "a of FlowSde")
    s, f = sigma.view(-1, 1, 1), following.view(-1, 1, 1)
    for name, transition in (("renoise", renoise), ("cps", cps), ("flow_sde", flow_sde)):
        mean_old, std = transition(x, v_old, s, f)
        sample = mean_old + std * z
        out.add(f"{name}.mean_old", mean_old, "mean under v_old")
        out.add(f"{name}.std", std.flatten(), "standard deviation of each sample")
        out.add(f"{name}.next", sample, "states after: mean_old + std z")
        kinds = {"log_density": log_density, "squared_error": squared_error}
        for kind, function in kinds.items():
            leaf = v.clone().requires_grad_(True)
            mean, std = transition(x, leaf, s, f)
            logp = function(sample, mean, std)
            (seed * logp).sum().backward()
            out.add(f"{name}.{kind}_old", function(sample, mean_old, std), "of `next` under v_old")
            out.add(f"{name}.{kind}", logp, "of `next` under v")
            out.add(f"{name}.{kind}.grad_v", leaf.grad, "gradient of sum_i seed_i times it, with respect to v")
        out.add(f"{name}.mean", transition(x, v, s, f)[0], "mean under v")
    leaf = v.clone().requires_grad_(True)
    mean, mean_ref = flow_sde(x, leaf, s, f)[0], flow_sde(x, v_ref, s, f)[0]
    kl = ((mean - mean_ref) ** 2 / (2 * diffusion_of(s, f) ** 2)).flatten(1).mean(1)
    (seed * kl).sum().backward()
    out.add("flow_sde.kl", kl, "Flow-GRPO's penalty towards v_ref")
    out.add("flow_sde.kl.grad_v", leaf.grad, "gradient of sum_i seed_i kl_i with respect to v")
    return out
