"""Products with a sparse matrix: serial work on a range of its rows, for threads to share."""

from __future__ import annotations

import numpy as np

from rowspace.kernels.jit import kernel


@kernel
def weighted_sums(
    rows: np.ndarray,
    ids: np.ndarray,
    offsets: np.ndarray,
    weights: np.ndarray,
    first: int,
    last: int,
    out: np.ndarray,
) -> None:
    """`sparse_reference.weighted_sums` for the bags from `first` to `last`; `out` holds zeros."""
    width = rows.shape[1]
    for b in range(first, last):
        if width == 1:
            total = 0.0
            for i in range(offsets[b], offsets[b + 1]):
                total += weights[i] * rows[ids[i], 0]
            out[b, 0] = total
        else:
            for i in range(offsets[b], offsets[b + 1]):
                weight, row = weights[i], ids[i]
                for c in range(width):
                    out[b, c] += weight * rows[row, c]
