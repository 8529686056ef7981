# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""AdamW, gradient clipping and the exponential moving average, from torch.

AdamW: torch.optim.AdamW over two tensors, ten steps with given gradients, lr .01, betas (.9, .999), eps 1e-8, weight decay .01.
Clipping: torch.nn.utils.clip_grad_norm_ over two tensors, factor min(1, max_norm / (norm + 1e-6)).
EMA: m <- d m + (1 - d) p after each AdamW step; constant d = .98, and with warm-up d_n = min(.98, (1 + n) / (10 + n)), n = 0 for the first.
"""
import torch

from golden import Golden, normal

STEPS = 10


def build():
    out = Golden("optimiser")
    for name, decay in (("adamw", 0.01), ("adamw_plain", 0.0)):
        parameters = [torch.nn.Parameter(torch.tensor(normal(81, 3, 2))), torch.nn.Parameter(torch.tensor(normal(82, 4)))]
        gradients = [torch.tensor(normal(83, STEPS, 3, 2)), torch.tensor(normal(84, STEPS, 4)) * 1e-3]
        if name == "adamw":
            out.add("adamw.start.0", parameters[0], "first tensor before training, both runs")
            out.add("adamw.start.1", parameters[1], "second tensor before training, both runs")
            out.add("adamw.gradients.0", gradients[0], "its gradient at each step")
            out.add("adamw.gradients.1", gradients[1], "its gradient at each step")
        optimiser = torch.optim.AdamW(parameters, lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=decay)
        history, constant, warm = ([], []), [], []
        ema = parameters[0].detach().clone()
        ema_warm = ema.clone()
        for step in range(STEPS):
            for parameter, gradient in zip(parameters, gradients):
                parameter.grad = gradient[step].clone()
            optimiser.step()
            for i in range(2):
                history[i].append(parameters[i].detach().clone())
            ema = 0.98 * ema + 0.02 * parameters[0].detach()
            d = min(0.98, (1 + step) / (10 + step))
            ema_warm = d * ema_warm + (1 - d) * parameters[0].detach()
            constant.append(ema)
            warm.append(ema_warm)
        for i in range(2):
            out.add(f"{name}.history.{i}", torch.stack(history[i]), f"tensor {i} after each step, weight decay {decay}")
            state = optimiser.state[parameters[i]]
            out.add(f"{name}.moment1.{i}", state["exp_avg"], "first moment after the last step")
            out.add(f"{name}.moment2.{i}", state["exp_avg_sq"], "second moment after the last step")
        if name == "adamw":
            out.add("ema.constant", torch.stack(constant), "average of tensor 0 of the run `adamw`, d = .98")
            out.add("ema.warm_up", torch.stack(warm), "the same with warm-up")
    for name, factor in (("clip", 1.0), ("clip_inside", 0.05)):
        tensors = [torch.nn.Parameter(torch.zeros(3, 2, dtype=torch.float64)), torch.nn.Parameter(torch.zeros(4, dtype=torch.float64))]
        for i, tensor in enumerate(tensors):
            tensor.grad = factor * torch.tensor(normal(85 + i, *tensor.shape))
            out.add(f"{name}.before.{i}", tensor.grad, "gradient before, max_norm = 1")
        norm = torch.nn.utils.clip_grad_norm_(tensors, 1.0)
        out.add(f"{name}.norm", norm, "norm over both tensors before clipping")
        for i, tensor in enumerate(tensors):
            out.add(f"{name}.after.{i}", tensor.grad, "gradient after")
    return out
