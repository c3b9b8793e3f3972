"""Rows of every kind as named arrays, and back: whole, int8, codes, several kinds joined.

NAME                                  F32 or F16 [R, D]
NAME.codes                            U8 [R, M]        instead, with the next (`QuantizedRows`)
NAME.centroids                        F32 [256 D]
NAME.scale_codes, NAME.scales         U8 [R], F32 [256]: where lengths are coded apart
NAME.int8, NAME.int8_scales           I8 [R, D], F32 [R] (`Int8Rows`)
NAME.finer…                           rows beside codes, to rank again by (`RankedRows`)
NAME.0…, NAME.1…                      the parts of `JoinedRows`

What the configuration says of them beside the shape: `dsub` of codes, `finer` and `joined`, each
such a description again, with its own rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.derived import WatchedRows
from rowspace.vectors.int8 import Int8Rows
from rowspace.vectors.joined import JoinedRows
from rowspace.vectors.quantized import QuantizedRows
from rowspace.vectors.ranked import RankedRows
from rowspace.vectors.stored import Rows

CODED, WHOLE, FINER, JOINED = "codes", "int8", "finer", "joined"
"""What a reader must know of, by the names in `requires`."""
KINDS = {QuantizedRows: CODED, Int8Rows: WHOLE, RankedRows: FINER, JoinedRows: JOINED}
DEEPEST = 2
"""How deep a description of rows may lie in another: ranked rows of joined ones."""


def unwatched(rows: Rows) -> Rows:
    """Rows of these kinds behind a progress bar, as they are; other rows as given."""
    inner = rows.rows if isinstance(rows, WatchedRows) else rows
    return inner if type(inner) in KINDS else rows


def coding(rows: Rows) -> dict[str, Any]:
    """What the configuration says of rows beside their shape."""
    inner = unwatched(rows)
    if isinstance(inner, QuantizedRows):
        return {"dsub": inner.dsub}
    if isinstance(inner, RankedRows):
        return {"dsub": inner.codes.dsub, FINER: _described(inner.finer)}
    if isinstance(inner, JoinedRows):
        return {JOINED: [_described(part) for part in inner.parts]}
    return {WHOLE: True} if isinstance(inner, Int8Rows) else {}


def kinds_of(rows: Rows) -> set[str]:
    """The names of the kinds that rows are of, to be put into `requires`."""
    inner = unwatched(rows)
    found = {KINDS[type(inner)]} if type(inner) in KINDS else set()  # type: ignore[index]
    if isinstance(inner, RankedRows):
        found |= {CODED} | kinds_of(inner.finer)
    if isinstance(inner, JoinedRows):
        found = found.union(*map(kinds_of, inner.parts))
    return found


def row_arrays(name: str, rows: Rows) -> dict[str, Rows]:
    """The arrays that rows are stored as, the first of them called `name`."""
    inner = unwatched(rows)
    if isinstance(inner, (QuantizedRows, Int8Rows)):
        return {f"{name}.{part}": array for part, array in inner.arrays().items()}
    if isinstance(inner, RankedRows):
        return row_arrays(name, inner.codes) | row_arrays(f"{name}.{FINER}", inner.finer)
    if isinstance(inner, JoinedRows):
        parts = (row_arrays(f"{name}.{at}", part) for at, part in enumerate(inner.parts))
        return {key: array for part in parts for key, array in part.items()}
    return {name: rows}


def rows_of(
    name: str, arrays: Mapping[str, np.ndarray], config: Mapping[str, Any], depth: int = 0
) -> Rows:
    """The inverse of `row_arrays` and `coding`. Raises InputError, KeyError."""
    if depth > DEEPEST:
        raise InputError(f"rows inside rows inside rows: {name!r:.80}")
    if JOINED in config:
        return JoinedRows(tuple(_parts(name, arrays, config[JOINED], depth)))
    if name in arrays:
        return arrays[name]
    # np.asarray: item access on np.memmap itself is many times slower than on an array.
    start = f"{name}."
    own = {k.removeprefix(start): np.asarray(v) for k, v in arrays.items() if k.startswith(start)}
    if config.get(WHOLE) is True:
        return Int8Rows.from_arrays(own)
    codes = QuantizedRows.from_arrays(own, config["dsub"])
    if FINER not in config:
        return codes
    if not isinstance(config[FINER], Mapping):
        raise InputError(f"finer rows must be described, not {config[FINER]!r:.40}")
    return RankedRows(codes, rows_of(f"{name}.{FINER}", arrays, config[FINER], depth + 1))


def told(table: Mapping[str, Any]) -> str | None:
    """How rows are kept, in a few words; None for whole rows."""
    if isinstance(table.get(JOINED), list):
        kept = [part for part in table[JOINED] if isinstance(part, Mapping)]
        return ", ".join(f"{part.get('rows')} rows: {told(part) or 'whole'}" for part in kept)
    if table.get("dsub") is not None:
        finer = table.get(FINER)
        beside = f", ranked again by {told(finer) or 'whole'} rows" if finer else ""
        return f"1 byte for {table['dsub']} numbers{beside}"
    return "int8, a scale a row" if table.get(WHOLE) is True else None


def _described(rows: Rows) -> dict[str, Any]:
    return {"rows": rows.shape[0], "dtype": rows.dtype.name, **coding(rows)}


def _parts(name: str, arrays: Mapping[str, np.ndarray], parts: Any, depth: int) -> list[Rows]:
    if not isinstance(parts, list) or not all(isinstance(part, Mapping) for part in parts):
        raise InputError(f"joined rows must be a list of descriptions, not {parts!r:.80}")
    return [rows_of(f"{name}.{at}", arrays, part, depth + 1) for at, part in enumerate(parts)]
