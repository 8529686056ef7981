# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Three iterations of DMDR with a one-step and with a four-step student: DynaDG, DynaRS, CFG, ReFL, clipping, AdamW.

tests/golden/dmdr_step.py is the iteration, tests/golden/sit.py the network: depth 2, width 8, 2 heads, patch 2, latents 4 x 4 x 4,
5 classes and the null class 5, batch 4. Ratio 1: iteration 0 updates the adapter only, 1 and 2 the adapter and then the student (k = 0
and 1 generator updates before them).
rollout: x_0 = latent; x0_k = x - t_k v(x, t_k); x <- (1 - t_{k+1}) x0_k + t_{k+1} eps. Of each sample i: clean = x0 of its step j_i,
input = (1 - t_j) clean + t_j eps (the prediction made at t_j itself, renoised to t_j). Grid: shift 1 for N = 1, shift 3 for N = 4.
fake: x_t = (1 - t) clean + t eps, loss = mean (v_{base + s_f adapter}(x_t) - (eps - clean))^2, s_f = 2; clip 1; AdamW without decay.
generator: x0 = input - t_j v(input, t_j); x_t = (1 - t) x0 + t eps; x0_fake with s_f, x0_real with s_r(k) and u + w (c - u);
g = (x0_fake - x0_real) / (mean |x0 - x0_real| + 1e-8) after the adapter's update; dm_loss = mean (x0 - sg(x0 - g))^2 / 2;
rl_loss = mean relu(.7 - r); loss = dm_loss + .5 rl_loss; clip 1; AdamW with decay .01.
DynaDG: s_r(k) = .75 (1 + cos(pi k / 4)) / 2. DynaRS: Beta(a, b) with a0 = 4, b0 = 1.5, K = 4. w = 1.25 + .5 u.
reward, of images y = clamp(x0, -1, 1): f = mean over pixels of silu(conv y), 3x3, zero padding 1; logits z = head f; both with bias;
r = z_label - logsumexp of the other logits.
Clipping: gradient times min(1, 1 / (norm + 1e-6)). Gradients are given before clipping.
The adapter is DMDR's own form (see sit.safetensors), rank 2, not zero at the start. The student starts off the teacher.

