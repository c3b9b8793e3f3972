"""Rows before any training."""

from __future__ import annotations

import numpy as np

from rowspace.random import Stream, uniform
from rowspace.vectors.cosine import row_blocks


def uniform_rows(n_rows: int, dim: int, seed: int) -> np.ndarray:
    """float32 [n_rows, dim], uniform in [-0.5 / dim, 0.5 / dim), as word2vec starts."""
    rows = np.empty((n_rows, dim), np.float32)
    blocks = row_blocks(rows)
    for start in blocks:
        some = rows[start : start + blocks.step]
        position = np.arange(some.size, dtype=np.uint64) + np.uint64(start * dim)
        drawn = uniform(seed, Stream.ROWS, position, low=-0.5 / dim, high=0.5 / dim)
        some[:] = drawn.reshape(some.shape)
    return rows
