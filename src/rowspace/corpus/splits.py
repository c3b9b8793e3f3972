"""Which rows are trained on and which judge: at random, by label, by time, in folds.

Every choice is a function of the seed and of the rows' places, the same on every machine. Axes:
`n` rows, `k` folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.random import Stream, bits


def split(
    n: int, share: float, *, seed: int, labels: Sequence[Any] | np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Rows to train on and rows to judge by, int64, ascending; round(share · n) of them judge.

    Neither part is empty where there are two rows. labels [n] (text, numbers, None, or lists of
    several, which count as one label together): each keeps its share in both parts as nearly as
    whole rows allow, and one that is there once is trained on; but if all are, labels do not count.
    Raises SettingError for a share that is not above 0 and below 1, InputError for other labels
    than rows.
    """
    _require_share(share)
    judging = _judging(n, share)
    strata = np.arange(n) if labels is None else _strata(labels, n)
    sizes = np.bincount(strata)
    if sizes.max(initial=0) < 2:  # no labels, or none that is there twice
        return _parts(n, _shuffled(n, seed)[:judging])
    taken = _allot(sizes, judging)
    order = np.lexsort((_drawn(n, seed), strata))
    starts = np.cumsum(sizes) - sizes
    rank = np.arange(n) - np.repeat(starts, sizes)
    return _parts(n, order[rank < np.repeat(taken, sizes)])


def split_by_time(times: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """The earlier rows to train on, the later `share` of them to judge by, int64, ascending.

    times: numbers [n]; of rows of one time the later in the table are the later. Raises
    SettingError for the share, InputError for a time that is missing.
    """
    _require_share(share)
    moments = np.asarray(times)
    missing = np.isnan(moments) if moments.dtype.kind == "f" else np.zeros(len(moments), bool)
    if missing.any():
        raise InputError(
            f"{int(missing.sum())} of {len(moments)} rows have no time; the first is row "
            f"{int(missing.argmax())}",
            hint="leave these rows out, or split at random",
        )
    n = len(moments)
    order = np.argsort(moments, kind="stable")
    return _parts(n, order[n - _judging(n, share) :])


def folds(
    n: int, k: int, *, seed: int, labels: Sequence[Any] | np.ndarray | None = None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """k pairs of rows to train on and rows to judge by, int64, ascending; each row judges once.

    Folds differ by one row at most, with labels [n] each label's rows do too. Raises SettingError
    unless k is from 2 to n, InputError for other labels than rows.
    """
    SettingError.unless(2 <= k <= n, "folds", k, f"a whole number from 2 to the {n} rows")
    order = _shuffled(n, seed)
    if labels is not None:
        order = np.lexsort((_drawn(n, seed), _strata(labels, n)))
    fold = np.empty(n, np.int64)
    fold[order] = np.arange(n) % k
    return [(np.flatnonzero(fold != one), np.flatnonzero(fold == one)) for one in range(k)]


def _require_share(share: float) -> None:
    SettingError.unless(0 < share < 1, "share", share, "above 0 and below 1")


def _judging(n: int, share: float) -> int:
    """How many of n rows judge: at least one is trained on."""
    return int(np.clip(np.floor(share * n + 0.5), min(1, n), max(n - 1, 0)))


def _drawn(n: int, seed: int) -> np.ndarray:
    return bits(seed, Stream.SPLIT, np.arange(n))


def _shuffled(n: int, seed: int) -> np.ndarray:
    return np.argsort(_drawn(n, seed), kind="stable")


def _parts(n: int, judging: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    chosen = np.zeros(n, bool)
    chosen[judging] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def _strata(labels: Sequence[Any] | np.ndarray, n: int) -> np.ndarray:
    """A number for each row's label, int64 [n]."""
    if len(labels) != n:
        raise InputError(f"wanted a label for each of {n} rows, came {len(labels)}")
    if isinstance(labels, np.ndarray) and labels.dtype != object and labels.ndim == 1:
        return np.unique(labels, return_inverse=True)[1].astype(np.int64)
    numbers: dict[Any, int] = {}
    found = np.empty(n, np.int64)
    for row, label in enumerate(labels.tolist() if isinstance(labels, np.ndarray) else labels):
        key = tuple(sorted(label)) if isinstance(label, (list, set, frozenset)) else label
        key = None if key != key else key  # NaN is no other than itself
        found[row] = numbers.setdefault(key, len(numbers))
    return found


def _allot(sizes: np.ndarray, wanted: int) -> np.ndarray:
    """How many rows of each label judge: its share of `wanted`, the last ones by largest remainder,
    and never all of them."""
    most = np.maximum(sizes - 1, 0)
    exact = sizes * (wanted / max(1, int(sizes.sum())))
    taken = np.minimum(np.floor(exact).astype(np.int64), most)
    short = min(wanted, int(most.sum())) - int(taken.sum())
    while short > 0:
        open_ = np.flatnonzero(taken < most)
        best = open_[np.argsort(taken[open_] - exact[open_], kind="stable")[:short]]
        taken[best] += 1
        short -= len(best)
    return taken
