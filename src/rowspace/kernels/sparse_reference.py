"""Products with a sparse matrix, in NumPy: the definition, and the way for small ones.

A matrix [n, F] is a bag of columns a row: `ids`, `offsets`, `weights`. Its transpose is the same
with bags of rows.
"""

from __future__ import annotations

import numpy as np


def weighted_sums(
    rows: np.ndarray, ids: np.ndarray, offsets: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """out[b] = Σ weights[i] · rows[ids[i]] over the ids of bag b; float64 [B, k] from [F, k]."""
    bags = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    out = np.empty((len(offsets) - 1, rows.shape[1]))
    for column in range(rows.shape[1]):
        values = weights * np.take(rows[:, column], ids)
        out[:, column] = np.bincount(bags, values, minlength=len(out))
    return out
