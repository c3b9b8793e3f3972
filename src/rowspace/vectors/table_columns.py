"""Columns of a table as a trained model reads them: each cell is a row, and a number its place
among knots besides.

A cell's row is that of its level, or of `UNSEEN` or `MISSING`. A number x between the knots
k₀ < … < k_K is also K numbers, clip((x - kᵢ) / (kᵢ₊₁ - kᵢ), 0, 1): the piecewise linear encoding
of Gorishniy et al. 2022 ("On embeddings for numerical features"). Axes: `n` cases, `C` columns,
`M` columns of numbers, `K` pieces in all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, final

import numpy as np

from rowspace.corpus.naming import no_column
from rowspace.corpus.records import MISSING as SPELLED
from rowspace.corpus.records import Records
from rowspace.errors import InputError
from rowspace.vocabulary import Exact, Vocabulary

UNSEEN, MISSING = "<unseen>", "<missing>"
"""The first two levels of every column: for a level not met in training, or too rare to have a row
(of numbers: for all values without a row of their own), and for an empty cell."""
APART = 2
KINDS = ("category", "number")


@final
@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """`levels`: UNSEEN, MISSING, then the levels by count; a number's are written as in text.

    knots: float64 [K + 1], ascending, empty for a category; centre: float32 [K], the mean of each
    piece over the training part. part: what the model calls its rows.
    """

    name: str
    kind: str
    part: str
    levels: Vocabulary
    knots: np.ndarray
    centre: np.ndarray

    @property
    def pieces(self) -> int:
        """Numbers that a cell becomes besides its row."""
        return len(self.centre)

    def ids_of_texts(self, cells: np.ndarray) -> np.ndarray:
        """The row of each cell (str, None: missing), int64 [n]."""
        distinct = [one for one in dict.fromkeys(cells.tolist()) if one is not None]
        found = np.maximum(self.levels.ids(distinct), 0).tolist()
        place: dict[str | None, int] = dict(zip(distinct, found, strict=True))
        place[None] = 1
        return np.fromiter(map(place.__getitem__, cells.tolist()), np.int64, len(cells))

    def ids_of_numbers(self, values: np.ndarray) -> np.ndarray:
        """The row of each number (NaN: missing), int64 [n]."""
        known = np.array([float(one) for one in list(self.levels)[APART:]])
        ids = np.zeros(len(values), np.int64)
        if len(known):
            order = np.argsort(known)
            at = np.searchsorted(known, values, sorter=order).clip(0, len(known) - 1)
            same = known[order[at]] == values
            ids[same] = order[at[same]] + APART
        ids[np.isnan(values)] = 1
        return ids

    def config(self) -> dict[str, Any]:
        """All but the rows and the knots, as data."""
        return {"name": self.name, "kind": self.kind, "part": self.part, "pieces": self.pieces}


class Cells(NamedTuple):
    """ids: the row of each cell, int64 [n, C]. numbers: float64 [n, M], NaN where missing."""

    ids: np.ndarray
    numbers: np.ndarray

    def take(self, index: np.ndarray | slice) -> Cells:
        """Some of the cases."""
        return Cells(self.ids[index], self.numbers[index])


@final
@dataclass(frozen=True, eq=False)
class Sheet:
    """The columns of a table in their order, and what stands for a missing cell besides nothing
    (`missing`, in lower case)."""

    columns: tuple[Column, ...]
    missing: frozenset[str]

    def cells(self, table: Records) -> Cells:
        """Every row of `table`. Raises InputError for a column that is not there, or a cell that
        is no number where a number is wanted."""
        table = trimmed(table)
        for column in self.columns:
            if column.name not in table.columns:
                raise no_column(table.source, column.name, table.names)
        ids, numbers = [], []
        for column in self.columns:
            if column.kind == "number":
                values = numbers_of(table, column.name, self.missing)
                numbers.append(values)
                ids.append(column.ids_of_numbers(values))
            else:
                texts = texts_of(table, column.name, self.missing)
                ids.append(column.ids_of_texts(texts))
        empty = np.zeros((len(table), 0))
        return Cells(
            np.stack(ids, axis=1) if ids else empty.astype(np.int64),
            np.stack(numbers, axis=1) if numbers else empty,
        )

    def unused(self, table: Records, known: Iterable[str | None] = ()) -> list[str]:
        """Columns of `table` that a model of this sheet has no use for."""
        used = {column.name for column in self.columns} | set(known)
        return [name for name in trimmed(table).names if name not in used]

    @cached_property
    def _pieces(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Of each piece: its column of numbers, where it begins, 1 / its length, its mean."""
        own = [column for column in self.columns if column.kind == "number"]
        sizes = [column.pieces for column in own]
        begins = [column.knots[:-1] for column in own]
        with np.errstate(over="ignore"):
            lengths = [np.maximum(np.diff(column.knots), 1e-300) for column in own]
        place = np.repeat(np.arange(len(own)), sizes)
        whole = np.concatenate([np.zeros(0), *lengths])
        centre = np.concatenate([np.zeros(0, np.float32), *(column.centre for column in own)])
        return place, np.concatenate([np.zeros(0), *begins]), 1 / whole, centre

    @property
    def pieces(self) -> int:
        """Pieces of all columns of numbers, K."""
        return sum(column.pieces for column in self.columns)

    def placed(self, numbers: np.ndarray) -> np.ndarray:
        """The pieces of numbers float64 [n, M], less their means, float32 [n, K]; 0 if missing."""
        place, begins, inverse, centre = self._pieces
        with np.errstate(over="ignore", invalid="ignore"):
            found = (numbers[:, place] - begins) * inverse
        np.clip(found, 0, 1, out=found)
        out = found.astype(np.float32) - centre
        return np.nan_to_num(out, copy=False, nan=0.0)


