# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""SiT (Ma et al., arXiv 2401.08740), the class-conditional transformer of DMDR's public runs, in plain PyTorch.

Parameter names and layouts are those of the official files. Used by the golden generators and by benchmarks/python.
"""
import dataclasses
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

SIZES = {  # name: depth, width, heads
    "SiT-S/2": (12, 384, 6),
    "SiT-B/2": (12, 768, 12),
    "SiT-L/2": (24, 1024, 16),
    "SiT-XL/2": (28, 1152, 16),
}


@dataclasses.dataclass(frozen=True)
class Shape:
    """Sizes of a SiT; `out_channels` is twice `channels` in files that also predict a variance, whose half is dropped."""

    depth: int
    width: int
    heads: int
    size: int = 32
    patch: int = 2
    channels: int = 4
    out_channels: int = 4
    classes: int = 1000
    mlp_ratio: int = 4
    frequencies: int = 128

    @property
    def tokens(self):
        return (self.size // self.patch) ** 2


def named(name, **changes):
    """The shape of one of `SIZES`."""
    depth, width, heads = SIZES[name]
    return Shape(depth=depth, width=width, heads=heads, **changes)


def position_embedding(shape):
    """[1, tokens, width] in float64: sine and cosine of the column in the first half, of the row in the second; not trained.

    A quarter of the width holds sin(position f_j), the next cos(position f_j), f_j = 10000^(-j / (width / 4)). Official files hold it
    rounded to float32.
    """
    side = shape.size // shape.patch
    frequency = 10000.0 ** (-np.arange(shape.width // 4) / (shape.width / 4))
    row, column = np.divmod(np.arange(side * side), side)
    halves = []
    for position in (column, row):
        angle = position[:, None] * frequency
        halves += [np.sin(angle), np.cos(angle)]
    return torch.tensor(np.concatenate(halves, axis=1))[None]


def time_frequencies(count):
    """10000^(-j / count), each rounded to float32; stored as float64."""
    return torch.tensor(10000.0 ** (-np.arange(count) / count)).float().double()


class Linear(nn.Linear):
    """A linear layer that may carry an ordinary LoRA: y = W x + b + s (alpha / r) B (A x); keys lora_A.weight, lora_B.weight."""

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs)
        self.lora_A = self.lora_B = None
        self.gain = 0.0

    def adapt(self, rank, alpha):
        self.lora_A = nn.Linear(self.in_features, rank, bias=False)
        self.lora_B = nn.Linear(rank, self.out_features, bias=False)
        self.gain = alpha / rank

    def forward(self, x, scale=0.0):
        y = super().forward(x)
        return y if self.lora_A is None else y + scale * self.gain * self.lora_B(self.lora_A(x))


class QueryValueLora(nn.Module):
    """DMDR's own form: q + s (q A_q) B_q and v + s (v A_v) B_v on the projected queries and values; A [width, r], B [r, width].

    `merge_first` multiplies A and B before q, as the public code does; the result is the same but for rounding.
    """

    def __init__(self, width, rank, merge_first=False):
        super().__init__()
        for name, shape in (("QA", (width, rank)), ("QB", (rank, width)), ("VA", (width, rank)), ("VB", (rank, width))):
            self.register_parameter(f"lora_{name}", nn.Parameter(torch.zeros(shape)))
        self.merge_first = merge_first

    def forward(self, q, v, scale):
        if self.merge_first:
            return q + scale * (q @ (self.lora_QA @ self.lora_QB)), v + scale * (v @ (self.lora_VA @ self.lora_VB))
        return q + scale * (q @ self.lora_QA) @ self.lora_QB, v + scale * (v @ self.lora_VA) @ self.lora_VB


class Attention(nn.Module):
    """Self-attention; the 3 width outputs of `qkv` are [3, heads, width / heads]."""

    def __init__(self, width, heads, fused):
        super().__init__()
        self.heads = heads
        self.fused = fused
        self.qkv = Linear(width, 3 * width)
        self.proj = Linear(width, width)
        self.lora = None

    def forward(self, x, scale):
        batch, tokens, width = x.shape
        q, k, v = self.qkv(x, scale).split(width, dim=2)
        if self.lora is not None:
            q, v = self.lora(q, v, scale)
        q, k, v = (part.reshape(batch, tokens, self.heads, -1).transpose(1, 2) for part in (q, k, v))
        if self.fused:
            mixed = F.scaled_dot_product_attention(q, k, v)
        else:
            mixed = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(q.shape[3]), dim=3) @ v
        return self.proj(mixed.transpose(1, 2).reshape(batch, tokens, width), scale)


class Mlp(nn.Module):
    """fc2 gelu_tanh(fc1 x)."""

    def __init__(self, width, hidden):
        super().__init__()
        self.fc1 = Linear(width, hidden)
        self.fc2 = Linear(hidden, width)

    def forward(self, x, scale):
        return self.fc2(F.gelu(self.fc1(x, scale), approximate="tanh"), scale)


def modulation(width, chunks):
    """silu, then a linear layer: its key ends in `.1`."""
    return nn.Sequential(nn.SiLU(), nn.Linear(width, chunks * width))


def normed(x, shift, scale):
    """LN(x) (1 + scale) + shift, LN without gain and bias, eps 1e-6."""
    return F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale[:, None]) + shift[:, None]


class Block(nn.Module):
    """adaLN-Zero: the six chunks are shift, scale, gate of the attention, then of the MLP."""

    def __init__(self, shape, fused):
        super().__init__()
        self.attn = Attention(shape.width, shape.heads, fused)
        self.mlp = Mlp(shape.width, shape.mlp_ratio * shape.width)
        self.adaLN_modulation = modulation(shape.width, 6)

    def forward(self, x, c, scale):
        shift_a, scale_a, gate_a, shift_m, scale_m, gate_m = self.adaLN_modulation(c).chunk(6, dim=1)
        x = x + gate_a[:, None] * self.attn(normed(x, shift_a, scale_a), scale)
        return x + gate_m[:, None] * self.mlp(normed(x, shift_m, scale_m), scale)


class Named(nn.Module):
    """Submodules under given names and nothing else."""

    def __init__(self, **modules):
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)


class SiT(nn.Module):
    """v(x, t, class); x [B, channels, size, size], t [B] in [0, 1] with 1 = noise, class [B] with `classes` the null class.

    fused: scaled_dot_product_attention instead of written-out products.
    reversed_time: weights that were trained with 0 = noise (the original SiT files): v = -network(x, 1 - t).
    """

    def __init__(self, shape, fused=False, reversed_time=False):
        super().__init__()
        self.shape = shape
        self.reversed_time = reversed_time
        width = shape.width
        self.x_embedder = Named(proj=nn.Conv2d(shape.channels, width, shape.patch, shape.patch))
        self.t_embedder = Named(mlp=nn.Sequential(nn.Linear(2 * shape.frequencies, width), nn.SiLU(), nn.Linear(width, width)))
        self.y_embedder = Named(embedding_table=nn.Embedding(shape.classes + 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, shape.tokens, width), requires_grad=False)
        self.blocks = nn.ModuleList(Block(shape, fused) for _ in range(shape.depth))
        self.final_layer = Named(linear=nn.Linear(width, shape.patch**2 * shape.out_channels), adaLN_modulation=modulation(width, 2))
        self.register_buffer("frequencies", time_frequencies(shape.frequencies), persistent=False)

    def add_query_value_lora(self, rank, merge_first=False):
        for block in self.blocks:
            block.attn.lora = QueryValueLora(self.shape.width, rank, merge_first)

    def add_lora(self, rank, alpha):
        for block in self.blocks:
            for layer in (block.attn.qkv, block.attn.proj, block.mlp.fc1, block.mlp.fc2):
                layer.adapt(rank, alpha)

    def adapter(self):
        """The adapter's parameters by name."""
        return {name: value for name, value in self.named_parameters() if ".lora" in name}

    def base(self):
        """The trained parameters by name, without an adapter's and without `pos_embed`."""
        return {name: value for name, value in self.named_parameters() if ".lora" not in name and name != "pos_embed"}

    def time_embedding(self, t):
        """[B, 2 frequencies]: cosines first."""
        angle = t[:, None] * self.frequencies.to(t.dtype)
        return torch.cat([torch.cos(angle), torch.sin(angle)], dim=1)

    def condition(self, label):
        """[B, width]: what is added to the time's embedding."""
        return self.y_embedder.embedding_table(label)

    def forward(self, x, t, label, scale=0.0, drop=None):
        """`scale`: of the adapter, if there is one. `drop` [B] of bool: samples whose class is replaced by the null class."""
        s = self.shape
        if self.reversed_time:
            t = 1 - t
        if drop is not None:
            label = torch.where(drop, s.classes, label)
        h = self.x_embedder.proj(x).flatten(2).transpose(1, 2) + self.pos_embed
        c = self.t_embedder.mlp(self.time_embedding(t)) + self.condition(label)
        for block in self.blocks:
            h = block(h, c, scale)
        h = self.final_layer.linear(normed(h, *self.final_layer.adaLN_modulation(c).chunk(2, dim=1)))
        side = s.size // s.patch
        image = h.reshape(-1, side, side, s.patch, s.patch, s.out_channels).permute(0, 5, 1, 3, 2, 4)
        v = image.reshape(-1, s.out_channels, s.size, s.size)[:, : s.channels]
        return -v if self.reversed_time else v


def parameter_counts(name, out_channels):
    """Numbers of trained and of fixed parameters, and of tensors in the official file."""
    with torch.device("meta"):
        model = SiT(named(name, out_channels=out_channels))
    trained = sum(value.numel() for value in model.base().values())
    return {"trained": trained, "fixed": model.pos_embed.numel(), "tensors": len(model.state_dict())}


def random_weights(model, seed, normal):
    """Fills a model with small random numbers that float32 holds exactly; nothing is zero, adaLN and the last layer included.

    `normal(seed, *shape)` gives standard normal numbers.
    """
    with torch.no_grad():
        for n, (name, value) in enumerate(model.named_parameters()):
            if name == "pos_embed":
                value.copy_(position_embedding(model.shape).float().to(value.dtype))
                continue
            inputs = value[0].numel() if value.dim() > 1 else 1
            scale = 0.5 if "embedding_table" in name or "lora" in name else 0.2 if value.dim() == 1 else inputs**-0.5
            value.copy_(torch.tensor(scale * normal(seed + n, *value.shape)).float().to(value.dtype))
    return model
