# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""DMDR's training iteration (arXiv 2511.13649) over a class-conditional velocity network, in plain PyTorch.

One iteration m: rollout of the student, update of the shared adapter on the fake score's loss, and where m > 0 and m % ratio == 0 an
update of the student. All randomness is given. No scaler, no mixed precision, one process.
"""
import dataclasses
import math

import torch


@dataclasses.dataclass(frozen=True)
class Settings:
    """Numbers of a run; the names are those of the C++ settings where there is one."""

    steps: int = 1
    shift: float = 1.0
    batch: int = 4
    ratio: int = 1
    fake_scale: float = 2.0
    real_scale0: float = 0.75
    anneal_updates: int = 4  # of DynaDG and of DynaRS
    a0: float = 4.0
    b0: float = 1.5
    cfg_low: float = 1.25
    cfg_high: float = 1.75
    normaliser_eps: float = 1e-8
    dm_weight: float = 1.0
    rl_weight: float = 0.5
    margin: float = 0.7
    reward_weight: float = 1.0
    generator_lr: float = 1e-3
    generator_weight_decay: float = 0.01
    fake_lr: float = 2e-3
    fake_weight_decay: float = 0.0
    beta1: float = 0.9
    beta2: float = 0.999
    adam_eps: float = 1e-8
    generator_clip: float = 1.0
    fake_clip: float = 1.0

    def grid(self):
        """t_0 = 1 > ... > t_{N-1}, without the final 0."""
        u = [1 - i / self.steps for i in range(self.steps)]
        return [self.shift * v / (1 + (self.shift - 1) * v) for v in u]

    def cosine(self, updates):
        return 0.5 * (1 + math.cos(math.pi * min(updates / self.anneal_updates, 1.0)))

    def real_scale(self, updates):
        """DynaDG's scale of the adapter in the real score."""
        return self.real_scale0 * self.cosine(updates) if updates < self.anneal_updates else 0.0

    def beta(self, updates):
        """DynaRS: parameters of the Beta that renoise times are drawn from."""
        d = self.cosine(updates)
        return 1 + (self.a0 - 1) * d, 1 + (self.b0 - 1) * d

    def generator_turn(self, iteration):
        return iteration > 0 and iteration % self.ratio == 0


def optimiser(parameters, settings, lr, weight_decay):
    return torch.optim.AdamW(parameters, lr=lr, betas=(settings.beta1, settings.beta2), eps=settings.adam_eps,
                             weight_decay=weight_decay, foreach=False)


def column(t):
    """[B] as [B, 1, 1, 1]."""
    return t.view(-1, 1, 1, 1)


