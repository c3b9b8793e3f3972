"""Items and their vectors as a file to keep: CSV, TSV or JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET

from rowspace.serve.answers import ids_of
from rowspace.serve.limits import NUMBERS
from rowspace.serve.refusal import Refusal
from rowspace.serve.served import Served
from rowspace.serve.shapes import ExportAsked
from rowspace.serve.workers import Check

AT_ONCE = 1000
"""Rows between two looks at the clock."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""
KINDS = {"csv": "text/csv", "tsv": "text/tab-separated-values", "json": "application/json"}


def exported(served: Served, asked: ExportAsked, check: Check) -> bytes:
    """The file. An item that is not known is left out. Raises Refusal."""
    if (asked.items is UNSET) == (asked.ids is UNSET):
        raise Refusal(422, "wanted either items or ids", field="$")
    keys: Any = asked.ids if asked.items is UNSET else asked.items
    ids = ids_of(served, keys, "$.ids")
    ids = ids[ids >= 0]
    dim = served.vectors.dim if asked.vectors else 0
    if len(ids) * dim > NUMBERS:
        message = f"{len(ids)} vectors of {dim} numbers are more than {NUMBERS} numbers"
        raise Refusal(422, message, hint="choose fewer items, or leave the vectors out")
    if asked.format == "json":
        return _json(served, ids, dim, check)
    return _table(served, ids, dim, check, "," if asked.format == "csv" else "\t")


def _blocks(
    served: Served, ids: np.ndarray, dim: int, check: Check
) -> Iterator[tuple[list[int], list[str], list[int | None], list[list[float]]]]:
    """Ids, items, counts and vectors ([] without), some at a time."""
    for start in range(0, len(ids), AT_ONCE):
        check()
        some = ids[start : start + AT_ONCE]
        counts = served.vectors.counts[some].tolist()
        if not served.names.has_counts:
            counts = [None] * len(some)
        rows = served.vectors[some].tolist() if dim else [[]] * len(some)
        yield some.tolist(), served.names.many(some), counts, rows


def _table(served: Served, ids: np.ndarray, dim: int, check: Check, between: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=between)
    writer.writerow(["item", "id", "count", *(f"d{axis}" for axis in range(dim))])
    for block in _blocks(served, ids, dim, check):
        for id, item, count, row in zip(*block, strict=True):
            writer.writerow([_cell(item), id, "" if count is None else count, *row])
    return out.getvalue().encode()


def _cell(item: str) -> str:
    """With a ' before what would be a formula."""
    return f"'{item}" if item.startswith(DANGEROUS) else item


def _json(served: Served, ids: np.ndarray, dim: int, check: Check) -> bytes:
    found: list[dict[str, Any]] = []
    for block in _blocks(served, ids, dim, check):
        for id, item, count, row in zip(*block, strict=True):
            found.append({"item": item, "id": id, "count": count})
            if dim:
                found[-1]["vector"] = row
    return msgspec.json.encode({"items": found})
