# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Collects the tensors of one golden file, each with a sentence that says what it is.

A generator module has a docstring (title line, then formulas and sources), and one function `build()` that returns a `Golden`.
scripts/golden writes the files to tests/data/golden/ and the list of all keys to docs/reference/golden.md.
"""
import numpy as np


class Golden:
    """Named float64 and int64 arrays with their meanings, in the order of `add`."""

    def __init__(self, name):
        self.name = name
        self.arrays = {}
        self.meanings = {}

    def add(self, key, value, meaning):
        """Adds one array; floats become float64, whole numbers int64. Returns it as NumPy array."""
        if hasattr(value, "detach"):
            value = value.detach().numpy()
        value = np.array(value)
        value = value.astype(np.int64 if value.dtype.kind in "iub" else np.float64)
        if value.dtype == np.float64 and not np.isfinite(value).all():
            raise ValueError(f"{self.name}: {key} is not finite")
        if key in self.arrays:
            raise ValueError(f"{self.name}: {key} is given twice")
        self.arrays[key] = np.ascontiguousarray(value).reshape(value.shape)
        self.meanings[key] = meaning
        return value


def normal(seed, *shape):
    """Standard normal numbers from NumPy's PCG64, so that the inputs do not depend on torch's generator."""
    return np.random.Generator(np.random.PCG64(seed)).standard_normal(shape)


def uniform(seed, low, high, *shape):
    """Uniform numbers in [low, high) from NumPy's PCG64."""
    return np.random.Generator(np.random.PCG64(seed)).uniform(low, high, shape)
