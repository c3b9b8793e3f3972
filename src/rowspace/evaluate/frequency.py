"""How much of a vector is only how often its item occurs?  (Mu and Viswanath 2018; Gong et al.
2018; Schakel and Wilson 2015.)

    r2            of log frequency told from the vector by ridge regression, on items held out
    norm          Spearman's rho of the vector's length and the frequency
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rowspace.evaluate.correlation import spearman, spearman_interval
from rowspace.evaluate.regression import judge_numbers
from rowspace.evaluate.sample import drawn
from rowspace.evaluate.score import Score
from rowspace.vectors import Vectors

MOST, FEWEST = 20_000, 20
"""Items that are looked at, unless more are asked for, and those from which on there is a score."""
PENALTY = 1.0


def frequency_bias(vectors: Vectors, *, most: int = MOST, seed: int = 0) -> list[Score]:
    """`frequency/r2` and `frequency/norm` of `most` items drawn by chance: half of them to learn
    from, half to be told.

    Where the model has no counts the frequency is 1 / (rank + 1), Zipf's, by the order of the
    items; `extra["frequency"]` says which. Items never counted are left out. Features are brought
    to mean 0 and spread 1 and penalised by `PENALTY`. NaN below 20 items. Raises SettingError.
    """
    some = drawn(vectors, most, seed=seed)
    counts = vectors.counts[some.ids]
    counted = bool((vectors.counts > 0).any())
    kept = counts > 0 if counted else np.ones(len(some.ids), bool)
    ids, rows = some.ids[kept], some.rows[kept].astype(np.float64)
    told = np.log(counts[kept]) if counted else -np.log(ids + 1.0)
    n = len(ids)
    drawn_n = max(1, min(most, len(vectors)))
    extra = {"frequency": "counts" if counted else "rank", "items": n, "of": some.of}
    nan = Score("frequency/r2", np.nan, 0, n / drawn_n, np.nan, np.nan, extra)
    length = replace(nan, name="frequency/norm", n=n, extra=extra | {"better": "near 0"})
    if n < FEWEST or (told == told[0]).all():
        return [replace(nan, extra=extra | {"better": "lower"}), length]
    order = np.random.default_rng(seed).permutation(n)
    learn, held = order[: n // 2], order[n // 2 :]
    found = told_from(rows[learn], told[learn], rows[held])
    r2 = next(one for one in judge_numbers(told[held], found, seed=seed) if one.name == "r2")
    sizes = np.sqrt((rows**2).sum(axis=1))
    low, high = spearman_interval(sizes, told, seed)
    return [
        replace(r2, name="frequency/r2", coverage=nan.coverage, extra=extra | {"better": "lower"}),
        replace(length, value=spearman(sizes, told), low=low, high=high),
    ]


def told_from(x: np.ndarray, y: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Ridge regression of y [n] on x [n, D], both float64, and its answers to `asked` [m, D]."""
    middle, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    x, asked = (x - middle) / spread, (asked - middle) / spread
    square = x.T @ x + PENALTY * np.eye(x.shape[1])
    weights = np.linalg.solve(square, x.T @ (y - y.mean()))
    return np.asarray(asked @ weights + y.mean())
