"""What a table's columns are, and their levels and knots, from the rows that are trained on.

Kinds: what is given wins. Otherwise a column of text of which every cell is a number, or of
numbers, is a number, unless it holds at most `FEW` distinct values, all of them whole; everything
else is a category. Columns with one value throughout are left out, with a warning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.corpus.cells import as_text
from rowspace.corpus.naming import no_column
from rowspace.corpus.records import Records
from rowspace.errors import InputError, SettingError
from rowspace.objectives.columns import Columns
from rowspace.vectors.table_columns import (
    APART,
    MISSING,
    UNSEEN,
    Column,
    Sheet,
    numbers_of,
    reserved_levels,
    texts_of,
)

FEW = 10
"""Distinct whole numbers up to which a column is a category."""
MIXED = 0.5
"""The share of cells that are numbers from which text among them is worth a warning."""
MANY = 50
"""Rows from which distinct values throughout look like the rows' names."""


@final
@dataclass(frozen=True, slots=True)
class Chosen:
    """Columns whose kind is given, those left out, and what a missing cell looks like."""

    category: Sequence[str]
    number: Sequence[str]
    ignore: Sequence[str]
    missing: frozenset[str]

    def require(self, table: Records, apart: Sequence[str]) -> None:
        """Raises InputError for a column that is not there, SettingError for one of two kinds."""
        kinds = (("category", self.category), ("number", self.number), ("ignore", self.ignore))
        seen: dict[str, str] = {}
        for kind, names in kinds:
            for name in names:
                if name not in table.columns:
                    raise no_column(table.source, name, table.names)
                clash = seen.get(name, kind)
                SettingError.unless(clash == kind, kind, name, f"another column than {clash}'s")
                taken = name in apart and kind != "ignore"
                SettingError.unless(not taken, kind, name, "none of the target or the weights")
                seen[name] = kind


def sheet_of(
    table: Records,
    rows: np.ndarray,
    settings: Columns,
    chosen: Chosen,
    *,
    apart: Sequence[str],
    warn: Callable[[str], None],
) -> Sheet:
    """The columns of `table` but for `apart` and those ignored, learned from `rows`.

    Raises InputError if none is left to learn from.
    """
    chosen.require(table, apart)
    part = table.take(rows)
    columns: list[Column] = []
    for name in table.names:
        if name in apart or name in chosen.ignore:
            continue
        found = _column(part, name, settings, chosen, warn)
        if found is not None:
            columns.append(_named(found, [one.part for one in columns]))
    if not columns:
        raise InputError(
            f"{table.source}: no column is left to learn from; there are {table.names!s:.200}"
        )
    return Sheet(tuple(columns), chosen.missing)


def _column(
    part: Records, name: str, settings: Columns, chosen: Chosen, warn: Callable[[str], None]
) -> Column | None:
    """The column, or None where there is nothing in it to learn."""
    if kind_of(part, name, chosen, warn) == "number":
        found = _number(part, name, settings, chosen, warn)
    else:
        found = _category(part, name, settings, chosen, warn)
    if found is None:
        warn(f"column {name!r} is left out: it holds one value throughout")
    return found


def kind_of(
    part: Records, name: str, chosen: Chosen, warn: Callable[[str], None] = lambda said: None
) -> str:
    """ "category" or "number", as given or by the rule of this module."""
    if name in chosen.category:
        return "category"
    if name in chosen.number:
        return "number"
    column = part.column(name)
    if column.dtype == bool:
        return "category"
    if column.dtype == object:
        cells = [one for one in texts_of(part, name, chosen.missing).tolist() if one is not None]
        strange = next((one for one in cells if not _is_number(one)), None)
        if strange is not None:
            numbers = sum(map(_is_number, cells))
            if numbers > MIXED * len(cells):
                warn(
                    f"column {name!r} is taken for a category: {numbers:,} of {len(cells):,} cells "
                    f"are numbers, {strange!r:.40} is none; --number or --missing says otherwise"
                )
            return "category"
    values = numbers_of(part, name, chosen.missing)
    distinct = np.unique(values[~np.isnan(values)])
    few = len(distinct) <= FEW and bool((distinct == np.round(distinct)).all())
    return "category" if few else "number"


def _is_number(cell: str) -> bool:
    try:
        return abs(float(cell)) < float("inf") and cell.isascii() and "_" not in cell
    except ValueError:
        return False


