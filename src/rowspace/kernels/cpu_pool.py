"""The sum of each bag's rows, weighted or not: `vectors.pooling` for many bags."""

from __future__ import annotations

import numpy as np

from rowspace.kernels.jit import kernel


@kernel
def sum_bags(
    rows: np.ndarray, ids: np.ndarray, offsets: np.ndarray, start: int, stop: int, out: np.ndarray
) -> None:
    """out[b] = Σ rows[ids[offsets[b]:offsets[b + 1]]] for b from `start` to `stop`.

    `rows` uint8 [R, 4 D] are the bytes of float32 numbers, at any place; `out` float32 [B, D]
    holds zeros.
    """
    for b in range(start, stop):
        total = out[b]
        for at in range(offsets[b], offsets[b + 1]):
            row = rows[ids[at]].view(np.float32)
            for d in range(len(total)):
                total[d] += row[d]


@kernel
def sum_weighted(
    rows: np.ndarray,
    ids: np.ndarray,
    weights: np.ndarray,
    offsets: np.ndarray,
    start: int,
    stop: int,
    out: np.ndarray,
) -> None:
    """out[b] = Σ weights[i] · rows[ids[i]]; the others as for `sum_bags`."""
    for b in range(start, stop):
        total = out[b]
        for at in range(offsets[b], offsets[b + 1]):
            row = rows[ids[at]].view(np.float32)
            weight = weights[at]
            for d in range(len(total)):
                total[d] += weight * row[d]
