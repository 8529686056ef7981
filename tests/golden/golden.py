# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Collects the tensors of one golden file, each with a sentence that says what it is.

A generator module has a docstring (title line, then formulas and sources), and one function `build()` that returns a `Golden` or a
list of them.
scripts/golden writes the files to tests/data/golden/ and the list of all keys to docs/reference/golden.md.
"""
import numpy as np


class Golden:
    """Named float64 and int64 arrays with their meanings, in the order of `add`.

    `single`: the file holds float32 where others hold float64. `metadata`: strings for the file's header.
    """

    def __init__(self, name, single=False, metadata=None):
        self.name = name
        self.real = np.float32 if single else np.float64
        self.metadata = metadata
        self.arrays = {}
        self.rows = {}
        self.slack = {}

    def add(self, key, value, meaning, row=None, shape=None, slack=None):
        """Adds one array; floats become float64, whole numbers int64. Returns it as NumPy array.

        The list of keys has a line `row` (default: the key) with `shape` (default: the array's); keys with the same row share it.
        `slack`: how far a float32 array may lie from another machine's; default 2e-5 of its largest number.
        """
        if hasattr(value, "detach"):
            value = value.detach().numpy()
        value = np.array(value)
        value = value.astype(np.int64 if value.dtype.kind in "iub" else self.real)
        if value.dtype != np.int64 and not np.isfinite(value).all():
            raise ValueError(f"{self.name}: {key} is not finite")
        if key in self.arrays:
            raise ValueError(f"{self.name}: {key} is given twice")
        self.arrays[key] = np.ascontiguousarray(value).reshape(value.shape)
        kind = " int64" if value.dtype == np.int64 else ""
        self.slack[key] = 2e-5 * max(np.abs(value).max(initial=0), 1e-3) if slack is None else slack
        self.rows.setdefault(row or key, (f"{list(value.shape) if shape is None else shape}{kind}", meaning))
        return value


def normal(seed, *shape):
    """Standard normal numbers from NumPy's PCG64, so that the inputs do not depend on torch's generator."""
    return np.random.Generator(np.random.PCG64(seed)).standard_normal(shape)


def uniform(seed, low, high, *shape):
    """Uniform numbers in [low, high) from NumPy's PCG64."""
    return np.random.Generator(np.random.PCG64(seed)).uniform(low, high, shape)
