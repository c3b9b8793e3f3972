"""Do the vectors use their space evenly, or do they lie in a narrow cone?

partition         min Z(c) / max Z(c), Z(c) = Σ_w exp(c·w), over c = ± the eigenvectors of Wᵀ W
                  (Mu and Viswanath 2018; Arora et al. 2016): 1 is even
mean-cosine       of all pairs of vectors: 0 is even (Ethayarajh 2019)
top-components    share of the variance that lies along the D/100 first principal components, at
                  least one
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rowspace.evaluate.resample import Statistic, interval
from rowspace.evaluate.sample import drawn
from rowspace.evaluate.score import Score
from rowspace.vectors import Vectors
from rowspace.vectors.cosine import unit_rows

MOST = 10_000
"""Vectors that are looked at, unless more are asked for."""
NAMES = ("partition", "mean-cosine", "top-components")


def isotropy(vectors: Vectors, *, most: int = MOST, seed: int = 0) -> list[Score]:
    """`isotropy/partition` (more is better), `isotropy/mean-cosine` and `isotropy/top-components`
    (less is better) of `most` items drawn by chance.

    Partition and components are of the vectors as they are, their lengths too. The intervals draw
    items and hold the directions. `coverage` is the share with a finite vector that is not zero.
    NaN below 3 vectors, or where they are all the same. Raises SettingError.
    """
    some = drawn(vectors, most, seed=seed)
    rows = some.rows.astype(np.float64)
    n, dim = len(rows), vectors.dim
    top = max(1, dim // 100)
    extra: dict[str, object] = {"items": n, "of": some.of}
    more: tuple[dict[str, object], ...] = (
        {"better": "higher"},
        {"better": "lower"},
        {"better": "lower", "components": top},
    )
    nan = [
        Score(f"isotropy/{name}", np.nan, n, some.coverage, np.nan, np.nan, extra | own)
        for name, own in zip(NAMES, more, strict=True)
    ]
    if n < 3 or (rows == rows[0]).all():
        return nan
    ones = np.ones(n, np.int64)
    found = []
    for empty, (statistic, width) in zip(
        nan, (_partition(rows), _cosine(some.rows), _components(rows, top)), strict=True
    ):
        value = float(statistic(ones[None].astype(np.float64))[0, 0])
        low, high = interval(ones, statistic, seed, width=width)
        found.append(replace(empty, value=value, low=float(low[0]), high=float(high[0])))
    return found


def _partition(rows: np.ndarray) -> tuple[Statistic, int]:
    """min Z / max Z of resamples, and the numbers it needs for each."""
    _, directions = np.linalg.eigh(rows.T @ rows)
    along = rows @ directions
    along = np.concatenate([along, -along], axis=1)
    # The same factor for all: the ratio stays, and nothing leaves the range of the numbers.
    z = np.exp(along - along.max())

    def ratio(draws: np.ndarray) -> np.ndarray:
        sums = draws @ z
        return (sums.min(axis=1) / sums.max(axis=1))[:, None]

    return ratio, z.shape[1]


def _cosine(rows: np.ndarray) -> tuple[Statistic, int]:
    """The mean cosine of two different cases of resamples: (|Σ u|² - Σ d²) / (n² - Σ d²), d how
    often each was drawn, as a case drawn twice is no pair."""
    units = unit_rows(rows).astype(np.float64)

    def mean(draws: np.ndarray) -> np.ndarray:
        same = (draws**2).sum(axis=1)
        n = draws.sum(axis=1)
        return (((draws @ units) ** 2).sum(axis=1) - same)[:, None] / (n**2 - same)[:, None]

    return mean, units.shape[1]


def _components(rows: np.ndarray, top: int) -> tuple[Statistic, int]:
    """The share of the variance along the first components."""
    centred = rows - rows.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    first = centred @ directions[:, -top:]
    squares = np.stack([(first**2).sum(axis=1), (centred**2).sum(axis=1)], axis=1)

    def share(draws: np.ndarray) -> np.ndarray:
        along, whole = (draws @ squares).T
        return (along / whole)[:, None]

    return share, 2
