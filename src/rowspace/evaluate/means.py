"""The mean of figures of cases, with an interval that draws whole groups of them.

Axes: `n` cases, `G` groups.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from rowspace.evaluate.resample import interval
from rowspace.evaluate.score import Score


def mean_by_group(
    score: Score, values: np.ndarray, group: np.ndarray | None = None, *, seed: int = 0
) -> Score:
    """The score with the mean of `values` float64 [n], and the 95 % percentile bootstrap (Efron
    1979) over the groups int64 [n], where cases depend on each other; over the cases where there
    is one group or none is given. NaN without cases."""
    if not len(values):
        return replace(score, value=math.nan, low=math.nan, high=math.nan)
    if group is None or len(np.unique(group)) < 2:
        group = np.arange(len(values))
    _, place = np.unique(group, return_inverse=True)
    sums, sizes = np.bincount(place, values), np.bincount(place)
    patterns, counts = np.unique(np.stack([sums, sizes], axis=1), axis=0, return_counts=True)

    def mean(draws: np.ndarray) -> np.ndarray:
        total, number = (draws @ patterns).T
        return (total / number)[:, None]

    low, high = interval(counts, mean, seed)
    return replace(score, value=float(values.mean()), low=float(low[0]), high=float(high[0]))
