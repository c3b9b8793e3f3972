"""Cells of other columns as items: `column<tab>value`, a row each; `column<tab>` for none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rowspace.vocabulary.features import CELL
from rowspace.vocabulary.items import to_bytes
from rowspace.vocabulary.vocabulary import Vocabulary


def cell_item(column: str, value: str | None) -> bytes:
    """The item of a cell; that of a missing one is the column's own."""
    return to_bytes(f"{column}{CELL}{'' if value is None else value}")


def cell_rows(vocabulary: Vocabulary, columns: Mapping[str, Sequence[str | None]]) -> np.ndarray:
    """The row of each cell, int64 [B, C]: an unseen value has the row of its column's missing
    cells, or none (-1) where training met no missing one."""
    found = []
    for name, values in columns.items():
        rows = vocabulary.items.find_many([cell_item(name, value) for value in values])
        found.append(np.where(rows < 0, vocabulary.find(cell_item(name, None)), rows))
    return np.stack(found, axis=1).astype(np.int64)
