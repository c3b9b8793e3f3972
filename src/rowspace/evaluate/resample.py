"""Bootstrap intervals for any figure that is worked out from counts of cases.

Cases that are alike (the same true label, the same answer) are one pattern; a resample is how often
each pattern was drawn, so that many cases cost no more than there are patterns. Source: Efron
(1979), the percentile interval. Axes: `C` patterns, `S` resamples, `M` figures.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rowspace.evaluate.correlation import LEVEL, RESAMPLES

Statistic = Callable[[np.ndarray], np.ndarray]
"""Draws float64 [S, C] to figures [S, M]."""

FEWEST = 100
"""Resamples that are drawn however large the data."""
WORK = 1 << 24
"""Patterns times resamples, and figures times resamples, beyond which fewer are drawn."""
_AT_ONCE = 1 << 22


def interval(
    counts: np.ndarray,
    statistic: Statistic,
    seed: int,
    *,
    width: int = 1,
    resamples: int = RESAMPLES,
) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % intervals of M figures: low and high, float64 [M].

    `counts` int [C]: how often each pattern occurs. `statistic` maps draws float64 [S, C] to
    figures [S, M]; NaN among them does not count, and where all are NaN so is the interval.
    `width`: numbers that `statistic` needs for each resample; `resamples`: at most so many.
    """
    n = int(counts.sum())
    random = np.random.default_rng(seed)
    size = max(len(counts), width)
    resamples = int(np.clip(WORK // size, FEWEST, resamples))
    step = max(1, _AT_ONCE // size)
    found = []
    for start in range(0, resamples, step):
        some = min(step, resamples - start)
        if (counts == 1).all():
            draws = _evenly(random, n, some)
        else:
            draws = random.multinomial(n, counts / n, some).astype(np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            found.append(statistic(draws))
    return percentiles(np.concatenate(found))


def _evenly(random: np.random.Generator, n: int, resamples: int) -> np.ndarray:
    """How often each of n cases is drawn, float64 [S, n]."""
    drawn = random.integers(0, n, (resamples, n)) + n * np.arange(resamples)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=resamples * n)
    return counts.reshape(resamples, n).astype(np.float64)


def percentiles(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the middle 95 % of each column of `values` [S, M] that is finite."""
    values = np.sort(np.where(np.isfinite(values), values, np.nan), axis=0)
    there = np.count_nonzero(~np.isnan(values), axis=0)
    ends = []
    for share in ((100 - LEVEL) / 200, (100 + LEVEL) / 200):
        place = np.maximum(there - 1, 0) * share
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, np.maximum(there - 1, 0))
        columns = np.arange(values.shape[1])
        part = place - below
        ends.append(values[below, columns] * (1 - part) + values[above, columns] * part)
    return ends[0], ends[1]
