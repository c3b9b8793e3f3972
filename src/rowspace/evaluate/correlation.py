"""Spearman's rank correlation and bootstrap intervals, vectorised over resamples.

A resample of n cases holds few distinct values, so its average ranks come from counting how often
each value was drawn, not from sorting. Axes: `n` cases, `S` resamples, `U` distinct values.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

RESAMPLES = 1000
LEVEL = 95.0
_NUMBERS_AT_ONCE = 1 << 22


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation of the average ranks of a and b [n]; NaN below two cases or without spread."""
    if len(a) < 2:
        return math.nan
    whole = np.arange(len(a))[None]
    return float(_pearson(_ranks(a, whole), _ranks(b, whole))[0])


def spearman_interval(a: np.ndarray, b: np.ndarray, seed: int) -> tuple[float, float]:
    """Percentile bootstrap over pairs (Efron 1979); NaN where no resample has a correlation."""
    if len(a) < 2:
        return math.nan, math.nan
    return _percentiles(spearmans((a,), b, seed, RESAMPLES)[:, 0])


def spearmans(given: Sequence[np.ndarray], b: np.ndarray, seed: int, resamples: int) -> np.ndarray:
    """The correlations of each of `given` [n] with b [n] in resamples of the cases, the same cases
    for all of them; float64 [S, len(given)]."""
    random = np.random.default_rng(seed)
    step = max(1, _NUMBERS_AT_ONCE // len(b))
    values = []
    for start in range(0, resamples, step):
        drawn = random.integers(0, len(b), (min(step, resamples - start), len(b)))
        ranks = _ranks(b, drawn)
        values.append(np.stack([_pearson(_ranks(a, drawn), ranks) for a in given], axis=1))
    return np.concatenate(values)


def share_interval(right: int, n: int, seed: int) -> tuple[float, float]:
    """Percentile bootstrap of right / n: a resample's number of right ones is binomial."""
    if n == 0:
        return math.nan, math.nan
    random = np.random.default_rng(seed)
    return _percentiles(random.binomial(n, right / n, RESAMPLES) / n)


def _ranks(values: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Average ranks of `values[drawn]` within each resample, float64 [S, n]."""
    distinct, codes = np.unique(values, return_inverse=True)
    codes = codes[drawn]
    resamples, size = len(drawn), len(distinct)
    shifted = codes + size * np.arange(resamples)[:, None]
    counts = np.bincount(shifted.ravel(), minlength=resamples * size).reshape(resamples, size)
    # Of k equal values after m lower ones the average rank is m + (k + 1) / 2.
    ranks = np.cumsum(counts, axis=1) - counts + (counts + 1) / 2
    return np.take_along_axis(ranks, codes, axis=1)


def _pearson(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Row by row, float64 [S]; NaN where one side does not vary."""
    a = a - a.mean(axis=1, keepdims=True)
    b = b - b.mean(axis=1, keepdims=True)
    spread = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > 0, (a * b).sum(axis=1) / spread, math.nan)


def _percentiles(values: np.ndarray) -> tuple[float, float]:
    values = values[np.isfinite(values)]
    if not len(values):
        return math.nan, math.nan
    low, high = np.percentile(values, [(100 - LEVEL) / 2, (100 + LEVEL) / 2])
    return float(low), float(high)
