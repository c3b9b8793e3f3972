"""Are a few items everybody's neighbours?  Radovanović, Nanopoulos and Ivanović (2010).

N_k(x) is how many of the other items have x among their k nearest.

    skewness  = mean (N_k - k)³ / σ(N_k)³      0: neighbours are spread evenly; high: there are hubs
    antihubs  = share of the items with N_k = 0, which are nobody's neighbour
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from rowspace.errors import SettingError
from rowspace.evaluate.resample import interval
from rowspace.evaluate.sample import drawn
from rowspace.evaluate.score import Score
from rowspace.vectors import Vectors

MOST = 20_000
"""Items that are compared with each other, unless more are asked for."""
HUBS = 5
_AT_ONCE = 1024
LESS = {"better": "lower"}


def hubness(vectors: Vectors, *, k: int = 10, most: int = MOST, seed: int = 0) -> list[Score]:
    """`hubness/skewness` and `hubness/antihubs` of the `most` first, most frequent items among
    themselves, every neighbour exact; of both less is better.

    `extra`: `k`, `items` of how many (`of`), and the `hubs`, those with the highest N_k. The
    interval draws items and holds their N_k. NaN below k + 2 items. Raises SettingError.
    """
    SettingError.unless(k >= 1, "k", k, "at least 1")
    some = drawn(vectors, most, first=True)
    extra = {"k": k, "items": len(some.ids), "of": some.of} | LESS
    nan = Score("", np.nan, len(some.ids), some.coverage, np.nan, np.nan, extra)
    if len(some.ids) < k + 2:
        return [replace(nan, name=f"hubness/{name}") for name in ("skewness", "antihubs")]
    n_k = occurrences(some.rows, k)
    values, counts = np.unique(n_k, return_counts=True)

    def figures(draws: np.ndarray) -> np.ndarray:
        n = draws.sum(axis=1)
        mean = (draws @ values) / n
        off = values - mean[:, None]
        spread = (draws * off**2).sum(axis=1) / n
        skew = (draws * off**3).sum(axis=1) / n
        never = draws[:, 0] / n if values[0] == 0 else np.zeros(len(n))
        return np.stack([skew / np.where(spread > 0, spread, np.nan) ** 1.5, never], axis=1)

    value = figures(counts[None].astype(np.float64))[0].tolist()
    low, high = interval(counts, figures, seed)
    best = np.argsort(-n_k, kind="stable")[:HUBS].tolist()
    hubs = [[vectors.vocabulary.item(int(some.ids[at])), int(n_k[at])] for at in best]
    rows = zip(("skewness", "antihubs"), value, low.tolist(), high.tolist(), strict=True)
    return [
        replace(nan, name=f"hubness/{name}", value=at, low=a, high=b, extra=extra | {"hubs": hubs})
        for name, at, a, b in rows
    ]


def occurrences(rows: np.ndarray, k: int) -> np.ndarray:
    """N_k of each of `rows` float32 [n, D], int64 [n]."""
    counts = np.zeros(len(rows), np.int64)
    for ids in neighbours(rows, np.arange(len(rows)), k):
        counts += np.bincount(ids[ids >= 0], minlength=len(rows))
    return counts


def neighbours(rows: np.ndarray, asked: np.ndarray, k: int) -> Iterable[np.ndarray]:
    """The k nearest of `asked` int64 [m] among `rows`, int64 [b, k], block by block; none is its
    own."""
    among = Vectors.from_arrays(map(str, range(len(rows))), rows)
    for start in range(0, len(asked), _AT_ONCE):
        yield among.nearest_ids(asked[start : start + _AT_ONCE], k)[0]
