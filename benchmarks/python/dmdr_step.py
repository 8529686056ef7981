#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Times DMDR's training iteration over SiT in eager PyTorch, float32 on the CPU: the other side of the C++ step benchmark.

  python3 benchmarks/python/dmdr_step.py --steps 1 --threads 2        JSON on the standard output

Organised as the method's public code is: two full copies of the weights. One is the generator, trained as a whole; the other is
frozen and carries the adapter that serves both scores (the official form on queries and values, A B multiplied out before the queries).
The rollout runs every sample through all N steps; the guided real score is one call with a doubled batch; the adapter is trained in every
iteration, the generator in every R-th; torch.optim.AdamW and clip_grad_norm_ with their defaults.
Noise is drawn inside the clock, times and labels too. DynaDG and DynaRS are at a fixed k > 0. No ReFL, no mixed precision, no
checkpointing.

Two kinds of iteration are timed in turn: `fake`, without a generator update, and `generator`, with one. A cycle of R iterations has
(R - 1) of the first and one of the second; `cycle` is that sum over the medians. Phases are timed inside the same iterations.
With --serve it waits for lines `fake` and `generator` instead and answers each with the seconds of one such iteration, so that another
program can take turns with it.
Run it with MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=17179869184 to spare glibc's returning of large blocks.
"""
import argparse
import json
import os
import pathlib
import platform
import sys
import time

import torch

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden"))

import sit  # noqa: E402

SMALL = {
    "letters": sit.Shape(depth=4, width=128, heads=4, size=32, patch=4, channels=3, out_channels=3, classes=26),
    "tiny": sit.Shape(depth=2, width=32, heads=4, size=8, classes=5),
}
FAKE_SCALE, REAL_SCALE, BETA = 2.0, 0.375, (2.5, 1.25)


def column(t):
    return t.view(-1, 1, 1, 1)


class Iteration:
    """The state of a run; `run(generator_turn)` does one iteration and returns the seconds of its phases."""

    def __init__(self, shape, batch, steps, shift, guidance_scale, rank):
        self.shape, self.batch, self.steps, self.guidance_scale = shape, batch, steps, guidance_scale
        u = torch.linspace(1, 0, steps + 1)
        self.grid = shift * u / (1 + (shift - 1) * u)
        self.generator = sit.SiT(shape, fused=True)
        self.guidance = sit.SiT(shape, fused=True)
        self.guidance.add_query_value_lora(rank, merge_first=True)
        # PyTorch's own initial values: unlike those of an untrained SiT none is zero, so that every gradient is a number to work on.
        with torch.no_grad():
            self.generator.pos_embed.copy_(sit.position_embedding(shape))
            self.guidance.load_state_dict(self.generator.state_dict(), strict=False)
            for name, value in self.guidance.adapter().items():
                value.normal_(std=1.0 if name.endswith("A") else 1e-3)
        for name, value in self.guidance.named_parameters():
            value.requires_grad_(".lora" in name)
        self.generator_optimiser = torch.optim.AdamW(self.generator.base().values(), lr=2e-5, weight_decay=0.01)
        self.fake_optimiser = torch.optim.AdamW(self.guidance.adapter().values(), lr=2e-5, weight_decay=0.0)
        self.renoise = torch.distributions.Beta(*BETA)

    def run(self, generator_turn):
        marks = [time.perf_counter()]
        label = torch.randint(self.shape.classes, (self.batch,))
        clean, x_in, t_in = self.rollout(label)
        marks.append(time.perf_counter())
        self.update_fake(clean, label)
        marks.append(time.perf_counter())
        if generator_turn:
            self.update_generator(x_in, t_in, label)
            marks.append(time.perf_counter())
        return [after - before for before, after in zip(marks, marks[1:])]

    @torch.no_grad()
    def rollout(self, label):
        x = torch.randn(self.batch, self.shape.channels, self.shape.size, self.shape.size)
        all_x0 = []
        for t, t_next in zip(self.grid[:-1], self.grid[1:]):
            x0 = x - t * self.generator(x, t.expand(self.batch), label)
            all_x0.append(x0)
            x = (1 - t_next) * x0 + t_next * torch.randn_like(x0)
        index = torch.randint(self.steps, (self.batch,))
        clean = torch.stack(all_x0)[index, torch.arange(self.batch)]
        t_in = self.grid[index]
        return clean, (1 - column(t_in)) * clean + column(t_in) * torch.randn_like(clean), t_in

    def update_fake(self, clean, label):
        t, noise = self.renoise.sample((self.batch,)), torch.randn_like(clean)
        v = self.guidance((1 - column(t)) * clean + column(t) * noise, t, label, FAKE_SCALE)
        ((v - (noise - clean)) ** 2).mean(dim=(1, 2, 3)).mean().backward()
        self.descend(self.guidance, self.fake_optimiser)

    def update_generator(self, x_in, t_in, label):
        x0 = x_in - column(t_in) * self.generator(x_in, t_in, label)
        with torch.no_grad():
            t, noise = self.renoise.sample((self.batch,)), torch.randn_like(x0)
            x_t = (1 - column(t)) * x0 + column(t) * noise
            fake = x_t - column(t) * self.guidance(x_t, t, label, FAKE_SCALE)
            none = torch.full_like(label, self.shape.classes)
            both = self.guidance(torch.cat([x_t, x_t]), torch.cat([t, t]), torch.cat([none, label]), REAL_SCALE)
            without, with_class = both.chunk(2)
            real = x_t - column(t) * (without + self.guidance_scale * (with_class - without))
            distance = x0 - real
            g = torch.nan_to_num((distance - (x0 - fake)) / (distance.abs().mean(dim=(1, 2, 3), keepdim=True) + 1e-8))
        (0.5 * torch.nn.functional.mse_loss(x0, (x0 - g).detach())).backward()
        self.descend(self.generator, self.generator_optimiser)

    def descend(self, model, adamw):
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adamw.step()
        self.fake_optimiser.zero_grad()
        self.generator_optimiser.zero_grad()


def spread(values):
    """Median and quartiles, as the C++ benchmarks print them."""
    low, middle, high = torch.tensor(values, dtype=torch.float64).quantile(torch.tensor([0.25, 0.5, 0.75], dtype=torch.float64)).tolist()
    return {"median": middle, "lower_quartile": low, "upper_quartile": high}


def measure(iteration, rounds, warm_up, say):
    """Spreads of the whole iterations and of their phases, in seconds."""
    phases = {"fake": [], "generator": []}
    for n in range(warm_up + rounds):
        for kind in phases:
            parts = iteration.run(generator_turn=kind == "generator")
            say(f"{'warm-up ' if n < warm_up else ''}{kind}: {sum(parts):.3f} s")
            if n >= warm_up:
                phases[kind].append(parts)
    result = {f"{kind}_iteration": spread([sum(parts) for parts in rows]) for kind, rows in phases.items()}
    rows = phases["fake"] + phases["generator"]
    result["phases"] = {"rollout": spread([row[0] for row in rows]), "fake_update": spread([row[1] for row in rows]),
                        "generator_update": spread([row[2] for row in phases["generator"]])}
    return result


def serve(iteration):
    for line in sys.stdin:
        kind = line.strip()
        if kind not in ("fake", "generator"):
            sys.exit(f"dmdr_step.py: expected 'fake' or 'generator', got {kind!r}")
        print(sum(iteration.run(generator_turn=kind == "generator")), flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="SiT-B/2", choices=[*sit.SIZES, *SMALL])
    parser.add_argument("--steps", type=int, default=1, help="student evaluations an image, N")
    parser.add_argument("--shift", type=float, default=1.0, help="of the student's grid")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--ratio", type=int, default=5, help="iterations a generator update, R")
    parser.add_argument("--guidance", type=float, default=1.5, help="w of the real score, more than 1")
    parser.add_argument("--rank", type=int, default=32, help="of the adapter")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5, help="timed iterations of each kind")
    parser.add_argument("--warm-up", type=int, default=1, help="iterations of each kind before")
    parser.add_argument("--serve", action="store_true", help="iterations on request: see above")
    parser.add_argument("--quiet", action="store_true", help="no lines on the standard error")
    chosen = parser.parse_args()
    if min(chosen.steps, chosen.batch, chosen.ratio, chosen.rank, chosen.threads, chosen.rounds) < 1 or chosen.warm_up < 0:
        parser.error("steps, batch, ratio, rank, threads and rounds must be at least 1, warm-up at least 0")
    if chosen.guidance <= 1:
        parser.error("guidance must be more than 1")
    return chosen


def main():
    chosen = arguments()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(0)
    shape = SMALL[chosen.model] if chosen.model in SMALL else sit.named(chosen.model)
    iteration = Iteration(shape, chosen.batch, chosen.steps, chosen.shift, chosen.guidance, chosen.rank)
    if chosen.serve:
        return serve(iteration)
    say = (lambda text: None) if chosen.quiet else (lambda text: print(text, file=sys.stderr, flush=True))
    result = measure(iteration, chosen.rounds, chosen.warm_up, say)
    result["cycle"] = (chosen.ratio - 1) * result["fake_iteration"]["median"] + result["generator_iteration"]["median"]
    result["settings"] = {key: value for key, value in vars(chosen).items() if key not in ("quiet", "serve")}
    result["environment"] = {"torch": torch.__version__, "python": platform.python_version(),
                             "allocator": {key: os.environ.get(key) for key in ("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_")}}
    print(json.dumps(result, indent=2))


main()
