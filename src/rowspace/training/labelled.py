"""`Labelled`: texts with labels, cut into tokens, from whatever holds them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np

from rowspace.corpus.label_lines import PREFIX, label_lines, looks_labelled
from rowspace.corpus.records import Records, records
from rowspace.corpus.spacing import spaced
from rowspace.errors import InputError, SettingError


@final
@dataclass(frozen=True, slots=True)
class TextReading:
    """text, label: the columns that hold them; columns: others whose values are features (text:
    parted by commas); weights: a column of what each row counts for. separator: what parts several
    labels in a cell; None: a cell is one label. tokenizer ("marks", "words", "whitespace",
    "characters"), lower, normalize: how texts are cut. prefix: what labels begin with in a file of
    labelled lines, which has no columns."""

    text: str = "text"
    label: str = "label"
    columns: Sequence[str] | str = ()
    weights: str | None = None
    separator: str | None = None
    tokenizer: str = "marks"
    lower: bool = True
    normalize: str | None = None
    prefix: str = PREFIX

    def __post_init__(self) -> None:
        listed = self.columns.split(",") if isinstance(self.columns, str) else self.columns
        object.__setattr__(self, "columns", tuple(name for name in listed if name))
        SettingError.unless(isinstance(self.lower, bool), "lower", self.lower, "true or false")
        taken = {self.text, self.label, self.weights} & set(self.columns)
        SettingError.unless(not taken, "columns", self.columns, "other columns than text and label")

    @property
    def cutting(self) -> dict[str, Any]:
        """How texts are cut, as `corpus.spacing` takes it."""
        return {"tokenizer": self.tokenizer, "lower": self.lower, "normalize": self.normalize}


@final
@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """texts: tokens with white space between. labels: of each text, at least one. cells: the
    other columns. weights float32 [n]. dropped: rows left out because they had no label."""

    texts: Sequence[bytes]
    labels: Sequence[Sequence[bytes]]
    source: str
    weights: np.ndarray
    cells: Mapping[str, np.ndarray] = field(default_factory=dict)
    dropped: int = 0

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, index: np.ndarray) -> Labelled:
        """The texts of `index` int64."""
        at = index.tolist()
        return replace(
            self,
            texts=[self.texts[i] for i in at],
            labels=[self.labels[i] for i in at],
            weights=self.weights[index],
            cells={name: cells[index] for name, cells in self.cells.items()},
        )


def labelled(data: Any, reading: TextReading) -> Labelled:
    """Read `data`: what `corpus.records` takes, or a file of labelled lines as fastText has them.

    Rows without a label are left out. Raises InputError: no such column, no row with a label, a
    weight that is no number or below 0.
    """
    if _has_lines(data, reading.prefix):
        texts, labels = label_lines(data, prefix=reading.prefix)
        called = os.fspath(data) if isinstance(data, (str, os.PathLike)) else f"{len(data)} files"
        if reading.columns or reading.weights:
            asked = reading.weights or reading.columns[0]
            raise InputError(
                f"{called}: lines with labels have no columns, and {asked!r} was asked for",
                hint="give a CSV or JSONL file",
            )
        return _with_labels(texts, labels, called, reading, {}, np.ones(len(texts)))
    table = records(data)
    texts = [text.encode("utf-8", "replace") for text in table.text(reading.text)]
    listed = [
        [one.encode("utf-8", "replace") for one in row if one.strip()]
        for row in table.lists(reading.label, reading.separator)
    ]
    cells = {name: table.strings(name) for name in reading.columns}
    weights = _weights(table, reading.weights)
    return _with_labels(texts, listed, table.source, reading, cells, weights)


def _has_lines(data: Any, prefix: str) -> bool:
    """Whether it is a file of labelled lines, or several that begin with one."""
    first = data[0] if isinstance(data, (list, tuple)) and data else data
    return isinstance(first, (str, os.PathLike)) and looks_labelled(first, prefix=prefix)


def _with_labels(
    texts: list[bytes],
    labels: Sequence[Sequence[bytes]],
    source: str,
    reading: TextReading,
    cells: Mapping[str, np.ndarray],
    weights: np.ndarray,
) -> Labelled:
    kept = np.fromiter(map(len, labels), np.int64, len(labels)) > 0
    if not kept.any():
        raise InputError(f"{source}: no row has both a text and a label")
    whole = Labelled(
        spaced(texts, reading.cutting),
        [row if len(row) < 2 else list(dict.fromkeys(row)) for row in labels],
        source,
        weights.astype(np.float32),
        cells,
        int(np.count_nonzero(~kept)),
    )
    return whole if kept.all() else whole.take(np.flatnonzero(kept))


def _weights(table: Records, column: str | None) -> np.ndarray:
    if column is None:
        return np.ones(len(table))
    weights = table.numbers(column)
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(bad):
        place = table.place(int(bad[0]))
        raise InputError(f"{place}: column {column!r}: a weight must be a number of at least 0")
    if not weights.any():
        raise InputError(f"{table.source}: column {column!r}: every weight is 0")
    return weights
