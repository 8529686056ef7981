# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Distribution matching: direction, normaliser, injected loss, and the splits and groups of it.

x_t = (1 - t) x0 + t eps; x0_fake = x_t - t v_fake; x0_real = x_t - t (v_uncond + w (v_cond - v_uncond)).
Direction (DMD, arXiv 2311.18828; DMDR): g = (x0_fake - x0_real) / (mean|x0 - x0_real| + 1e-8), mean over the elements of a sample.
Loss: mean_i w_i / 2 mean (x0_i - stop_gradient(x0_i - g_i))^2, mean over elements then samples; gradients by autograd.
Decoupled-DMD (arXiv 2511.22677): DM = x0_fake - x0_real,cond at t1, CA = -(w - 1)(x0_real,cond - x0_real,uncond) at t2; the
normaliser is that of the guided teacher at t1 in both forms.
GNDM (arXiv 2603.28460), tensor form over M draws of one x0: g = mean_m Delta_m / (mean_m mean|x0 - x0_real,m| + 1e-6).
Fake objective: mean of (v_fake - (eps - x0))^2, and the same with a weight per sample: mean_i u_i mean_elements.
"""
import torch

from golden import Golden, normal

W = 2.5


def inject(x0, g, weight=None):
    """The loss whose gradient on x0 is w_i g_i / numel, and that gradient by autograd."""
    leaf = x0.clone().requires_grad_(True)
    rows = 0.5 * ((leaf - (leaf - g).detach()) ** 2).flatten(1).mean(1)
    loss = (rows if weight is None else rows * weight).mean()
    loss.backward()
    return loss, leaf.grad


def column(t):
    return t.view(-1, 1, 1, 1)


def scale_of(x0, x0_real, epsilon=1e-8):
    return (x0 - x0_real).abs().flatten(1).mean(1) + epsilon


def add_injected(out, name, x0, g, what, weight=None):
    loss, gradient = inject(x0, g, weight)
    out.add(f"{name}.g", g, f"direction, {what}")
    out.add(f"{name}.loss", loss, f"injected loss, {what}")
    out.add(f"{name}.grad_x0", gradient, f"its gradient with respect to x0, {what}")


def build():
    out = Golden("losses")
    shape = (3, 2, 2, 2)
    x0, eps, v_cond, v_uncond, v_fake, eps2, v_cond2, v_uncond2 = (torch.tensor(normal(seed, *shape)) for seed in range(41, 49))
    t = torch.tensor([0.1, 0.55, 0.97], dtype=torch.float64)
    t2 = torch.tensor([0.3, 0.2, 0.7], dtype=torch.float64)
    weight = torch.tensor([0.25, 1.5, 1.25], dtype=torch.float64)
    for key, value, meaning in (
            ("x0", x0, "output of the generator"), ("eps", eps, "noise"), ("t", t, "renoising time of each sample"),
            ("v_cond", v_cond, "teacher's velocity with the condition"), ("v_uncond", v_uncond, "teacher's velocity without it"),
            ("v_fake", v_fake, "velocity of the fake score"), ("w", W, "guidance scale"), ("weight", weight, "weight of each sample"),
            ("t2", t2, "time of the CA term"), ("v_cond2", v_cond2, "teacher's velocity with the condition at t2"),
            ("v_uncond2", v_uncond2, "teacher's velocity without it at t2")):
        out.add(key, value, meaning)
    x_t = (1 - column(t)) * x0 + column(t) * eps
    guided = v_uncond + W * (v_cond - v_uncond)
    x0_fake, x0_real = x_t - column(t) * v_fake, x_t - column(t) * guided
    x0_cond, x0_uncond = x_t - column(t) * v_cond, x_t - column(t) * v_uncond
    n = scale_of(x0, x0_real)
    out.add("x_t", x_t, "renoised output")
    out.add("v_guided", guided, "teacher's guided velocity")
    out.add("x0_fake", x0_fake, "clean sample of the fake score")
    out.add("x0_real", x0_real, "clean sample of the guided teacher")
    out.add("normaliser", n, "mean|x0 - x0_real| + 1e-8 of each sample")
    g = (x0_fake - x0_real) / column(n)
    add_injected(out, "dmd", x0, g, "normalised per sample")
    add_injected(out, "dmd_weighted", x0, g, "normalised per sample, the loss weighted by `weight`", weight)
    add_injected(out, "dmd_plain", x0, x0_fake - x0_real, "not normalised")

    dm, ca = x0_fake - x0_cond, -(W - 1) * (x0_cond - x0_uncond)
    out.add("split.dm", dm, "DM term at t")
    out.add("split.ca", ca, "CA term at t; DM + CA equals the guided difference")
    assert (dm + ca - (x0_fake - x0_real)).abs().max() < 1e-12
    x_t2 = (1 - column(t2)) * x0 + column(t2) * eps2
    out.add("eps2", eps2, "noise of the CA term")
    out.add("x_t2", x_t2, "output renoised to t2")
    ca2 = -(W - 1) * ((x_t2 - column(t2) * v_cond2) - (x_t2 - column(t2) * v_uncond2))
    out.add("split.ca2", ca2, "CA term at t2")
    add_injected(out, "decoupled", x0, (dm + ca2) / column(n), "DM at t, CA at t2")
    add_injected(out, "advantage_ca", x0, (dm + column(weight) * ca2) / column(n), "DM at t, CA at t2 times `weight`")

    draws = 4
    fakes = x0 + 0.3 * torch.tensor(normal(51, draws, *shape))
    reals = x0 + 0.5 * torch.tensor(normal(52, draws, *shape))
    out.add("gndm.x0_fake", fakes, "clean samples of the fake score, one per draw [M, B, ...]")
    out.add("gndm.x0_real", reals, "clean samples of the teacher, one per draw [M, B, ...]")
    scale = (x0 - reals).abs().flatten(2).mean(2).mean(0) + 1e-6
    out.add("gndm.normaliser", scale, "mean over draws of mean|x0 - x0_real|, + 1e-6, of each sample")
    add_injected(out, "gndm", x0, (fakes - reals).mean(0) / column(scale), "mean over the draws of each sample")
    prompt_scale = (x0 - reals[0]).abs().flatten(1).mean(1).mean() + 1e-6
    out.add("gndm_prompt.normaliser", prompt_scale, "mean over the samples of mean|x0 - x0_real|, + 1e-6; draw 0, all samples one group")
    add_injected(out, "gndm_prompt", x0, (fakes[0] - reals[0]) / prompt_scale, "draw 0, scale shared by the group of all samples")

    for name, u in (("flow_matching", None), ("flow_matching_weighted", weight)):
        leaf = v_fake.clone().requires_grad_(True)
        rows = ((leaf - (eps - x0)) ** 2).flatten(1).mean(1)
        loss = rows.mean() if u is None else (rows * u).mean()
        loss.backward()
        out.add(f"{name}.loss", loss, "fake objective" + ("" if u is None else " weighted by `weight`"))
        out.add(f"{name}.grad_v", leaf.grad, "its gradient with respect to v_fake")
    return out