def _category(
    part: Records, name: str, settings: Columns, chosen: Chosen, warn: Callable[[str], None]
) -> Column | None:
    counts = Counter(texts_of(part, name, chosen.missing).tolist())
    empty = counts.pop(None, 0)
    if len(counts) + (empty > 0) < 2:
        return None
    n = sum(counts.values())
    if n >= MANY and len(counts) > 0.9 * n:
        warn(
            f"column {name!r}: {len(counts):,} levels in {n:,} cells look like the rows' names, "
            "which say nothing of other rows; --ignore leaves them out"
        )
    counts[MISSING] += empty
    levels = reserved_levels(counts, min_count=settings.min_count, max_size=settings.max_levels)
    if len(levels) == APART and not empty:
        warn(f"column {name!r}: no level comes {settings.min_count} times: all share one row")
    return Column(name, "category", name, levels, np.zeros(0), np.zeros(0, np.float32))


def _number(
    part: Records, name: str, settings: Columns, chosen: Chosen, warn: Callable[[str], None]
) -> Column | None:
    values = numbers_of(part, name, chosen.missing)
    known = values[~np.isnan(values)]
    distinct, counts = np.unique(known, return_counts=True)
    if len(distinct) + (len(known) < len(values)) < 2:
        return None
    whole = bool((distinct == np.round(distinct)).all())
    if whole and len(known) >= MANY and len(distinct) == len(known):
        warn(f"column {name!r}: every row has a whole number of its own; if it is the row's name, "
             "--ignore leaves it out")  # fmt: skip
    often = counts >= settings.values if settings.values else np.zeros(len(counts), bool)
    own = dict(zip(map(as_text, distinct[often].tolist()), counts[often].tolist(), strict=True))
    own[UNSEEN], own[MISSING] = len(known) - sum(own.values()), len(values) - len(known)
    levels = reserved_levels(own, min_count=1, max_size=settings.max_levels)
    knots = knots_of(known, distinct, settings.knots)
    column = Column(
        name, "number", name, levels, knots, np.zeros(max(0, len(knots) - 1), np.float32)
    )
    return _centred(column, known)


def _centred(column: Column, known: np.ndarray) -> Column:
    """With the mean of each piece, found a stretch of the cells at a time."""
    total, sheet = np.zeros(column.pieces), Sheet((column,), frozenset())
    for at in range(0, len(known), 1 << 14):
        total += sheet.placed(known[at : at + (1 << 14), None]).sum(axis=0, dtype=np.float64)
    centre = (total / max(1, len(known))).astype(np.float32)
    return Column(column.name, column.kind, column.part, column.levels, column.knots, centre)


def knots_of(known: np.ndarray, distinct: np.ndarray, most: int) -> np.ndarray:
    """At most `most` of the distinct values, float64, ascending: all of them, or half by the
    quantiles of the cells and half by those of the distinct values, which reach into long tails."""
    if len(distinct) < 2:
        return np.zeros(0)
    if len(distinct) <= most:
        return distinct.astype(np.float64)
    half = max(2, most // 2)
    places = np.linspace(0, 1, half)
    by_cells = np.sort(known)[np.round(places * (len(known) - 1)).astype(np.int64)]
    inner = np.linspace(0, 1, most - half + 2)[1:-1]
    by_values = distinct[np.round(inner * (len(distinct) - 1)).astype(np.int64)]
    return np.unique(np.concatenate([by_cells, by_values])).astype(np.float64)


def _named(column: Column, taken: Sequence[str]) -> Column:
    """With a name for its part that a path can have."""
    name = "".join("_" if one == "/" or not one.isprintable() else one for one in column.name)
    name = name[:190] if name not in ("", ".", "..") else f"column {name}"
    free, at = name, 2
    while free in taken:
        free, at = f"{name} {at}", at + 1
    return Column(column.name, column.kind, free, column.levels, column.knots, column.centre)


def memory(sheet: Sheet, dims: Sequence[int]) -> dict[str, Any]:
    """What the columns' cells take as float32: one-hot, and as rows."""
    width = sum(len(one.levels) for one in sheet.columns) + sheet.pieces
    return {
        "one_hot": {"numbers_a_row": width, "bytes_a_row": 4 * width},
        "embedding": {
            "numbers_a_row": sum(dims) + sheet.pieces,
            "bytes_a_row": 4 * (sum(dims) + sheet.pieces),
            "table_bytes": 4
            * sum(len(c.levels) * d for c, d in zip(sheet.columns, dims, strict=True)),
        },
    }
