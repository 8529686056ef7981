# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""The text-conditioned SiT in plain PyTorch: sit.py's, with a small transformer over words in the place of the class table."""
import dataclasses

from torch import nn
from torch.nn import functional as F

import sit


@dataclasses.dataclass(frozen=True)
class Text:
    """Sizes of the text encoder; token `words` stands for no word."""

    words: int
    max_words: int
    width: int
    depth: int
    heads: int
    mlp_ratio: int = 4


def normed(x):
    return F.layer_norm(x, x.shape[-1:], eps=1e-6)


class Block(nn.Module):
    """h += attn(LN(h)); h += mlp(LN(h))."""

    def __init__(self, text):
        super().__init__()
        self.attn = sit.Attention(text.width, text.heads, fused=False)
        self.mlp = sit.Mlp(text.width, text.mlp_ratio * text.width)

    def forward(self, h):
        h = h + self.attn(normed(h), 0.0)
        return h + self.mlp(normed(h), 0.0)


class TextSiT(sit.SiT):
    """v(x, t, tokens); tokens [B, max_words]."""

    def __init__(self, shape, text):
        super().__init__(shape)
        del self.y_embedder
        self.text = sit.Named(word_embedding=nn.Embedding(text.words + 1, text.width),
                              position_embedding=nn.Embedding(text.max_words, text.width),
                              blocks=nn.ModuleList(Block(text) for _ in range(text.depth)),
                              projection=nn.Linear(text.max_words * text.width, shape.width))

    def condition(self, tokens):
        h = self.text.word_embedding(tokens) + self.text.position_embedding.weight
        for block in self.text.blocks:
            h = block(h)
        return self.text.projection(normed(h).flatten(1))
