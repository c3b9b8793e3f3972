"""`Records`: the named columns of a file or a frame; `records` makes them of whatever is given."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from rowspace.corpus.cells import texts_of
from rowspace.corpus.naming import no_column
from rowspace.corpus.places import Places
from rowspace.corpus.records_files import of_files
from rowspace.corpus.records_frames import is_frame, of_frame, of_mapping, of_rows
from rowspace.errors import InputError

MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none"})
"""What stands for a missing number in text, in whatever case."""


@final
@dataclass(frozen=True, slots=True)
class Records:
    """`columns`: arrays of one length n by name. Text and lists of text are object arrays (None:
    missing); numbers float64 (NaN: missing), int64 or bool. `source` is what messages call it.
    `places` knows which line of which file a row comes from.
    """

    columns: Mapping[str, np.ndarray]
    source: str
    places: Places | None = None

    def __post_init__(self) -> None:
        sizes = {name: len(column) for name, column in self.columns.items()}
        if len(set(sizes.values())) > 1:
            raise InputError(f"{self.source}: columns of different lengths: {sizes!s:.200}")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    @property
    def names(self) -> list[str]:
        """The columns, in their order."""
        return list(self.columns)

    def column(self, name: str) -> np.ndarray:
        """The column as it is. Raises InputError naming the columns there are."""
        if name not in self.columns:
            raise no_column(self.source, name, self.names)
        return self.columns[name]

    def take(self, index: np.ndarray) -> Records:
        """The rows of `index`: ids int64 [m], or bool [n]."""
        at = np.asarray(index)
        at = at if at.dtype == bool or at.size else at.astype(np.int64)
        columns = {name: column[at] for name, column in self.columns.items()}
        places = None if self.places is None else self.places.take(at)
        return replace(self, columns=columns, places=places)

    def place(self, row: int) -> str:
        """Where a row comes from, for a message: ` line 7`, or ` row 6`, counted from 0."""
        if self.places is None:
            return f"{self.source}: row {row}"
        return self.places.of(row)

    def text(self, name: str) -> list[str]:
        """The column as text; "" where it is missing, lists joined by spaces."""
        column = self.column(name)
        if column.dtype != object:
            column = texts_of(column)
        return [cell if isinstance(cell, str) else " ".join(cell or ()) for cell in column]

    def strings(self, name: str) -> np.ndarray:
        """The column as object array of str, None where it is missing.

        A whole number is written without ".0". Raises InputError naming a row that holds a list.
        """
        column = self.column(name)
        if column.dtype != object:
            return texts_of(column)
        for row, cell in enumerate(column):
            if isinstance(cell, list):
                raise InputError(
                    f"{self.place(row)}: column {name!r}: wanted one text, came a list of "
                    f"{len(cell)}"
                )
        return column

    def lists(self, name: str, separator: str | None = None) -> list[list[str]]:
        """Each row's texts: a list as it is, a text cut at `separator` (None: whole), else none.

        Parts are stripped of white space, and empty ones left out.
        """
        column = self.column(name)
        if column.dtype != object:
            column = texts_of(column)
        found = []
        for cell in column:
            if isinstance(cell, list):
                found.append(list(cell))
            elif cell is None:
                found.append([])
            elif separator is None:
                found.append([cell])
            else:
                found.append([part for one in cell.split(separator) if (part := one.strip())])
        return found

    def numbers(self, name: str) -> np.ndarray:
        """The column as float64 [n]; NaN where it is missing.

        Text is read as numbers; "", "?", "NA", "n/a", "nan", "null" and "none" are missing. Raises
        InputError naming line and value for what is no finite number.
        """
        column = self.column(name)
        if column.dtype == object:
            return np.fromiter(
                (self._number(name, row, cell) for row, cell in enumerate(column)),
                np.float64,
                len(column),
            )
        numbers = column.astype(np.float64)
        if np.isinf(numbers).any():
            row = int(np.argmax(np.isinf(numbers)))
            raise self._no_number(name, row, float(numbers[row]))
        return numbers

    def _number(self, name: str, row: int, cell: Any) -> float:
        try:
            value = float(cell)
            if -np.inf < value < np.inf and (cell.isascii() and "_" not in cell):
                return value
        except (TypeError, ValueError):
            pass
        if cell is None or (isinstance(cell, str) and cell.strip().lower() in MISSING):
            return np.nan
        raise self._no_number(name, row, cell)

    def _no_number(self, name: str, row: int, value: object) -> InputError:
        return InputError(
            f"{self.place(row)}: column {name!r}: wanted a number, came {value!r:.60}"
        )

    def times(self, name: str) -> np.ndarray:
        """The column as seconds since 1970, float64 [n]; NaN where it is missing.

        Numbers as they are; text that is no number as ISO 8601 ("2024-05-01", "2024-05-01T12:30Z"),
        in UTC where it names no zone. Raises InputError naming line and value.
        """
        try:
            return self.numbers(name)
        except InputError:
            column = self.strings(name)
        return np.array([self._time(name, row, cell) for row, cell in enumerate(column)])

    def _time(self, name: str, row: int, cell: str | None) -> float:
        if cell is None or cell.strip().lower() in MISSING:
            return float(np.nan)
        try:
            moment = dt.datetime.fromisoformat(cell.strip())
        except ValueError:
            raise InputError(
                f"{self.place(row)}: column {name!r}: wanted a number or a date like "
                f"2024-05-01, came {cell!r:.60}"
            ) from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()


def records(
    source: Any, *, columns: Sequence[str] | None = None, encoding_errors: str = "strict"
) -> Records:
    """The columns of `source`, or those named.

    source: `Records`; the path of a CSV, TSV, JSONL or parquet file, compressed or not, "-", a
    folder, a pattern or several of these with the same columns; a frame of pandas, polars or
    pyarrow; a mapping of names to sequences; a list of dictionaries. From CSV and TSV every column
    is text, an empty cell None; docs/records.md says what becomes of other values. Raises
    InputError naming file, line and column; MissingExtraError for parquet without pyarrow.
    """
    wanted = None if columns is None else list(dict.fromkeys(columns))
    if isinstance(source, Records):
        found = source
    elif isinstance(source, (str, os.PathLike)) or _are_paths(source):
        cells, name, places = of_files(source, wanted, encoding_errors)
        found = Records(cells, name, places)
    elif is_frame(source):
        found = Records(*of_frame(source, wanted))
    elif isinstance(source, Mapping):
        found = Records(*of_mapping(source, wanted))
    elif isinstance(source, Sequence) and not isinstance(source, bytes):
        found = Records(*of_rows(source, wanted))
    else:
        raise InputError(
            f"wanted a file, a frame, a mapping or a list of dictionaries, came "
            f"{type(source).__name__}"
        )
    if wanted is not None:
        found = replace(found, columns={name: found.column(name) for name in wanted})
    if not len(found):
        raise InputError(f"{found.source}: it has no rows, only columns {found.names!s:.200}")
    return found


def _are_paths(source: Any) -> bool:
    return (
        isinstance(source, (list, tuple))
        and len(source) > 0
        and all(isinstance(one, (str, os.PathLike)) for one in source)
    )
