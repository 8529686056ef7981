#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Times DMDR's training iteration over SiT in eager PyTorch, float32 on the CPU: the other side of the C++ step benchmark.

  python3 benchmarks/python/dmdr_step.py --steps 1 --threads 2        JSON on the standard output

Organised as the method's public code is: two full copies of the weights. One is the generator, trained as a whole; the other is
frozen and carries the adapter that serves both scores (the official form on queries and values, A B multiplied out before the queries).
The rollout runs every sample through all N steps; the guided real score is one call with a doubled batch; the adapter is trained in every
iteration, the generator in every R-th; torch.optim.AdamW and clip_grad_norm_ with their defaults.
Noise is drawn inside the clock, times and labels too. DynaDG and DynaRS are at a fixed k > 0. No mixed precision, no checkpointing.
What else a run may have is told: --simulation final-ode trains on what all N steps end with (DMDR's option `ode`); --classifier W ... makes a
reward, the margin of a convolutional classifier, for ReFL without hinge (--refl) and for a tilt of the fake score's loss among
--repeats samples of a class (--tilt); --lora puts the adapter on all linear layers of a block; --ema keeps an average of the generator.

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


class MarginReward(torch.nn.Module):
    """z_c - logsumexp of the other logits; 3 x 3 convolutions, the first of stride 1 and the others of 2, SiLU, the mean over pixels, a head."""

    def __init__(self, channels, widths, classes):
        super().__init__()
        ends = zip([channels, *widths[:-1]], widths)
        self.convs = torch.nn.ModuleList(torch.nn.Conv2d(a, b, 3, 1 if n == 0 else 2, 1) for n, (a, b) in enumerate(ends))
        self.head = torch.nn.Linear(widths[-1], classes)
        self.requires_grad_(False)

    def forward(self, x0, label):
        h = x0.clamp(-1, 1)
        for conv in self.convs:
            h = torch.nn.functional.silu(conv(h))
        logits = self.head(h.mean(dim=(2, 3)))
        own = label[:, None]
        return logits.gather(1, own).squeeze(1) - logits.scatter(1, own, -torch.inf).logsumexp(dim=1)


class Iteration:
    """The state of a run; `run(generator_turn)` does one iteration and returns the seconds of its phases."""

    def __init__(self, shape, chosen):
        self.shape, self.batch, self.steps, self.guidance_scale = shape, chosen.batch, chosen.steps, chosen.guidance
        self.chosen = chosen
        u = torch.linspace(1, 0, chosen.steps + 1)
        self.grid = chosen.shift * u / (1 + (chosen.shift - 1) * u)
        self.generator = sit.SiT(shape, fused=True)
        self.guidance = sit.SiT(shape, fused=True)
        if chosen.lora:
            self.guidance.add_lora(chosen.rank, chosen.rank)
        else:
            self.guidance.add_query_value_lora(chosen.rank, merge_first=True)
        self.reward = MarginReward(shape.channels, chosen.classifier, shape.classes) if chosen.classifier else None
        # PyTorch's own initial values: unlike those of an untrained SiT none is zero, so that every gradient is a number to work on.
        with torch.no_grad():
            self.generator.pos_embed.copy_(sit.position_embedding(shape))
            self.guidance.load_state_dict(self.generator.state_dict(), strict=False)
            for name, value in self.guidance.adapter().items():
                value.normal_(std=1e-3 if name.endswith(("B", "B.weight")) else 1.0)
        for name, value in self.guidance.named_parameters():
            value.requires_grad_(".lora" in name)
        self.generator_optimiser = torch.optim.AdamW(self.generator.base().values(), lr=2e-5, weight_decay=0.01)
        self.fake_optimiser = torch.optim.AdamW(self.guidance.adapter().values(), lr=2e-5, weight_decay=0.0)
        self.renoise = torch.distributions.Beta(*BETA)
        self.average = [value.detach().clone() for value in self.generator.base().values()] if chosen.ema else []

    def run(self, generator_turn):
        marks = [time.perf_counter()]
        repeats = self.chosen.repeats
        label = torch.randint(self.shape.classes, (self.batch // repeats,)).repeat_interleave(repeats)
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
        if self.chosen.simulation == "final-ode":
            clean = all_x0[-1]
        else:
            clean = torch.stack(all_x0)[index, torch.arange(self.batch)]
        t_in = self.grid[index]
        return clean, (1 - column(t_in)) * clean + column(t_in) * torch.randn_like(clean), t_in

    def update_fake(self, clean, label):
        t, noise = self.renoise.sample((self.batch,)), torch.randn_like(clean)
        v = self.guidance((1 - column(t)) * clean + column(t) * noise, t, label, FAKE_SCALE)
        loss = ((v - (noise - clean)) ** 2).mean(dim=(1, 2, 3))
        if self.chosen.tilt:
            loss = self.tilt(clean, label) * loss
        loss.mean().backward()
        self.descend(self.guidance, self.fake_optimiser)

    @torch.no_grad()
    def tilt(self, clean, label):
        """Weights exp(-(r - mean r) / beta) of each group of samples of a class, with mean 1."""
        reward = self.reward(clean, label).view(-1, self.chosen.repeats)
        weight = torch.exp((-(reward - reward.mean(dim=1, keepdim=True)) / self.chosen.tilt).clamp(-6, 6))
        return (weight / weight.mean(dim=1, keepdim=True)).clamp(max=10).view(-1)

    def real_velocity(self, x_t, t, label):
        if self.guidance_scale == 1:
            return self.guidance(x_t, t, label, REAL_SCALE)
        none = torch.full_like(label, self.shape.classes)
        both = self.guidance(torch.cat([x_t, x_t]), torch.cat([t, t]), torch.cat([none, label]), REAL_SCALE)
        without, with_class = both.chunk(2)
        return without + self.guidance_scale * (with_class - without)

    def update_generator(self, x_in, t_in, label):
        x0 = x_in - column(t_in) * self.generator(x_in, t_in, label)
        with torch.no_grad():
            t, noise = self.renoise.sample((self.batch,)), torch.randn_like(x0)
            x_t = (1 - column(t)) * x0 + column(t) * noise
            fake = x_t - column(t) * self.guidance(x_t, t, label, FAKE_SCALE)
            distance = x0 - (x_t - column(t) * self.real_velocity(x_t, t, label))
            g = torch.nan_to_num((distance - (x0 - fake)) / (distance.abs().mean(dim=(1, 2, 3), keepdim=True) + 1e-8))
        loss = 0.5 * torch.nn.functional.mse_loss(x0, (x0 - g).detach())
        if self.chosen.refl:
            loss = loss - self.chosen.refl * self.reward(x0, label).mean()
        loss.backward()
        self.descend(self.generator, self.generator_optimiser)
        if self.average:
            torch._foreach_lerp_(self.average, [value.detach() for value in self.generator.base().values()], 1 - self.chosen.ema)

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
    parser.add_argument("--guidance", type=float, default=1.5, help="w of the real score, at least 1, which is no guidance")
    parser.add_argument("--rank", type=int, default=32, help="of the adapter")
    parser.add_argument("--lora", action="store_true", help="adapter on the linear layers of attention and MLP, not on queries and values alone")
    parser.add_argument("--simulation", default="same-step", choices=["same-step", "final-ode"])
    parser.add_argument("--classifier", type=int, nargs="+", default=[], metavar="W", help="channels of the reward's convolutions")
    parser.add_argument("--refl", type=float, default=0.0, help="weight of ReFL")
    parser.add_argument("--tilt", type=float, default=0.0, help="beta of the tilt, 0 for none")
    parser.add_argument("--repeats", type=int, default=1, help="samples of a class in a batch")
    parser.add_argument("--ema", type=float, default=0.0, help="decay of the generator's average, 0 for none")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5, help="timed iterations of each kind")
    parser.add_argument("--warm-up", type=int, default=1, help="iterations of each kind before")
    parser.add_argument("--serve", action="store_true", help="iterations on request: see above")
    parser.add_argument("--quiet", action="store_true", help="no lines on the standard error")
    chosen = parser.parse_args()
    at_least_1 = (chosen.steps, chosen.batch, chosen.ratio, chosen.rank, chosen.repeats, chosen.threads, chosen.rounds, *chosen.classifier)
    if min(at_least_1) < 1 or chosen.warm_up < 0:
        parser.error("steps, batch, ratio, rank, repeats, threads, rounds and widths must be at least 1, warm-up at least 0")
    if chosen.batch % chosen.repeats:
        parser.error("batch must be a multiple of repeats")
    if (chosen.refl or chosen.tilt) and not chosen.classifier:
        parser.error("refl and tilt need a classifier")
    if min(chosen.refl, chosen.tilt, chosen.ema) < 0 or chosen.ema >= 1:
        parser.error("refl, tilt and ema must be at least 0, ema below 1")
    if chosen.guidance < 1:
        parser.error("guidance must be at least 1")
    return chosen


def main():
    chosen = arguments()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(0)
    shape = SMALL[chosen.model] if chosen.model in SMALL else sit.named(chosen.model)
    iteration = Iteration(shape, chosen)
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
