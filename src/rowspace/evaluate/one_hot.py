"""The columns of a table as one-hot features and standardised numbers, and fixed vectors of them.

Axes: `n` rows, `F` features, `D` dimensions of all columns' vectors together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import InputError
from rowspace.ragged import Ragged
from rowspace.random import Stream, uniform

Columns = Mapping[str, np.ndarray]


@final
@dataclass(frozen=True, slots=True)
class OneHot:
    """`levels`: of each category column the feature of each level, None (missing) among them.

    `numbers`: of each column of numbers its feature, mean and standard deviation; the next feature
    says that the number is missing. `width`: F. A level never seen has no feature.
    """

    levels: Mapping[str, Mapping[Any, int]]
    numbers: Mapping[str, tuple[int, float, float]]
    width: int

    def features(self, columns: Columns) -> Ragged:
        """The features of each row and their values. Raises InputError for a missing column."""
        rows: list[np.ndarray] = []
        ids: list[np.ndarray] = []
        values: list[np.ndarray] = []
        n = 0
        for name in (*self.levels, *self.numbers):
            if name not in columns:
                there = ", ".join(map(str, columns))
                raise InputError(f"there is no column {name!r:.60}; there are {there:.300}")
            n = len(columns[name])
            part = (
                self._level(name, columns[name])
                if name in self.levels
                else self._number(name, columns[name])
            )
            for whole, some in zip((rows, ids, values), part, strict=True):
                whole.append(some)
        cases = np.concatenate([np.zeros(0, np.int64), *rows])
        order = np.argsort(cases, kind="stable")
        ends = np.append(0, np.cumsum(np.bincount(cases, minlength=n)))
        features = np.concatenate([np.zeros(0, np.int64), *ids])[order]
        return Ragged(features, ends, np.concatenate([np.zeros(0), *values])[order])

    def _level(self, name: str, column: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        known = self.levels[name]
        if any(isinstance(cell, list) for cell in column):
            pairs = [
                (row, known[one], 1 / len(cell))
                for row, cell in enumerate(map(_cells, column))
                for one in cell
                if one in known
            ]
            table = np.array(pairs, np.float64).reshape(len(pairs), 3)
            whole = table[:, :2].astype(np.int64)
            return whole[:, 0], whole[:, 1], table[:, 2]
        ids = np.fromiter((known.get(cell, -1) for cell in column), np.int64, len(column))
        rows = np.flatnonzero(ids >= 0)
        return rows, ids[rows], np.ones(len(rows))

    def _number(self, name: str, column: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        place, mean, spread = self.numbers[name]
        column = column.astype(np.float64)
        missing = ~np.isfinite(column)
        values = np.where(missing, 1.0, (column - mean) / spread)
        return np.arange(len(column)), place + missing, values

    def vectors(self, dims: Mapping[str, int] | int, seed: int) -> tuple[np.ndarray, int]:
        """What turns features into fixed vectors, float64 [F, D], and how many numbers that needs:
        each level has random numbers in its column's own dimensions, numbers stay as they are."""
        sizes = {name: dims if isinstance(dims, int) else dims[name] for name in self.levels}
        out = np.zeros((self.width, sum(sizes.values()) + 2 * len(self.numbers)))
        at = own = 0
        for name, size in sizes.items():
            ids = np.array(list(self.levels[name].values()), np.int64)
            places = ids[:, None] * size + np.arange(size)
            out[ids, at : at + size] = uniform(seed, Stream.BASELINE, places, low=-1.0, high=1.0)
            at, own = at + size, own + len(ids) * size
        for place, _, _ in self.numbers.values():
            out[place, at] = out[place + 1, at + 1] = 1
            at += 2
        return out, own


def learn_one_hot(columns: Columns, most: int) -> OneHot:
    """From the training rows: object arrays are categories (cells of str, None or lists of str),
    the others numbers (NaN: missing). At most so many levels, the most frequent, in all."""
    counts: Counter[tuple[str, Any]] = Counter()
    for name, column in columns.items():
        if column.dtype == object:
            counts.update((name, one) for cell in column for one in _cells(cell))
    levels: dict[str, dict[Any, int]] = {n: {} for n, c in columns.items() if c.dtype == object}
    for place, ((name, level), _) in enumerate(counts.most_common(most)):
        levels[name][level] = place
    width = min(most, len(counts))
    numbers = {}
    for name, column in columns.items():
        if column.dtype != object:
            there = column.astype(np.float64)
            there = there[np.isfinite(there)]
            mean, spread = (float(there.mean()), float(there.std())) if len(there) else (0.0, 1.0)
            numbers[name] = width, mean, spread if spread > 0 else 1.0
            width += 2
    return OneHot(levels, numbers, width)


def _cells(cell: Any) -> list[Any]:
    """The levels of one cell."""
    return list(cell) if isinstance(cell, list) else [cell]