Draws: `draw.<stream>.<iteration>.<use>`, a row a sample, for every draw that is asked for; rank 0. Normals, uniforms (`cfg_scale`: one
number), Betas (`*_time`, parameters under `beta.<stream>.<iteration>`) and whole numbers (`labels`, `step_index`) are given as the
numbers that the stream returns. All are numbers that float32 holds exactly.
Results: `out.<iteration>.<name>`. The files *_float32 hold the same results, computed in float32 from the same start and draws.
The header's metadata has all settings.
The gradient of the key part of qkv.bias is zero but for rounding; in float32 AdamW makes of that a step of up to the learning rate, which
changes no output: compare the queries' and values' parts only.
"""
import dataclasses
import json
import zlib

import numpy as np
import torch

import sit
from dmdr_step import Settings, Step
from golden import Golden, normal

SHAPE = sit.Shape(depth=2, width=8, heads=2, size=4, classes=5)
RANK, FEATURES, ITERATIONS, SURE = 2, 6, 3, 3
SETTINGS = {1: Settings(steps=1, shift=1.0), 4: Settings(steps=4, shift=3.0)}
ROWS = {"fake_gradient": "gradient of the adapter, before clipping", "adapter": "the adapter after the update",
        "generator_gradient": "gradient of the student, before clipping", "student": "the student's parameters after the update"}
MEANINGS = {
    "all_x0": "clean predictions of all steps of the rollout", "clean": "the one of each sample's own step",
    "input": "generator input", "input_time": "its time", "fake_loss": "loss of the fake score",
    "fake_gradient_norm": "norm of the adapter's gradient before clipping", "x0": "the generator's clean image, with gradient",
    "guidance_scale": "w of classifier-free guidance", "real_scale": "DynaDG's scale of the adapter in the real score",
    "x0_fake": "fake score's clean estimate", "x0_real": "real score's clean estimate, guided",
    "normaliser": "mean |x0 - x0_real| + 1e-8",
    "g": "the DMD gradient that is injected", "dm_loss": "injected loss", "reward": "reward of each sample",
    "rl_loss": "hinge loss, unweighted", "loss": "dm_loss + .5 rl_loss",
    "generator_gradient_norm": "norm of the student's gradient before clipping",
}


class MarginReward:
    """Margin of a tiny convolutional classifier; weights by name."""

    def __init__(self, weights):
        self.w = weights

    def __call__(self, images, label):
        hidden = torch.nn.functional.conv2d(images, self.w["conv.weight"], self.w["conv.bias"], padding=1)
        features = torch.nn.functional.silu(hidden).mean(dim=(2, 3))
        logits = features @ self.w["head.weight"].T + self.w["head.bias"]
        own = torch.nn.functional.one_hot(label, logits.shape[1]).bool()
        return logits[own] - torch.logsumexp(logits.masked_fill(own, float("-inf")), dim=1)


def exact(array):
    """Rounded to float32, in float64."""
    return np.asarray(array, dtype=np.float32).astype(np.float64)


class Draws:
    """Makes and keeps the draws of a run; the same for every precision."""

    def __init__(self, settings):
        self.settings, self.made, self.betas = settings, {}, {}

    def get(self, stream, iteration, use, updates):
        key = f"{stream}.{iteration}.{use}"
        if key not in self.made:
            self.made[key] = self.make(stream, iteration, updates, zlib.crc32(f"{self.settings.steps}/{key}".encode()))
        return self.made[key]

    def make(self, stream, iteration, updates, seed):
        source, batch = np.random.Generator(np.random.PCG64(seed)), self.settings.batch
        if stream == "labels":
            return source.integers(0, SHAPE.classes, batch)
        if stream == "step_index":
            return source.permutation(self.settings.steps)[np.arange(batch) % self.settings.steps]
        if stream == "cfg_scale":
            return exact(source.uniform(size=1))
        if stream.endswith("_time"):
            self.betas[f"{stream}.{iteration}"] = np.array(self.settings.beta(updates))
            return exact(source.beta(*self.settings.beta(updates), batch))
        return exact(source.standard_normal((batch, SHAPE.channels, SHAPE.size, SHAPE.size)))


def start():
    """Teacher with adapter, student, reward weights: float64 numbers that float32 holds exactly."""
    guidance = sit.SiT(SHAPE).double()
    guidance.add_query_value_lora(RANK)
    sit.random_weights(guidance, 5000, normal)
    student = sit.SiT(SHAPE).double()
    student.load_state_dict(guidance.state_dict(), strict=False)
    with torch.no_grad():
        for n, value in enumerate(student.base().values()):
            value.copy_((value + 0.1 * torch.tensor(normal(6000 + n, *value.shape))).float().double())
    shapes = {"conv.weight": (FEATURES, SHAPE.channels, 3, 3), "conv.bias": (FEATURES,), "head.weight": (SHAPE.classes, FEATURES),
              "head.bias": (SHAPE.classes,)}
    gains = {"conv.weight": 0.5, "conv.bias": 0.2, "head.weight": 0.8, "head.bias": 1.5}
    reward = {key: torch.tensor(exact(gains[key] * normal(7000 + n, *shape))) for n, (key, shape) in enumerate(shapes.items())}
    reward["head.bias"][SURE] += 6.0  # samples of this class are above the margin, so that the hinge is seen to hold
    return guidance, student, reward


def run(settings, draws, dtype, out):
    guidance, student, reward = start()
    guidance, student = guidance.to(dtype), student.to(dtype)
    reward = MarginReward({key: value.to(dtype) for key, value in reward.items()})

    def draw(stream, iteration, use):
        value = torch.tensor(draws.get(stream, iteration, use, step.updates))
        return value if value.dtype == torch.int64 else value.to(dtype)

    def record(name, value):
        kind, _, key = name.partition(".")
        if key:
            slack = settings.generator_lr * ITERATIONS if kind == "student" and key.endswith("qkv.bias") else None
            out.add(f"out.{step.iteration}.{name}", value, ROWS[kind], f"out.(m).{kind}.(name)", "as the weight", slack)
        else:
            out.add(f"out.{step.iteration}.{name}", value, MEANINGS[name], f"out.(m).{name}")

    step = Step(settings, student, guidance, reward, SHAPE.classes, draw, record)
    for _ in range(ITERATIONS):
        step.run()


def metadata(settings):
    text = {name: json.dumps(value) for name, value in dataclasses.asdict(settings).items()}
    return {**text, "shape": json.dumps(dataclasses.asdict(SHAPE)), "lora_rank": str(RANK), "iterations": str(ITERATIONS),
            "generator_turn": "m > 0 and m % ratio == 0", "step_index": "per_sample", "backward_simulation": "SameStep",
            "sampler": "Renoise", "renoise_dm": "BetaAnneal", "renoise_fake": "BetaAnneal", "guidance": "CfgUniform",
            "score": "DynaDg", "split": "Joint, one draw", "normaliser": "PerSampleL1", "fake_objective": "FlowMatching",
            "sample_weight": "off", "fake_weight": "off", "rl": "ReFL", "images": "clamp(x0, -1, 1)", "ema_decay": "0"}


def build():
    guidance, student, reward = start()
    first = Golden("dmdr_step_start")
    for key, value in guidance.state_dict().items():
        part = "adapter" if ".lora" in key else "teacher"
        first.add(f"{part}.{key}", value, f"{part} at the start, by official names", f"{part}.(name)", "as in the official file")
    for key, value in student.base().items():
        first.add(f"student.{key}", value, "student at the start, but for `pos_embed`", "student.(name)", "as in the official file")
    for key, value in reward.items():
        first.add(f"reward.{key}", value, "classifier of the reward")
    files = [first]
    for steps, settings in SETTINGS.items():
        draws = Draws(settings)
        name = f"dmdr_step_n{steps}"
        exact_file = Golden(name, metadata=metadata(settings))
        run(settings, draws, torch.float64, exact_file)
        for key, value in draws.made.items():
            exact_file.add(f"draw.{key}", value, "recorded draw", f"draw.{key.split('.')[0]}.(m).(use)")
        for key, value in draws.betas.items():
            exact_file.add(f"beta.{key}", value, "parameters a, b of the Beta", f"beta.{key.split('.')[0]}.(m)")
        rough = Golden(f"{name}_float32", single=True, metadata=metadata(settings))
        run(settings, draws, torch.float32, rough)
        files += [exact_file, rough]
    return files
