# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""DynaDG and DynaRS over generator updates, and the Beta distribution.

DynaDG (DMDR, arXiv 2511.13649): s_r(k) = s_r0 (1 + cos(pi k / K)) / 2 for k < K, 0 from K on; K = 0 switches it off.
DynaRS: d = (1 + cos(pi min(k / K, 1))) / 2, a = 1 + (a0 - 1) d, b = 1 + (b0 - 1) d, t ~ Beta(a, b); K = 0 keeps Beta(a0, b0).
"""
import numpy as np
import scipy.stats

from golden import Golden


def build():
    out = Golden("schedules")
    k = np.arange(0, 26)
    out.add("k", k, "number of generator updates so far")
    for start, name in ((0.75, "075"), (0.5, "050")):
        for horizon in (20, 0):
            scale = np.where(k < horizon, start * 0.5 * (1 + np.cos(np.pi * k / max(horizon, 1))), 0.0)
            out.add(f"dyna_dg.start{name}.horizon{horizon}", scale, f"s_r(k), s_r0 = {start}, K = {horizon}")
    for horizon in (20, 0):
        d = 0.5 * (1 + np.cos(np.pi * np.minimum(k / horizon, 1))) if horizon else np.ones(len(k))
        out.add(f"dyna_rs.horizon{horizon}.a", 1 + (4 - 1) * d, f"first parameter of the Beta, a0 = 4, K = {horizon}")
        out.add(f"dyna_rs.horizon{horizon}.b", 1 + (1.5 - 1) * d, f"second parameter of the Beta, b0 = 1.5, K = {horizon}")

    x = np.linspace(0.05, 0.95, 19)
    p = np.array([0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999])
    out.add("beta.x", x, "places where density and distribution function are given")
    out.add("beta.p", p, "probabilities where quantiles are given")
    for name, a, b in (("4_1.5", 4, 1.5), ("2.5_1.25", 2.5, 1.25), ("1.2_1.03", 1.2, 1.03), ("1_1", 1, 1)):
        beta = scipy.stats.beta(a, b)
        out.add(f"beta.{name}.parameters", [a, b], "a and b")
        out.add(f"beta.{name}.mean", beta.mean(), "mean")
        out.add(f"beta.{name}.variance", beta.var(), "variance")
        out.add(f"beta.{name}.density", beta.pdf(x), "density at beta.x")
        out.add(f"beta.{name}.distribution", beta.cdf(x), "distribution function at beta.x")
        out.add(f"beta.{name}.quantile", beta.ppf(p), "quantiles at beta.p")
    return out
