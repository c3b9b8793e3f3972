"""Columns that give the points of a map their colour: a file beside the model, by item."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.corpus.records import records
from rowspace.errors import InputError

LEVELS = 1000
"""Different texts of a category column, at most: more are no colours."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Values of a column, None where the cell is empty; `number` or texts."""

    number: bool
    values: list[Any]


Table: TypeAlias = tuple[dict[str, int], Mapping[str, Column]]
"""The line of each item, and the columns by name."""


def read_columns(path: str | Path) -> Table:
    """The columns of a CSV, TSV, JSONL or parquet file, whose first column names the items.

    A column is of numbers if all its cells are, or empty. Of an item that stands there twice the
    first line counts. Raises InputError.
    """
    found = records(str(path))
    names = found.names
    if len(names) < 2:
        raise InputError(
            f"{path}: wanted a column of items and one or more to colour by, came {names!r:.80}"
        )
    lines: dict[str, int] = {}
    for line, item in enumerate(found.strings(names[0]).tolist()):
        if item is not None:
            lines.setdefault(item, line)
    return lines, {name: _column(found.column(name), name, path) for name in names[1:]}


def _column(cells: np.ndarray, name: str, path: str | Path) -> Column:
    values = cells.tolist()
    numbers = [_number(value) for value in values]
    pairs = zip(values, numbers, strict=True)
    if all(number is not None or value in (None, "") for value, number in pairs):
        return Column(True, [n if n is not None and math.isfinite(n) else None for n in numbers])
    texts = [None if value in (None, "") else str(value) for value in values]
    levels = len(set(texts))
    if levels > LEVELS:
        raise InputError(
            f"{path}: column {name!r:.80} has {levels} different texts, more than {LEVELS}",
            hint="leave it out: a colour for each would tell nothing",
        )
    return Column(False, texts)


def _number(value: Any) -> float | None:
    try:
        return None if value is None or value == "" else float(value)
    except (TypeError, ValueError):
        return None
