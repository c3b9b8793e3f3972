"""Tables on disk: one file or several with the same columns, told by their endings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeAlias

import numpy as np

from rowspace.corpus.cells import texts_of
from rowspace.corpus.columns import text_lines
from rowspace.corpus.intake import Intake
from rowspace.corpus.naming import as_of, require_columns, require_distinct
from rowspace.corpus.opening import named
from rowspace.corpus.places import Places, joined
from rowspace.corpus.reading import Reading
from rowspace.corpus.records_delimited import delimited
from rowspace.corpus.records_frames import of_arrow
from rowspace.corpus.records_json import json_lines
from rowspace.corpus.sources import TABULAR, bare_suffix, find
from rowspace.errors import InputError, MissingExtraError, ResourceError

Columns: TypeAlias = dict[str, np.ndarray]
Read: TypeAlias = tuple[Columns, np.ndarray]
"""Columns, and the line of each row, int64 [n]."""


def of_files(
    source: Any, wanted: Sequence[str] | None, encoding_errors: str
) -> tuple[Columns, str, Places]:
    """The columns of the files, one after the other, what to call them, and their places."""
    paths = find(source, column="")
    reading = Reading(encoding_errors=encoding_errors)
    names = [named(path) for path in paths]
    try:
        parts = [_file(path, wanted, reading) for path in paths]
        for name, (columns, _) in zip(names[1:], parts[1:], strict=True):
            _require_same(names[0], list(parts[0][0]), name, list(columns))
        first = parts[0][0]
        together = (
            first
            if len(parts) == 1
            else {one: _together([columns[one] for columns, _ in parts]) for one in first}
        )
    except MemoryError:
        raise ResourceError(
            f"{names[0]}: this table does not fit into memory",
            hint="name the columns that are needed, or give fewer rows",
        ) from None
    called = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    unit = "row" if bare_suffix(paths[0]) == ".parquet" else "line"
    lines = [(name, line) for name, (_, line) in zip(names, parts, strict=True)]
    return together, called, joined(lines, unit)


def _file(path: str, wanted: Sequence[str] | None, reading: Reading) -> Read:
    source = named(path)
    kind = bare_suffix(path)
    if kind == ".parquet":
        return _parquet(path, wanted)
    lines = text_lines(path, reading, Intake(hash=None))
    head = []
    for line in lines:
        head.append(line)
        if line.strip():
            break
    else:
        raise InputError(f"{source}: this file is empty", hint="give a table with a header line")
    if kind not in TABULAR:
        kind = _told(head[-1], source)
    lines = chain(head, lines)
    if kind in (".jsonl", ".ndjson"):
        return json_lines(lines, source, wanted)
    return delimited(lines, head[-1], source, wanted, tabs=kind == ".tsv")


def _told(first: str, source: str) -> str:
    """The kind of a table without an ending of its own, by its first line."""
    if first.lstrip().startswith("{"):
        return ".jsonl"
    if "\t" in first:
        return ".tsv"
    if "," in first or ";" in first:
        return ".csv"
    raise InputError(
        f"{source}: wanted a table, came {first.strip()[:40]!r} for its first line",
        hint="tables are read from .csv, .tsv, .jsonl and .parquet files",
    )


def _parquet(path: str, wanted: Sequence[str] | None) -> Read:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError("reading parquet files", "arrow") from None
    try:
        with pq.ParquetFile(path) as file:
            there = file.schema_arrow.names
            require_distinct(path, there)
            require_columns(path, wanted or (), there)
            table = file.read(columns=wanted)
        with as_of(path):
            columns = of_arrow(table)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"{path}: wanted a parquet file: {error}", hint="write or download the file again"
        ) from None
    rows = len(next(iter(columns.values()), ()))
    return columns, np.arange(rows, dtype=np.int64)


def _require_same(first: str, wanted: list[str], other: str, there: list[str]) -> None:
    if set(wanted) != set(there):
        only = [name for name in wanted if name not in there]
        more = [name for name in there if name not in wanted]
        raise InputError(
            f"{other}: wanted the columns of {first}; "
            + "; ".join(
                f"{what}: {', '.join(map(repr, names))[:200]}"
                for what, names in (("missing", only), ("only here", more))
                if names
            ),
            hint="give files with the same columns, or one at a time",
        )


def _together(parts: list[np.ndarray]) -> np.ndarray:
    """One column of several: of one kind, numbers if all are, else text."""
    kinds = {part.dtype.kind for part in parts}
    if len(kinds) > 1 and not kinds <= {"i", "f"}:
        parts = [part if part.dtype == object else texts_of(part) for part in parts]
    return np.concatenate(parts)
