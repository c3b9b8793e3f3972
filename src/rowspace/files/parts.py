"""What a table file holds of one model: rows, whole or as codes, vocabulary, labels, arrays.

rows                              F32 or F16 [R, D], or of another kind (`row_kinds`)
head.weights                      F32 [L, D], likewise
head.labels.…                     a vocabulary
vocabulary.…                      that of the rows
arrays.NAME                       F32, F64 or I64, of any shape

A model inside the model (`inner.py`) is stored so too, each name behind a prefix. Of a model
without vectors of its own there are no rows, and the shape of the table is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rowspace.errors import FormatError, InputError
from rowspace.files.row_kinds import KINDS, coding, kinds_of, row_arrays, rows_of
from rowspace.files.tensors import Header
from rowspace.vectors import Model, Vectors
from rowspace.vectors.head import Head
from rowspace.vectors.stored import Rows
from rowspace.vocabulary import Vocabulary

ROWS, WEIGHTS, LABELS = "rows", "head.weights", "head.labels."
WORDS, ARRAYS = "vocabulary.", "arrays."
LABELLED, INSIDE, BESIDE = "labels", "parts", "arrays"
"""What a reader must know of, by the names in `requires`."""
FEATURES = frozenset({*KINDS.values(), LABELLED, INSIDE, BESIDE})


def table_of(model: Model) -> dict[str, Any]:
    """The shape of the rows, as data."""
    rows = model.vectors.rows
    return {
        "items": len(model.vectors),
        "rows": rows.shape[0],
        "dim": rows.shape[1],
        "dtype": rows.dtype.name,
        **coding(rows),
    }


def head_of(model: Model) -> dict[str, Any] | None:
    """The head, as data; its arrays are `arrays_of`."""
    if model.head is None:
        return None
    head = model.head
    exact = {"exact": True} if head.exact else {}
    return {"loss": head.loss, "labels": head.labels.config(), **exact, **coding(head.weights)}


def required(model: Model) -> list[str]:
    """What a reader must know of to open the model."""
    every = [model, *model.parts.values()]
    kinds: set[str] = set()
    for one in every:
        kinds |= kinds_of(one.vectors.rows) if one.has_vectors else set()
    found = {
        **{kind: kind in kinds for kind in KINDS.values()},
        LABELLED: any(one.head is not None for one in every),
        INSIDE: bool(model.parts),
        BESIDE: any(one.arrays for one in every),
    }
    return [name for name, needed in found.items() if needed]


def described(model: Model) -> dict[str, Any]:
    """The model without its parts, as data; its arrays are `arrays_of`."""
    own = model.has_vectors
    found: dict[str, Any] = {
        "table": table_of(model) if own else {},
        "vocabulary": model.vectors.vocabulary.config() if own else {},
    }
    head = head_of(model)
    if head is not None:
        found["head"] = head
    if model.arrays:
        found["arrays"] = list(model.arrays)
    return found


def arrays_of(model: Model) -> dict[str, Rows]:
    """Rows, vocabulary, head and arrays as arrays to store."""
    found: dict[str, Rows] = {}
    if model.has_vectors:
        words = model.vectors.vocabulary.arrays().items()
        found |= row_arrays(ROWS, model.vectors.rows)
        found |= {WORDS + name: array for name, array in words}
    if model.head is not None:
        labels = model.head.labels.arrays().items()
        found |= row_arrays(WEIGHTS, model.head.weights)
        found |= {LABELS + name: array for name, array in labels}
    return found | {ARRAYS + name: array for name, array in model.arrays.items()}


def vectors_from(arrays: Mapping[str, np.ndarray], config: Mapping[str, Any]) -> Vectors | None:
    """The inverse of `described` for the vectors. Raises InputError, KeyError."""
    if not config["table"]:
        return None
    vocabulary = Vocabulary.from_arrays(behind(WORDS, arrays), config["vocabulary"])
    return Vectors(vocabulary, rows_from(arrays, config["table"]))


def beside_from(
    arrays: Mapping[str, np.ndarray], config: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    """The inverse of `described` for the arrays. Raises InputError."""
    names, own = config.get("arrays", []), behind(ARRAYS, arrays)
    missing = [name for name in names if name not in own]
    if missing:
        raise InputError(f"array {missing[0]!r:.80} is missing")
    return {name: np.asarray(own[name]) for name in names}


def behind(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays whose names begin so, by the rest of their names."""
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}


def rows_from(arrays: Mapping[str, np.ndarray], table: Mapping[str, Any]) -> Rows:
    """The rows of `arrays_of` and `table_of`. Raises InputError, KeyError."""
    rows = rows_of(ROWS, arrays, table)
    if list(rows.shape) != [table["rows"], table["dim"]]:
        raise InputError(f"{table['rows']} rows of {table['dim']} were promised, not {rows.shape}")
    return rows


def head_from(arrays: Mapping[str, np.ndarray], config: Mapping[str, Any] | None) -> Head | None:
    """The inverse of `head_of`. Raises InputError, KeyError."""
    if config is None:
        return None
    if not isinstance(config.get("labels"), Mapping) or not isinstance(config.get("loss"), str):
        raise InputError("a head needs its loss and its labels' configuration")
    labels = Vocabulary.from_arrays(behind(LABELS, arrays), config["labels"])
    exact = config.get("exact", False) is True
    return Head(labels, rows_of(WEIGHTS, arrays, config), config["loss"], exact)


def check_rows(header: Header, table: Mapping[str, Any], path: Path, prefix: str = "") -> None:
    """Raises FormatError unless the file has the rows that the configuration says."""
    entries, name = header.entries, prefix + ROWS
    if not table:  # no vectors of its own
        return
    if name in entries:
        rows = entries[name]
        if list(rows.shape) != [table.get("rows"), table.get("dim")]:
            raise FormatError(path, f"tensor {name!r}", expected=table, found=rows.shape)
        if rows.dtype not in (np.float32, np.float16):
            found = rows.dtype.name
            raise FormatError(path, f"tensor {name!r}", expected="F32 or F16", found=found)
        return
    if not any(other.startswith(f"{name}.") for other in entries):
        raise FormatError(path, f"tensor {name!r} is missing", expected=table, found=None)
