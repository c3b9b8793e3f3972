"""Figures of several systems over the same cases in several splits, their differences, and
intervals for both.

The bootstrap draws cases and splits anew, each by itself ("pigeonhole": Owen 2007): a case has the
same weight wherever it is judged, for every system, so that differences are paired. Axes: `n` cases
in all, `J` cases judged in a split, `K` splits, `M` systems, `C` columns, `S` resamples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.evaluate.correlation import RESAMPLES
from rowspace.evaluate.resample import percentiles

WORK = 1 << 25
FEWEST = 200
_AT_ONCE = 1 << 22


@final
@dataclass(frozen=True, slots=True)
class Judgement:
    """One split: `cases` int64 [J], and of each system what its figure is worked out from,
    float64 [M, J, C]."""

    cases: np.ndarray
    columns: np.ndarray


@final
@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


def share_right(truth: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Columns of the accuracy, or micro F1 where `truth` is bool [J, L], float64 [J, 2]: parts of
    what is divided, and of what it is divided by."""
    if truth.ndim == 1:
        right = probabilities.argmax(axis=1) == truth
        return np.stack([right, np.ones(len(truth))], axis=1).astype(np.float64)
    answers = probabilities >= 0.5
    hits, given, gold = (one.sum(axis=1) for one in (answers & truth, answers, truth))
    return np.stack([2 * hits, given + gold], axis=1).astype(np.float64)


def share_explained(truth: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Columns of R², float64 [J, 4]."""
    return np.stack([(truth - told) ** 2, truth**2, truth, np.ones(len(truth))], axis=1)


def figures(totals: np.ndarray) -> np.ndarray:
    """Totals [S, M, C] of the columns to figures [S, M]."""
    if totals.shape[-1] == 2:
        return np.asarray(totals[..., 0] / totals[..., 1])
    off, squares, sums, n = np.moveaxis(totals, -1, 0)
    spread = squares - sums**2 / n
    return np.where(spread > 1e-12 * squares, 1 - off / spread, np.nan)


def estimates(
    parts: Sequence[Judgement], n: int, *, seed: int
) -> tuple[list[Estimate], list[Estimate]]:
    """Of each of M systems its figure over all splits; and how far the first is above each of the
    M - 1 others."""
    systems = len(parts[0].columns)
    flat = [np.concatenate([*one.columns], axis=1) for one in parts]  # [J, M C]
    ones = np.ones((1, n))
    value = _with_gaps(_totals(parts, flat, ones, np.ones((1, len(parts)))), systems)[0]
    random = np.random.default_rng(seed)
    resamples = int(np.clip(WORK // n, FEWEST, RESAMPLES))
    step = max(1, _AT_ONCE // n)
    found = []
    for start in range(0, resamples, step):
        some = min(step, resamples - start)
        cases = _drawn(random, n, some)
        splits = _drawn(random, len(parts), some)
        found.append(_with_gaps(_totals(parts, flat, cases, splits), systems))
    low, high = percentiles(np.concatenate(found))
    rows = [
        Estimate(*three) for three in zip(value.tolist(), low.tolist(), high.tolist(), strict=True)
    ]
    return rows[:systems], rows[systems:]


def _totals(
    parts: Sequence[Judgement], flat: Sequence[np.ndarray], cases: np.ndarray, splits: np.ndarray
) -> np.ndarray:
    """Float64 [S, M C]: the columns' sums, cases weighted by `cases` [S, n], splits by [S, K]."""
    out = np.zeros((len(cases), flat[0].shape[1]))
    for at, (part, columns) in enumerate(zip(parts, flat, strict=True)):
        out += splits[:, at, None] * (cases[:, part.cases] @ columns)
    return out


def _with_gaps(totals: np.ndarray, systems: int) -> np.ndarray:
    """Figures, and how far the first is above each other, float64 [S, 2 M - 1]."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = figures(totals.reshape(len(totals), systems, -1))
    return np.concatenate([found, found[:, :1] - found[:, 1:]], axis=1)


def _drawn(random: np.random.Generator, n: int, resamples: int) -> np.ndarray:
    """How often each of n is drawn, float64 [S, n]."""
    if n == 1:
        return np.ones((resamples, 1))
    keys = random.integers(0, n, (resamples, n)) + n * np.arange(resamples)[:, None]
    return np.bincount(keys.ravel(), minlength=resamples * n).reshape(resamples, n).astype(float)
