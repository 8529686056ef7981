# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Fréchet distance, inception score, precision and recall.

Fréchet distance (Heusel et al. 2017): |m1 - m2|^2 + tr(S1) + tr(S2) - 2 tr((S1 S2)^(1/2)), unbiased covariances. `sqrtm` is SciPy's
matrix square root of S1 S2, real part. `svd` takes the trace as the sum of the singular values of X1c X2c^T / sqrt((n1-1)(n2-1)) with
centred rows, which is exact to rounding for singular covariances too.
Inception score (Salimans et al. 2016): exp(mean KL(p(y|x) | p(y))), split i = rows [i N / splits, (i+1) N / splits); mean and population
standard deviation over the splits.
Precision and recall (Kynkäänniemi et al. 2019): a ball around each point reaches its k-th nearest other point of the same set.
`inclusive` counts points inside or on a ball (ADM, torch-fidelity), `exclusive` only inside (prdc).
"""
import numpy as np
import scipy.linalg
import scipy.spatial.distance
import scipy.special

from golden import Golden, normal


def frechet(out, name, a, b, sqrtm):
    out.add(f"{name}.a", a, "features of the first set, one row a sample")
    out.add(f"{name}.b", b, "features of the second set")
    mean_a, mean_b = a.mean(0), b.mean(0)
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    out.add(f"{name}.mean_a", mean_a, "mean of the first set")
    out.add(f"{name}.covariance_a", cov_a, "unbiased covariance of the first set")
    rest = ((mean_a - mean_b) ** 2).sum() + np.trace(cov_a) + np.trace(cov_b)
    if sqrtm:
        root = scipy.linalg.sqrtm(cov_a @ cov_b)
        out.add(f"{name}.sqrtm", rest - 2 * np.trace(np.real(root)), "distance through SciPy's sqrtm")
    cross = (a - mean_a) @ (b - mean_b).T / np.sqrt((len(a) - 1.0) * (len(b) - 1.0))
    nuclear = np.linalg.svd(cross, compute_uv=False).sum()
    out.add(f"{name}.svd", rest - 2 * nuclear, "distance through the singular values")


def inception(out, name, logits, splits):
    logp = scipy.special.log_softmax(logits, axis=1)
    p = np.exp(logp)
    scores = []
    for i in range(splits):
        part = slice(i * len(p) // splits, (i + 1) * len(p) // splits)
        log_marginal = scipy.special.logsumexp(logp[part], axis=0) - np.log(len(p[part]))
        scores.append(np.exp(np.where(p[part] > 0, p[part] * (logp[part] - log_marginal), 0).sum(1).mean()))
    out.add(f"{name}.splits{splits}.mean", np.mean(scores), f"mean of exp(KL) over {splits} split(s)")
    out.add(f"{name}.splits{splits}.deviation", np.std(scores), f"population standard deviation over {splits} split(s)")


def precision_recall(out, name, real, fake, k):
    def squared(x, y):
        return scipy.spatial.distance.cdist(x, y, "sqeuclidean")

    # Row-wise k-th smallest of the distances to the others: position k, as position 0 is the point itself.
    radius_real = np.sort(squared(real, real), axis=1)[:, k]
    radius_fake = np.sort(squared(fake, fake), axis=1)[:, k]
    cross = squared(real, fake)
    for rule, inside in (("inclusive", np.less_equal), ("exclusive", np.less)):
        precision = inside(cross, radius_real[:, None]).any(0).mean()
        recall = inside(cross, radius_fake[None, :]).any(1).mean()
        out.add(f"{name}.k{k}.{rule}.precision", precision, f"share of fake points in a ball of the real ones, k = {k}")
        out.add(f"{name}.k{k}.{rule}.recall", recall, f"share of real points in a ball of the fake ones, k = {k}")


def build():
    out = Golden("metrics")
    mix = normal(1, 6, 6)
    frechet(out, "frechet.full", normal(2, 60, 6) @ mix + 0.5, normal(3, 50, 6) * 1.3, True)
    frechet(out, "frechet.few_rows", normal(4, 5, 8), normal(5, 7, 8) * 0.7 + 1, False)
    a, b = normal(6, 40, 4), normal(7, 30, 4)
    a[:, 3], b[:, 3] = a[:, 0], 2 * b[:, 1]
    frechet(out, "frechet.singular", a, b, False)

    logits = normal(8, 41, 10) * 3
    logits[0] += 900.0
    logits[1] -= 900.0
    logits[2] = np.where(np.arange(10) == 4, 800.0, -800.0)
    out.add("inception.logits", logits, "logits, one row a sample; some rows overflow a plain exp")
    for splits in (1, 4):
        inception(out, "inception", logits, splits)

    real, fake = normal(9, 40, 3), normal(10, 37, 3) * 1.2 + 0.8
    out.add("pr.real", real, "features of the real points")
    out.add("pr.fake", fake, "features of the generated points")
    for k in (3, 5):
        precision_recall(out, "pr", real, fake, k)
    rng = np.random.Generator(np.random.PCG64(11))
    real, fake = rng.integers(0, 6, (30, 2)).astype(float), rng.integers(2, 9, (26, 2)).astype(float)
    out.add("pr_grid.real", real, "real points on a grid of whole numbers: many points lie exactly on a ball, some coincide")
    out.add("pr_grid.fake", fake, "generated points on the same grid")
    precision_recall(out, "pr_grid", real, fake, 3)
    return out
