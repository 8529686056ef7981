# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""The class-conditional residual MLP denoiser: forward and gradients, with and without adapters.

sincos32(t) = [sin(f_0 t) .. sin(f_15 t), cos(f_0 t) .. cos(f_15 t)], f_j = 100^(j / 15): 16 frequencies, evenly spaced in the logarithm
from 1 to 100.
e = silu(time.weight sincos32(t) + class.weight[c]);  h = in.weight x
for each block i:  h <- h + w2 silu( w1 rms(h) + u e + b );  v = out.weight silu(rms(h))
rms(h) = h / sqrt(mean(h^2) + 1e-6), mean over the width, no gain. No bias but b. The last class is the empty condition.
With an adapter of scale s, each of w1, w2, u applied to y gives W y + s lora_b (lora_a y).
Sizes: batch 5, data 6, width 8, 3 classes + 1, 2 blocks, rank 2. Weight layout [out, in], as torch.nn.Linear.
"""
import numpy as np
import torch

from golden import Golden, normal

BATCH, DATA, WIDTH, CLASSES, BLOCKS, RANK = 5, 6, 8, 3, 2, 2
FREQUENCIES = torch.tensor(100.0 ** (np.arange(16) / 15.0))


def sincos32(t):
    angle = t[:, None] * FREQUENCIES
    return torch.cat([torch.sin(angle), torch.cos(angle)], 1)


def rms(h):
    return h / torch.sqrt((h * h).mean(1, keepdim=True) + 1e-6)


def adapted(weights, key, y, scale):
    return y @ weights[f"{key}.weight"].T + scale * (y @ weights[f"{key}.lora_a"].T) @ weights[f"{key}.lora_b"].T


def forward(weights, x, t, label, scale):
    silu = torch.nn.functional.silu
    e = silu(sincos32(t) @ weights["time.weight"].T + weights["class.weight"][label])
    h = x @ weights["in.weight"].T
    for i in range(BLOCKS):
        block = f"blocks.{i}"
        inner = adapted(weights, f"{block}.w1", rms(h), scale) + adapted(weights, f"{block}.u", e, scale) + weights[f"{block}.b"]
        h = h + adapted(weights, f"{block}.w2", silu(inner), scale)
    return silu(rms(h)) @ weights["out.weight"].T


def make_weights():
    shapes = {"in.weight": (WIDTH, DATA), "time.weight": (WIDTH, 32), "class.weight": (CLASSES + 1, WIDTH), "out.weight": (DATA, WIDTH)}
    for i in range(BLOCKS):
        for part in ("w1", "w2", "u"):
            shapes[f"blocks.{i}.{part}.weight"] = (WIDTH, WIDTH)
            shapes[f"blocks.{i}.{part}.lora_a"] = (RANK, WIDTH)
            shapes[f"blocks.{i}.{part}.lora_b"] = (WIDTH, RANK)
        shapes[f"blocks.{i}.b"] = (WIDTH,)
    return {key: torch.tensor(normal(100 + n, *shape) * 0.4) for n, (key, shape) in enumerate(shapes.items())}


def build():
    out = Golden("denoiser")
    weights = make_weights()
    for key, value in weights.items():
        out.add(key, value, "weight")
    x = torch.tensor(normal(91, BATCH, DATA))
    t = torch.tensor([0.0, 0.02, 0.5, 0.98, 1.0], dtype=torch.float64)
    label = torch.tensor([0, 1, 2, CLASSES, 1])
    cotangent = torch.tensor(normal(92, BATCH, DATA))
    out.add("frequencies", FREQUENCIES, "frequencies of the time embedding")
    out.add("x", x, "noised samples")
    out.add("t", t, "time of each sample")
    out.add("label", label, f"class of each sample; {CLASSES} is the empty condition")
    out.add("cotangent", cotangent, "what the gradients below were seeded with: gradients of sum(v * cotangent)")
    out.add("embedding", sincos32(t), "sincos32(t)")
    for name, scale in (("base", 0.0), ("adapted", 0.7)):
        leaves = {key: value.clone().requires_grad_(True) for key, value in weights.items()}
        leaf_x = x.clone().requires_grad_(True)
        v = forward(leaves, leaf_x, t, label, scale)
        (v * cotangent).sum().backward()
        out.add(f"{name}.scale", scale, "scale of the adapters")
        out.add(f"{name}.v", v, "velocity")
        out.add(f"{name}.grad.x", leaf_x.grad, "gradient with respect to x")
        for key, leaf in leaves.items():
            if scale == 0.0 and "lora" in key:
                continue
            out.add(f"{name}.grad.{key}", leaf.grad, f"gradient with respect to {key}")
    return out
