"""One named column of a CSV, TSV, JSONL or parquet file, as lines of text."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from rowspace.corpus.block import Block, cleaned
from rowspace.corpus.cutting import blocks
from rowspace.corpus.intake import Intake
from rowspace.corpus.opening import named, pieces
from rowspace.corpus.reading import Reading
from rowspace.corpus.sources import STDIN, bare_suffix
from rowspace.errors import InputError

LIMIT = 1 << 24  # bytes of a row; an open quotation mark would swallow the file
DELIMITER = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one row; `line` is where the row ends in the file."""

    text: str
    line: int


def column_pieces(path: str, reading: Reading, intake: Intake) -> Iterator[bytes]:
    """The column's cells, a line each, as UTF-8 pieces. Raises InputError with line and column."""
    source = named(path)
    lines = text_lines(path, reading, intake)
    kind = bare_suffix(path)
    if path == STDIN:
        first = next(lines, "")
        kind = ".jsonl" if first.startswith("{") else ".tsv" if "\t" in first else ".csv"
        lines = _again(first, lines)
    if kind in DELIMITER:
        cells = _delimited(lines, source, reading.column, DELIMITER[kind])
    elif kind in (".jsonl", ".ndjson"):
        cells = _json_lines(lines, source, reading.column)
    else:
        raise InputError(
            f"{source}: wanted a file with a column {reading.column!r}, came {kind or 'no ending'}",
            hint="columns are read from .csv, .tsv, .jsonl and .parquet files",
        )
    for cell in cells:
        # A cell is one sentence, as a line of a text file is.
        yield " ".join(cell.text.split("\n")).encode(errors="replace") + b"\n"


def missing_column(source: str, column: str | None, there: Iterable[str]) -> InputError:
    """The error that names the columns there are."""
    names = ", ".join(repr(name) for name in there)
    wanted = "the name of the text's column" if column is None else f"a column {column!r}"
    return InputError(
        f"{source}: wanted {wanted}; the columns here are {names or 'none'}",
        hint="name one of them with --column",
    )


def choose(source: str, column: str | None, there: list[str]) -> str:
    """The column asked for, or the only one. Raises InputError with the names there are."""
    if column is None and len(there) == 1:
        return there[0]
    if column is None or column not in there:
        raise missing_column(source, column, there)
    return column


def text_blocks(path: str, reading: Reading, intake: Intake) -> Iterator[Block]:
    """Blocks of whole lines, cleaned. Raises InputError for a line longer than `LIMIT`."""
    for block in blocks(pieces(path, intake), named(path), size=LIMIT):
        if not block.data.endswith(b"\n"):
            line = block.line + block.data.count(b"\n")
            raise InputError(f"{block.source}: line {line}: this row is longer than {LIMIT} bytes")
        block, bad = cleaned(block, reading)
        intake.bad += bad
        yield block


def text_lines(path: str, reading: Reading, intake: Intake) -> Iterator[str]:
    """The lines of a file with their ends. Raises InputError."""
    for block in text_blocks(path, reading, intake):
        # Not splitlines(): only a newline ends a line.
        yield from (line + "\n" for line in block.data.decode().removesuffix("\n").split("\n"))


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _delimited(
    lines: Iterator[str], source: str, column: str | None, delimiter: str
) -> Iterator[Cell]:
    csv.field_size_limit(LIMIT)
    # Quotation marks mean nothing in a TSV file made by anything but a spreadsheet.
    if delimiter == ",":
        rows = csv.reader(lines)
    else:
        rows = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    at = -1
    try:
        for row in rows:
            if at < 0:
                at = row.index(choose(source, column, row))
                continue
            if not row:
                continue
            if at >= len(row):
                raise InputError(
                    f"{source}: line {rows.line_num}: wanted at least {at + 1} cells "
                    f"for column {column!r}, came {len(row)}"
                )
            yield Cell(row[at], rows.line_num)
    except csv.Error as error:
        raise InputError(
            f"{source}: line {rows.line_num}: not a table: {error}",
            hint="look for a quotation mark that is never closed",
        ) from None


def _json_lines(lines: Iterator[str], source: str, column: str | None) -> Iterator[Cell]:
    decoder = msgspec.json.Decoder()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record: Any = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InputError(f"{source}: line {number}: not JSON: {error}") from None
        if not isinstance(record, dict):
            raise InputError(
                f"{source}: line {number}: wanted a JSON object, came {line.strip()[:40]}"
            )
        if column not in record:
            column = choose(f"{source}: line {number}", column, list(record))
        value = record[column]
        if not isinstance(value, str):
            if value is None:
                continue
            raise InputError(
                f"{source}: line {number}: column {column!r}: "
                f"wanted text, came {type(value).__name__} {value!r:.40}"
            )
        yield Cell(value, number)
