# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Text-conditioned SiT: forward and gradients, the unconditional prompt, LoRA on the image's part.

tests/golden/text_sit.py is the network. Sizes here: depth 2, width 12, 2 heads, patch 4, images 3 x 8 x 8; text of at most 5 words out of 7,
width 8, depth 2, 2 heads; batch 3. Weights and inputs are numbers that float32 holds exactly.
The image's part is that of `sit.safetensors`, without the class table; c = mlp2 silu(mlp0 time) + text.
text = W [LN(e_0) .. LN(e_4)] + b; e_i = word[token_i] + position[i]; each block: e += attn(LN(e)); e += mlp(LN(e)), softmax(q k^T / 2) over all places.
Words are numbered in the order of the vocabulary, 7 is no word and fills a prompt up. The header's metadata has the vocabulary and the prompts.
`lora` as in `sit.safetensors`, rank 3, alpha 6, on the image's blocks. All gradients are of sum(v * cotangent).
text_sit_float32 holds the same results, computed in float32 from the same inputs.
"""
import json

import numpy as np
import torch

import sit
import text_sit
from golden import Golden, normal

VOCABULARY = "bold italic A B red blue on"
PROMPTS = ["bold A, red on blue", "", "B, blue on red"]
TEXT = text_sit.Text(words=7, max_words=5, width=8, depth=2, heads=2)
SHAPE = sit.Shape(depth=2, width=12, heads=2, size=8, patch=4, channels=3, out_channels=3, frequencies=8)
BATCH, RANK, ALPHA = 3, 3, 6.0


def single(*arguments):
    """Standard normal numbers rounded to float32, in float64."""
    return torch.tensor(normal(*arguments)).float().double()


def tokens_of(prompt):
    words = prompt.replace(",", " ").split()
    return [VOCABULARY.split().index(word) for word in words] + [TEXT.words] * (TEXT.max_words - len(words))


def add(out, name, model, meaning, weights, scale, x, t, tokens, cotangent):
    dtype = torch.float64 if out.real is np.float64 else torch.float32
    model.to(dtype)
    leaf = x.to(dtype).requires_grad_(True)
    v = model(leaf, t.to(dtype), tokens, scale)
    out.add(f"{name}.v", v, f"velocity: {meaning}")
    gradients = torch.autograd.grad((v * cotangent.to(dtype)).sum(), [leaf, *weights.values()])
    out.add(f"{name}.grad.x", gradients[0], "gradient with respect to x")
    for key, value in zip(weights, gradients[1:]):
        out.add(f"{name}.grad.{key}", value, "gradients with respect to those weights", f"{name}.grad.(weight)", "as the weight")
    model.double()


def build():
    base = sit.random_weights(text_sit.TextSiT(SHAPE, TEXT).double(), 5000, normal)
    adapted = text_sit.TextSiT(SHAPE, TEXT).double()
    adapted.add_lora(RANK, ALPHA)
    sit.random_weights(adapted, 6000, normal)
    adapted.load_state_dict(base.state_dict(), strict=False)
    x, cotangent = single(21, BATCH, 3, 8, 8), single(22, BATCH, 3, 8, 8)
    t = torch.tensor([0.0, 0.71875, 1.0], dtype=torch.float64)
    tokens = torch.tensor([tokens_of(prompt) for prompt in PROMPTS])
    exact = Golden("text_sit", metadata={"vocabulary": VOCABULARY, "prompts": json.dumps(PROMPTS), "lora_rank": str(RANK),
                                         "lora_alpha": str(ALPHA)})
    for key, value in base.state_dict().items():
        exact.add(f"weight.{key}", value, "weights by name", "weight.(name)", "as the network has them")
    for key, value in adapted.adapter().items():
        exact.add(f"lora.weight.{key}", value, "weights of the adapter by name", "lora.weight.(name)", "as its form says")
    exact.add("x", x, "noised images")
    exact.add("t", t, "time of each sample, 1 = noise")
    exact.add("tokens", tokens, "the prompts as numbers")
    exact.add("cotangent", cotangent, "what the gradients are seeded with")
    exact.add("text", base.condition(tokens), "what is added to the time's embedding")
    rough = Golden("text_sit_float32", single=True)
    for out in (exact, rough):
        add(out, "base", base, "no adapter", base.base(), 0.0, x, t, tokens, cotangent)
        add(out, "lora", adapted, "LoRA at scale .5", adapted.adapter(), 0.5, x, t, tokens, cotangent)
    return [exact, rough]
