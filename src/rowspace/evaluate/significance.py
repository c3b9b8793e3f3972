"""Is one model better than another?  The same items, what each makes of them, and how likely such
a difference is where there is none.

    right or wrong     McNemar's exact test (1947): of the items that one alone has right, as many
                       are as often either's as heads of a coin
    a mean             paired bootstrap: p = share of resamples whose difference is as far from the
                       one found as that is from 0 (Efron and Tibshirani 1993, ch. 16)
    Spearman's rho     the same, both correlations of the same drawn items

The intervals are of the difference A - B, by paired bootstrap. Axes: `n` items, `S` resamples.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, final

import numpy as np

from rowspace.evaluate.correlation import LEVEL, spearman, spearmans
from rowspace.evaluate.resample import interval
from rowspace.evaluate.score import Score

RESAMPLES = 2000
BOOTSTRAP, MCNEMAR = "paired bootstrap", "McNemar"


class Tested(NamedTuple):
    """The figures of both on the same items, the interval of the difference, and p."""

    a: float
    b: float
    low: float
    high: float
    p: float
    test: str


@final
@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the `n` items that both can answer, `coverage` of all.

    `tested` holds their figures there; `alone` the score of each on all that it can answer itself.
    Where nothing could be compared the figures are NaN.
    """

    name: str
    tested: Tested
    n: int
    coverage: float
    alone: tuple[Score, Score]
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def difference(self) -> float:
        """A - B."""
        return self.tested.a - self.tested.b

    def as_json(self) -> dict[str, Any]:
        """One JSON object; NaN becomes null."""
        found = {**self.tested._asdict(), "difference": self.difference}
        finite = {
            name: None if isinstance(at, float) and not math.isfinite(at) else at
            for name, at in found.items()
        }
        alone = (
            {name: one.as_json()[name] for name in ("value", "n", "coverage", "low", "high")}
            for one in self.alone
        )
        return {
            "type": "comparison",
            "name": self.name,
            **finite,
            "n": self.n,
            "coverage": self.coverage,
            **dict(zip(("a_alone", "b_alone"), alone, strict=True)),
            **self.extra,
        }


def by_right(a: np.ndarray, b: np.ndarray, *, seed: int = 0) -> Tested:
    """What both have right, bool [n] each."""
    if not len(a):
        return nothing(MCNEMAR)
    ours, theirs = int((a & ~b).sum()), int((b & ~a).sum())
    low, high = _of_mean(a.astype(np.float64) - b, np.arange(len(a)), seed)[:2]
    return Tested(float(a.mean()), float(b.mean()), low, high, coin(ours, theirs), MCNEMAR)


def by_means(
    a: np.ndarray, b: np.ndarray, group: np.ndarray | None = None, *, seed: int = 0
) -> Tested:
    """Figures of both, float [n] each. Items of a `group` int64 [n] are drawn together."""
    if not len(a):
        return nothing(BOOTSTRAP)
    if group is None or len(np.unique(group)) < 2:
        group = np.arange(len(a))
    low, high, p = _of_mean(a.astype(np.float64) - b, group, seed)
    return Tested(float(a.mean()), float(b.mean()), low, high, p, BOOTSTRAP)


def by_rhos(a: np.ndarray, b: np.ndarray, human: np.ndarray, *, seed: int = 0) -> Tested:
    """Rho of each with what people say, float [n] all three."""
    values = spearman(a, human), spearman(b, human)
    if not all(math.isfinite(value) for value in values):
        return nothing(BOOTSTRAP)._replace(a=values[0], b=values[1])
    drawn = spearmans((a, b), human, seed, RESAMPLES)
    off = drawn[:, 0] - drawn[:, 1]
    low, high, p = _told(off[np.isfinite(off)], values[0] - values[1])
    return Tested(*values, low, high, p, BOOTSTRAP)


def nothing(test: str) -> Tested:
    """Where there is nothing to compare."""
    return Tested(math.nan, math.nan, math.nan, math.nan, math.nan, test)


def coin(a: int, b: int) -> float:
    """Two-sided p of `a` heads and `b` tails of a fair coin, exact: 2 P(X <= min), at most 1."""
    n, fewer = a + b, min(a, b)
    if a == b:
        return 1.0
    logs = [_log_choose(n, at) for at in range(fewer + 1)]
    most = max(logs)
    total = most + math.log(math.fsum(math.exp(one - most) for one in logs))
    return min(1.0, math.exp(total - (n - 1) * math.log(2)))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _of_mean(off: np.ndarray, group: np.ndarray, seed: int) -> tuple[float, float, float]:
    """Interval and p of the mean of differences float64 [n], drawn by groups."""
    _, place = np.unique(group, return_inverse=True)
    sums, sizes = np.bincount(place, off), np.bincount(place)
    patterns, counts = np.unique(np.stack([sums, sizes], axis=1), axis=0, return_counts=True)
    drawn: list[np.ndarray] = []

    def mean(draws: np.ndarray) -> np.ndarray:
        total, number = (draws @ patterns).T
        drawn.append(total / number)
        return drawn[-1][:, None]

    interval(counts, mean, seed, resamples=RESAMPLES)
    return _told(np.concatenate(drawn), float(off.mean()))


def _told(drawn: np.ndarray, found: float) -> tuple[float, float, float]:
    """Interval and p of a difference by those of its resamples, float64 [S]."""
    if not len(drawn):
        return math.nan, math.nan, math.nan
    low, high = np.percentile(drawn, [(100 - LEVEL) / 2, (100 + LEVEL) / 2])
    # Differences that are equal but for rounding are as far away.
    beyond = np.abs(drawn - found) >= abs(found) - 1e-12
    return float(low), float(high), float((1 + beyond.sum()) / (1 + len(drawn)))
