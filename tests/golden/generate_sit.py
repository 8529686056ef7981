# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""SiT: forward and gradients, eight output channels, reversed time, class dropout, and both LoRA forms.

tests/golden/sit.py is the network; its names are the official file's. Sizes here: depth 2, width 12, 2 heads, patch 2, latents 4 x 8 x 8,
5 classes and the null class 5, batch 3. Weights and inputs are numbers that float32 holds exactly.
Patches: token = row * 4 + column; x_embedder.proj is a convolution with stride 2. Output of a token: [patch row, patch column, channel].
c = mlp2 silu(mlp0 [cos(f_j t) .. , sin(f_j t) ..]) + table[class], f_j = 10000^(-j / 128) rounded to float32, t in [0, 1] unscaled.
Block: (shift, scale, gate) x 2 = adaLN(silu(c)); h += gate1 attn(LN(h) (1 + scale1) + shift1); h += gate2 mlp(LN(h) (1 + scale2) + shift2).
LN has eps 1e-6 and no gain; qkv is [3, heads, 6]; softmax(q k^T / sqrt 6); gelu with tanh. Last layer: (shift, scale), LN, linear.
Adapters. `query_value` (DMDR): q' = q + s (q A_q) B_q, v' = v + s (v A_v) B_v after the projection with its bias, rank 3.
`lora`: y = W x + b + s (alpha / r) B (A x) on attn.qkv, attn.proj, mlp.fc1, mlp.fc2, rank 3, alpha 6; keys as PEFT names them, without its
`base_model.model.` in front.
All gradients are of sum(v * cotangent). sit_float32 holds the same results, computed in float32 from the same inputs.
The header's metadata has the sizes and, under `counts`, the parameter counts of S/2, B/2, L/2, XL/2 with 4 and 8 output channels (JSON).
"""
import dataclasses
import json

import numpy as np
import torch

import sit
from golden import Golden, normal

SHAPE = sit.Shape(depth=2, width=12, heads=2, size=8, classes=5)
BATCH, RANK, ALPHA = 3, 3, 6.0


def single(*arguments):
    """Standard normal numbers rounded to float32, in float64."""
    return torch.tensor(normal(*arguments)).float().double()


def metadata():
    counts = {name: {str(out): sit.parameter_counts(name, out) for out in (4, 8)} for name in sit.SIZES}
    return {"shape": json.dumps(dataclasses.asdict(SHAPE)), "batch": str(BATCH), "lora_rank": str(RANK), "lora_alpha": str(ALPHA),
            "counts": json.dumps(counts)}


class Case:
    """One network with what is asked of it: the velocity, and gradients to x and to `weights` unless that is None."""

    def __init__(self, name, model, meaning, scale=0.0, drop=None, weights=None):
        self.name, self.model, self.meaning, self.scale, self.drop = name, model, meaning, scale, drop
        self.weights = weights

    def add(self, out, x, t, label, cotangent):
        dtype = torch.float64 if out.real is np.float64 else torch.float32
        model = self.model.to(dtype)
        leaf = x.to(dtype).requires_grad_(True)
        v = model(leaf, t.to(dtype), label, self.scale, self.drop)
        out.add(f"{self.name}.v", v, f"velocity: {self.meaning}")
        if self.weights is None:
            model.double()
            return
        gradients = torch.autograd.grad((v * cotangent.to(dtype)).sum(), [leaf, *self.weights.values()])
        out.add(f"{self.name}.grad.x", gradients[0], "gradient with respect to x")
        for key, value in zip(self.weights, gradients[1:]):
            out.add(f"{self.name}.grad.{key}", value, "gradients with respect to those weights", f"{self.name}.grad.(weight)",
                    "as the weight")
        model.double()


def tiny(seed=1000, **changes):
    return sit.random_weights(sit.SiT(dataclasses.replace(SHAPE, **changes)).double(), seed, normal)


def with_base(base, model):
    """`model` with the weights of `base`; its own adapter stays."""
    model.load_state_dict(base.state_dict(), strict=False)
    return model


def build():
    base = tiny()
    wide = tiny(out_channels=8)
    state = base.state_dict()
    with torch.no_grad():
        for part in ("weight", "bias"):
            rows = getattr(wide.final_layer.linear, part).view(SHAPE.patch**2, 8, -1)
            rows[:, :4] = state[f"final_layer.linear.{part}"].view(SHAPE.patch**2, 4, -1)
    own = {name: value for name, value in wide.named_parameters() if name.startswith("final_layer.linear")}
    wide.load_state_dict({**state, **{name: value.detach().clone() for name, value in own.items()}})
    reversed_time = with_base(base, sit.SiT(SHAPE, reversed_time=True).double())
    official = sit.SiT(SHAPE).double()
    official.add_query_value_lora(RANK)
    ordinary = sit.SiT(SHAPE).double()
    ordinary.add_lora(RANK, ALPHA)
    for seed, model in ((2000, official), (3000, ordinary)):
        with_base(base, sit.random_weights(model, seed, normal))

    x, cotangent = single(11, BATCH, 4, 8, 8), single(12, BATCH, 4, 8, 8)
    t = torch.tensor([0.0, 0.71875, 1.0], dtype=torch.float64)
    label = torch.tensor([0, SHAPE.classes, 3])
    drop = torch.tensor([True, False, False])

    exact = Golden("sit", metadata=metadata())
    for key, value in state.items():
        exact.add(f"weight.{key}", value, "weights by their official names", "weight.(name)", "as in the official file")
    for key, value in own.items():
        exact.add(f"wide.weight.{key}", value, "the last layer with 8 output channels; the first 4 are as in `weight.`")
    for name, model in (("query_value", official), ("lora", ordinary)):
        for key, value in model.adapter().items():
            exact.add(f"{name}.weight.{key}", value, "weights of the adapter by name", f"{name}.weight.(name)", "as its form says")
    exact.add("frequencies", base.frequencies, "frequencies of the time embedding, rounded to float32")
    exact.add("x", x, "noised latents")
    exact.add("t", t, "time of each sample, 1 = noise")
    exact.add("label", label, f"class of each sample; {SHAPE.classes} is the null class")
    exact.add("drop", drop, "1 where class dropout replaces the class by the null class")
    exact.add("cotangent", cotangent, "what the gradients are seeded with")
    exact.add("time_embedding", base.time_embedding(t), "cosines, then sines")
    rough = Golden("sit_float32", single=True)
    cases = [
        Case("base", base, "no adapter", weights=base.base()),
        Case("dropped", base, "the classes marked in `drop` left out", drop=drop),
        Case("wide", wide, "8 output channels, the second 4 dropped", weights=own),
        Case("reversed", reversed_time, "time of the original SiT files: -network(x, 1 - t)", weights={}),
        Case("query_value", official, "DMDR's adapter at scale 2", 2.0, weights=official.adapter()),
        Case("query_value_low", official, "the same adapter at scale .375", 0.375),
        Case("lora", ordinary, "ordinary LoRA at scale .5", 0.5, weights=ordinary.adapter()),
    ]
    for out in (exact, rough):
        for case in cases:
            case.add(out, x, t, label, cotangent)
    return [exact, rough]
