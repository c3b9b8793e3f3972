"""JSON Lines as columns: an object a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

from rowspace.corpus.cells import column_of
from rowspace.corpus.naming import as_of, require_columns
from rowspace.corpus.room import require_room
from rowspace.errors import InputError

ASK = 1 << 19
"""Lines between two looks at how much memory is left."""


def json_lines(
    lines: Iterator[str], source: str, wanted: Sequence[str] | None
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Columns by name, and the line of each row, int64 [n]. A name that an object lacks is missing.

    Raises InputError naming the line that is not a JSON object.
    """
    values: dict[str, list[Any]] = {name: [] for name in wanted or ()}
    there: dict[str, None] = {}
    at: list[int] = []
    decode = msgspec.json.Decoder().decode
    for number, line in enumerate(lines, 1):
        if number % ASK == 0:
            require_room(source)
        if not line.strip():
            continue
        try:
            record: Any = decode(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise InputError(f"{source}: line {number}: not JSON: {error}") from None
        if not isinstance(record, dict):
            raise InputError(
                f"{source}: line {number}: wanted a JSON object, came {line.strip()[:40]}"
            )
        if record.keys() != there.keys():
            there |= dict.fromkeys(record)
        if wanted is None and len(values) < len(there):
            values |= {name: [None] * len(at) for name in record if name not in values}
        for name, column in values.items():
            column.append(record.get(name))
        at.append(number)
    require_columns(source, wanted or (), list(there))
    with as_of(source):
        columns = {name: column_of(column, name) for name, column in values.items()}
    return columns, np.array(at, np.int64)
