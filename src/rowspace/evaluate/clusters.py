"""k-means, the same clusters for the same seed. Axes: `n` rows, `D` dimensions, `k` clusters.

Lloyd (1982), started as Arthur and Vassilvitskii (2007) do: each next centre is drawn with the
square of the distance to the nearest one so far. Of several starts the one with the least sum of
squares is kept.
"""

from __future__ import annotations

import numpy as np

STARTS, STEPS = 10, 100


def k_means(rows: np.ndarray, k: int, *, seed: int = 0, starts: int = STARTS) -> np.ndarray:
    """The cluster of each of `rows` float [n, D], int64 [n], below k (at most n)."""
    rows = np.asarray(rows, np.float64)
    random = np.random.default_rng(seed)
    k = min(k, len(rows))
    best, least = np.zeros(len(rows), np.int64), np.inf
    for _ in range(starts if k > 1 else 0):
        found, squares = _settled(rows, _spread(rows, k, random))
        if squares < least:
            best, least = found, squares
    return best


def _spread(rows: np.ndarray, k: int, random: np.random.Generator) -> np.ndarray:
    """The first centres, [k, D]."""
    centres = [rows[random.integers(len(rows))]]
    nearest = np.full(len(rows), np.inf)
    while len(centres) < k:
        nearest = np.minimum(nearest, ((rows - centres[-1]) ** 2).sum(axis=1))
        bound = np.cumsum(nearest)
        at = int(np.searchsorted(bound, random.random() * bound[-1], side="right"))
        centres.append(rows[min(at, len(rows) - 1)])
    return np.stack(centres)


def _settled(rows: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, float]:
    """Clusters that no longer change, and the sum of squares to their centres."""
    own = np.full(len(rows), -1)
    for _ in range(STEPS):
        # A row's own length is the same for every centre.
        now = ((centres**2).sum(axis=1) - 2 * rows @ centres.T).argmin(axis=1)
        if (now == own).all():
            break
        own = now
        sizes = np.bincount(own, minlength=len(centres))
        sums = np.stack([np.bincount(own, column, len(centres)) for column in rows.T], axis=1)
        # A centre without rows stays where it is.
        centres = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
    return own, float(((rows - centres[own]) ** 2).sum())
