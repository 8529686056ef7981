# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Grids, paths, conversions, Euler and DDIM steps.

Rectified flow: x_t = (1 - t) x0 + t eps, v = eps - x0, 1 = noise. Shift: sigma(u) = k u / (1 + (k - 1) u).
VP: x_t = alpha x0 + sigma eps with alpha = sqrt(abar), sigma = sqrt(1 - abar).
diffusers computes its sigmas and abar tables in float32; they are stored here as the float64 of those float32 numbers, and the DDIM
steps are made in float64 from that table. Samples and
predictions are numbers that float32 holds exactly, so that diffusers' internal casts lose nothing.
"""
import numpy as np
import torch
from diffusers import DDIMScheduler, DDPMScheduler, FlowMatchEulerDiscreteScheduler

from golden import Golden, normal, uniform


def exact_float32(array):
    return torch.tensor(array).float().double()


def grids(out):
    for shift in (1, 3, 5):
        for steps in (1, 2, 4, 8):
            u = np.linspace(1, 1 / steps, steps)
            key = f"grid.shift{shift}.steps{steps}"
            exact = np.append(shift * u / (1 + (shift - 1) * u), 0.0)
            out.add(key, exact, f"shifted grid of {steps} step(s) and the final 0, float64")
            scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=float(shift))
            scheduler.set_timesteps(sigmas=u.tolist())
            theirs = out.add(f"{key}.diffusers", scheduler.sigmas.double(), "the same from FlowMatchEulerDiscreteScheduler, float32")
            assert np.abs(theirs - exact).max() < 1e-6
    u = np.linspace(1, 0.001, 5)[:4]
    out.add("grid.shift3.steps4.ends_at_001", 3 * u / (1 + 2 * u), "first four points of the grid that falls linearly to .001, then shift 3")


def flow(out):
    x0, eps = torch.tensor(normal(21, 3, 2, 4)), torch.tensor(normal(22, 3, 2, 4))
    t = torch.tensor([0.25, 0.5, 0.9], dtype=torch.float64)
    column = t.view(-1, 1, 1)
    out.add("flow.x0", x0, "clean samples")
    out.add("flow.eps", eps, "noise")
    out.add("flow.t", t, "time of each sample, 1 = noise")
    x_t = (1 - column) * x0 + column * eps
    out.add("flow.x_t", x_t, "noised samples")
    out.add("flow.v", eps - x0, "velocity")
    out.add("flow.score", -eps / column, "score of the Gaussian q(x_t | x0)")

    scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=3.0)
    scheduler.set_timesteps(sigmas=[1.0, 0.75, 0.5, 0.25])
    x = exact_float32(normal(23, 2, 2, 4))
    v = exact_float32(normal(24, 4, 2, 2, 4))
    out.add("euler.start", x, "state before the first step")
    out.add("euler.v", v, "velocity that the network returns at each of the four steps")
    out.add("euler.sigmas", scheduler.sigmas.double(), "grid used")
    for i, timestep in enumerate(scheduler.timesteps):
        before = exact_float32(x.numpy())
        after = scheduler.step(v[i], timestep, before, return_dict=False)[0]
        out.add(f"euler.step{i}.before", before, "state before the step, rounded to float32")
        x = after.double()
        out.add(f"euler.step{i}.after", x, "state after FlowMatchEulerDiscreteScheduler.step")


def vp(out):
    settings = dict(num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    ddpm = DDPMScheduler(**settings)
    betas = np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
    out.add("vp.abar", np.cumprod(1 - betas), "cumulative product of 1 - beta, scaled-linear .00085 to .012, float64")
    out.add("vp.abar.diffusers", ddpm.alphas_cumprod.double(), "the same table of DDPMScheduler, float32")
    linear = DDPMScheduler(num_train_timesteps=1000, beta_start=0.0001, beta_end=0.02, beta_schedule="linear")
    out.add("vp.abar_linear", np.cumprod(1 - np.linspace(0.0001, 0.02, 1000)), "the same for linear betas .0001 to .02, float64")
    out.add("vp.abar_linear.diffusers", linear.alphas_cumprod.double(), "the same table of DDPMScheduler, float32")

    x0, eps = exact_float32(normal(25, 3, 2, 4)), exact_float32(normal(26, 3, 2, 4))
    index = torch.tensor([20, 499, 980])
    abar = ddpm.alphas_cumprod[index].double()
    out.add("vp.x0", x0, "clean samples")
    out.add("vp.eps", eps, "noise")
    out.add("vp.index", index, "index of the noise level of each sample")
    out.add("vp.sample_abar", abar, "abar at those indices")
    x_t = out.add("vp.x_t", ddpm.add_noise(x0, eps, index), "noised samples from DDPMScheduler.add_noise")
    out.add("vp.v", ddpm.get_velocity(x0, eps, index), "v-prediction target from DDPMScheduler.get_velocity")
    sigma = torch.sqrt(1 - abar).view(-1, 1, 1)
    out.add("vp.score", -eps / sigma, "score of the Gaussian q(x_t | x0)")
    assert np.abs(x_t - (abar.sqrt().view(-1, 1, 1) * x0 + sigma * eps).numpy()).max() < 1e-12

    for kind in ("epsilon", "v_prediction", "sample"):
        ddim = DDIMScheduler(**settings, clip_sample=False, set_alpha_to_one=True, prediction_type=kind, steps_offset=0)
        ddim.alphas_cumprod = ddim.alphas_cumprod.double()  # its roots in float32 differ between machines by 4e-7
        ddim.set_timesteps(4)
        prediction = exact_float32(normal(27, 2, 2, 4))
        x = exact_float32(normal(28, 2, 2, 4))
        noise = exact_float32(normal(29, 2, 2, 4))
        now = int(ddim.timesteps[1])
        then = now - 250
        if kind == "epsilon":
            out.add("ddim.prediction", prediction, "what the network returned, read as the kind in the key")
            out.add("ddim.x", x, "state before the step")
            out.add("ddim.noise", noise, "fresh noise of the stochastic step")
            out.add("ddim.abar", ddim.alphas_cumprod[now].double(), f"abar at index {now}")
            out.add("ddim.abar_next", ddim.alphas_cumprod[then].double(), f"abar at index {then}")
        for eta in (0.0, 0.5):
            after = ddim.step(prediction, now, x, eta=eta, variance_noise=noise if eta > 0 else None)
            name = f"ddim.{kind}.eta{int(eta * 10):02d}"
            out.add(f"{name}.after", after.prev_sample, f"state after DDIMScheduler.step, eta = {eta}")
            if eta == 0:
                out.add(f"{name}.x0", after.pred_original_sample, "clean sample that the step predicts")


def build():
    out = Golden("diffusion")
    grids(out)
    flow(out)
    vp(out)
    return out