class Step:
    """The state of a run: student, guidance network (frozen base and shared adapter), two optimisers, two counters.

    student(x, t, label) -> v; guidance(x, t, label, scale) -> v, its trained parameters are `guidance.adapter()`.
    reward(images, label) -> [B]. draw(stream, iteration, use) -> tensor. record(name, value) is called with what happens.
    """

    def __init__(self, settings, student, guidance, reward, null_label, draw, record):
        self.settings, self.student, self.guidance, self.reward = settings, student, guidance, reward
        self.null_label, self.draw, self.record = null_label, draw, record
        self.trained = student.base()
        self.adapter = guidance.adapter()
        s = settings
        self.generator_optimiser = optimiser(self.trained.values(), s, s.generator_lr, s.generator_weight_decay)
        self.fake_optimiser = optimiser(self.adapter.values(), s, s.fake_lr, s.fake_weight_decay)
        self.iteration = self.updates = 0

    def run(self):
        """One iteration."""
        m = self.iteration
        label = self.draw("labels", m, 0)
        clean, x_in, t_in = self.rollout(label)
        self.update_fake(clean, label)
        if self.settings.generator_turn(m):
            self.update_generator(x_in, t_in, label)
            self.updates += 1
        self.iteration += 1

    @torch.no_grad()
    def rollout(self, label):
        """All clean predictions along the grid; then, for each sample, the one of its own step, renoised to that step's time."""
        m, times = self.iteration, [*self.settings.grid(), 0.0]
        x = self.draw("rollout_latent", m, 0)
        all_x0 = []
        for k in range(self.settings.steps):
            t = torch.full((len(x),), times[k], dtype=x.dtype)
            all_x0.append(x - times[k] * self.student(x, t, label))
            if k + 1 < self.settings.steps:
                x = (1 - times[k + 1]) * all_x0[-1] + times[k + 1] * self.draw("rollout_noise", m, k)
        if self.settings.steps > 1:
            index = self.draw("step_index", m, 0)
        else:
            index = torch.zeros(len(x), dtype=torch.int64)
        all_x0 = torch.stack(all_x0)
        clean = all_x0[index, torch.arange(len(x))]
        t_in = torch.tensor(times, dtype=x.dtype)[index]
        x_in = (1 - column(t_in)) * clean + column(t_in) * self.draw("rollout_renoise", m, 0)
        self.record("all_x0", all_x0)
        self.record("clean", clean)
        self.record("input", x_in)
        self.record("input_time", t_in)
        return clean, x_in, t_in

    def update_fake(self, clean, label):
        m, s = self.iteration, self.settings
        t, eps = self.draw("fake_time", m, 0), self.draw("fake_noise", m, 0)
        x_t = (1 - column(t)) * clean + column(t) * eps
        loss = ((self.guidance(x_t, t, label, s.fake_scale) - (eps - clean)) ** 2).mean()
        self.record("fake_loss", loss)
        self.descend("fake", "adapter", loss, self.adapter, self.fake_optimiser, s.fake_clip)

    def update_generator(self, x_in, t_in, label):
        m, s = self.iteration, self.settings
        x0 = x_in - column(t_in) * self.student(x_in, t_in, label)
        self.record("x0", x0)
        g = self.direction(x0.detach(), label)
        dm_loss = 0.5 * ((x0 - (x0 - g).detach()) ** 2).mean()
        loss = s.dm_weight * dm_loss
        self.record("dm_loss", dm_loss)
        if s.rl_weight != 0:
            reward = self.reward(x0.clamp(-1, 1), label)
            rl_loss = (s.reward_weight * torch.relu(s.margin - reward)).mean()
            loss = loss + s.rl_weight * rl_loss
            self.record("reward", reward)
            self.record("rl_loss", rl_loss)
        self.record("loss", loss)
        self.descend("generator", "student", loss, self.trained, self.generator_optimiser, s.generator_clip)

    @torch.no_grad()
    def direction(self, x0, label):
        """g = (x0_fake - x0_real) / (mean |x0 - x0_real| + eps), both scores at the same renoised image."""
        m, s = self.iteration, self.settings
        t, eps = self.draw("dm_time", m, 0), self.draw("dm_noise", m, 0)
        w = s.cfg_low + (s.cfg_high - s.cfg_low) * self.draw("cfg_scale", m, 0).item()
        scale = s.real_scale(self.updates)
        x_t = (1 - column(t)) * x0 + column(t) * eps
        fake = x_t - column(t) * self.guidance(x_t, t, label, s.fake_scale)
        v = self.guidance(x_t, t, label, scale)
        if w > 1:
            u = self.guidance(x_t, t, torch.full_like(label, self.null_label), scale)
            v = u + w * (v - u)
        real = x_t - column(t) * v
        n = (x0 - real).abs().mean(dim=(1, 2, 3)) + s.normaliser_eps
        g = torch.nan_to_num((fake - real) / column(n))
        found = {"guidance_scale": w, "real_scale": scale, "x0_fake": fake, "x0_real": real, "normaliser": n, "g": g}
        for name, value in found.items():
            self.record(name, value)
        return g

    def descend(self, kind, owner, loss, parameters, adamw, clip):
        for value in parameters.values():
            value.grad = None
        loss.backward()
        for name, value in parameters.items():
            self.record(f"{kind}_gradient.{name}", value.grad)
        self.record(f"{kind}_gradient_norm", torch.nn.utils.clip_grad_norm_(parameters.values(), clip))
        adamw.step()
        for name, value in parameters.items():
            self.record(f"{owner}.{name}", value)