def trimmed(table: Records) -> Records:
    """The same with white space around the columns' names left out. Raises InputError for two of
    one name."""
    names = [name.strip() for name in table.names]
    if names == table.names:
        return table
    columns = dict(zip(names, table.columns.values(), strict=True))
    if len(columns) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"{table.source}: two columns are called {twice!r:.60}")
    return replace(table, columns=columns)


def spellings(missing: str | Sequence[str] | None) -> frozenset[str]:
    """What stands for a missing cell, in lower case: those given (text: parted by commas), else
    those that `Records.numbers` knows."""
    if missing is None:
        return SPELLED
    given = missing.split(",") if isinstance(missing, str) else missing
    return frozenset(["", *(one.strip().lower() for one in given)])


def texts_of(table: Records, name: str, missing: frozenset[str]) -> np.ndarray:
    """Cells as text without white space around it, object [n]; None where missing."""
    cells = table.strings(name)
    shown = {cell: _stripped(cell, missing) for cell in set(cells.tolist())}
    out = np.empty(len(cells), object)
    out[:] = [shown[cell] for cell in cells.tolist()]
    return out


def _stripped(cell: str | None, missing: frozenset[str]) -> str | None:
    text = "" if cell is None else cell.strip()
    return None if text.lower() in missing else text


def numbers_of(table: Records, name: str, missing: frozenset[str]) -> np.ndarray:
    """Cells as float64 [n]; NaN where missing. Raises InputError naming line and value."""
    column = table.column(name)
    if column.dtype == object:
        column = texts_of(table, name, missing)
        table = replace(table, columns={name: column})
    values = table.numbers(name)
    for one in missing:
        try:
            values = np.where(values == float(one), np.nan, values)
        except ValueError:  # a spelling that is no number
            continue
    return values


def reserved_levels(counts: dict[str, int], *, min_count: int, max_size: int | None) -> Vocabulary:
    """UNSEEN, MISSING and the levels of at least `min_count`, the most frequent first."""
    return Vocabulary.from_counts(
        counts,
        min_count=min_count,
        max_size=None if max_size is None else max_size + APART,
        reserved=(UNSEEN, MISSING),
        unseen=Exact(unknown=UNSEEN),
    )
