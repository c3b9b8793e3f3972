"""Product quantisation, in NumPy: the definition.

A point is D numbers, cut into stretches; of each stretch the number of the nearest of 256 centroids
is kept (Jégou et al. 2011). Axes: `n` points, `d` numbers of a stretch, `M` stretches.
"""

from __future__ import annotations

import numpy as np

CENTROIDS = 256
_POINTS = 1 << 12


def nearest(points: np.ndarray, centroids: np.ndarray, codes: np.ndarray) -> None:
    """codes[i] = argmin over j of |points[i] - centroids[j]|², the first of equals.

    points float32 [n, d], centroids float32 [256, d], codes uint8 [n].
    """
    for start in range(0, len(points), _POINTS):
        some = points[start : start + _POINTS]
        far = np.zeros((len(some), len(centroids)), np.float32)
        for column in range(points.shape[1]):
            far += (some[:, column, None] - centroids[None, :, column]) ** 2
        codes[start : start + _POINTS] = far.argmin(axis=1)


def sums_of(points: np.ndarray, codes: np.ndarray, sums: np.ndarray, counts: np.ndarray) -> None:
    """sums[j] = Σ of the points of code j, float64 [256, d]; counts int64 [256] how many."""
    counts[:] = np.bincount(codes, minlength=CENTROIDS)
    for column in range(points.shape[1]):
        sums[:, column] = np.bincount(codes, points[:, column], CENTROIDS)


def scan(
    codes: np.ndarray,
    table: np.ndarray,
    factors: np.ndarray,
    first: int,
    last: int,
    scores: np.ndarray,
) -> None:
    """scores[i] = factors[i] · Σ over m of table[m, codes[i, m]], for i from `first` to `last`.

    codes uint8 [n, M], table float32 [M, 256], factors and scores float32 [n]: products of one
    query with rows that are kept as codes, without decoding them (Jégou et al. 2011, "asymmetric
    distance").
    """
    some = codes[first:last]
    products = table[np.arange(codes.shape[1]), some].sum(axis=1, dtype=np.float32)
    scores[first:last] = products * factors[first:last]
