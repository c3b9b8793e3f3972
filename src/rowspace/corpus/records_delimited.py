"""CSV and TSV as columns of text, a batch of rows at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.corpus.columns import LIMIT
from rowspace.corpus.naming import require_columns, require_distinct
from rowspace.corpus.room import require_room
from rowspace.errors import InputError

BATCH = 1 << 15
"""Rows read at a time."""
ASK = 16
"""Batches between two looks at how much memory is left."""
Rows: TypeAlias = list[list[str]]


def delimited(
    lines: Iterator[str], first: str, source: str, wanted: Sequence[str] | None, *, tabs: bool
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Columns as object arrays of `str | None`, and the line each row begins on, int64 [n].

    lines: of the file, the first that is not blank being `first`, the header. Cells of a TSV file
    (`tabs`) are taken as they stand; in a CSV file quotation marks are kept to, and semicolons
    separate where the header has no comma. Blank lines are left out. Raises InputError naming the
    line that has other cells than the header.
    """
    reader = _tabbed(lines) if tabs else _quoted(lines, first)
    batches = _batches(reader, source)
    header, line, rows = _header(batches)
    hint = f"the first line of a file must name its columns; here it is {first.strip()[:80]!r}"
    require_distinct(source, header, hint=hint)
    names = header if wanted is None else list(wanted)
    require_columns(source, names, header, hint=hint)
    at = {name: place for place, name in enumerate(header)}
    kept = [Gathered(at[name]) for name in names]
    starts: list[np.ndarray] = []
    for number, some in enumerate(chain([rows], batches)):
        if number % ASK == ASK - 1:
            require_room(source)
        line = _add(some, line, header, source, kept, starts)
    whole = np.concatenate([np.zeros(0, np.int64), *starts])
    return {name: one.column() for name, one in zip(names, kept, strict=True)}, whole


@final
@dataclass(slots=True)
class Gathered:
    """Cells of one column, number `place` of the row, as they come in. Those that come again are
    one object, which is most of the memory of a column of categories."""

    place: int
    parts: list[np.ndarray] = field(default_factory=list)
    seen: dict[str, str | None] = field(default_factory=lambda: {"": None})

    def add(self, cells: Sequence[str]) -> None:
        """The cells of some more rows."""
        part = np.empty(len(cells), object)
        distinct = set(cells)
        if 2 * len(distinct) <= len(cells):
            seen = self.seen
            for cell in distinct:
                seen.setdefault(cell, cell)
            part[:] = list(map(seen.__getitem__, cells))
        elif "" in distinct:
            part[:] = [cell or None for cell in cells]
        else:
            part[:] = cells
        self.parts.append(part)

    def column(self) -> np.ndarray:
        """All of them, object [n]."""
        return np.concatenate([np.zeros(0, object), *self.parts])


def _quoted(lines: Iterator[str], first: str) -> Any:
    csv.field_size_limit(LIMIT)
    delimiter = ";" if "," not in first and ";" in first else ","
    # Some write a space behind every comma; it is no part of the cell.
    spaced = delimiter in first and first.count(delimiter) == first.count(delimiter + " ")
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=spaced, strict=True)


def _tabbed(lines: Iterator[str]) -> Iterator[list[str]]:
    for line in lines:
        text = line[:-1]
        yield text.split("\t") if text else []


def _batches(reader: Any, source: str) -> Iterator[Rows]:
    try:
        while rows := list(islice(reader, BATCH)):
            yield rows
    except csv.Error as error:
        raise InputError(
            f"{source}: line {reader.line_num}: not a table: {error}",
            hint="lines end in LF or CR LF, not in CR alone"
            if "new-line" in str(error)
            else "look for a quotation mark that is never closed, or one within a cell that is "
            "not written twice",
        ) from None


def _header(batches: Iterator[Rows]) -> tuple[list[str], int, Rows]:
    """The first row that is not blank, the line after it, and the rest of its batch."""
    line = 1
    for rows in batches:
        for place, row in enumerate(rows):
            line += _height(row)
            if row:
                return row, line, rows[place + 1 :]
    return [], line, []


def _height(row: list[str]) -> int:
    """The lines of the file that a row stands on."""
    return 1 + sum(cell.count("\n") for cell in row)


def _add(
    rows: Rows,
    line: int,
    header: list[str],
    source: str,
    kept: list[Gathered],
    starts: list[np.ndarray],
) -> int:
    """Takes in a batch that begins on `line`; the line after it."""
    heights = np.ones(len(rows), np.int64)
    if "\n" in "".join(chain.from_iterable(rows)):
        heights[:] = list(map(_height, rows))
    begins = line + np.cumsum(heights) - heights
    end = line + int(heights.sum())
    widths = np.fromiter(map(len, rows), np.int64, len(rows))
    wrong = np.flatnonzero((widths != len(header)) & (widths != 0))
    if len(wrong):
        at = int(wrong[0])
        raise InputError(
            f"{source}: line {begins[at]}: wanted {len(header)} cells as in the header "
            f"({', '.join(header)[:80]}), came {widths[at]}",
            hint="a cell that holds the separator or a line end needs quotation marks around it",
        )
    if not widths.all():
        begins, rows = begins[widths != 0], [row for row in rows if row]
    columns = list(zip(*rows, strict=True))
    for one in kept:
        one.add(columns[one.place] if columns else ())
    starts.append(begins)
    return end
