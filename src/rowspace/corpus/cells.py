"""One column of values, whatever they are, as an array of one kind.

Numbers stay numbers where every value is one (or missing); anything else becomes text. Missing
are None, NaN, NaT and pandas' NA.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec
import numpy as np

from rowspace.errors import InputError

EXACT = 1 << 53
"""Whole numbers up to here are themselves as float64."""
NOT_THERE = frozenset({"NAType", "NaTType"})
"""The classes of pandas' NA and NaT, by name: pandas need not be there."""
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def column_of(values: Sequence[Any], name: str) -> np.ndarray:
    """The values as float64, int64, bool, or an object array of str, list[str] and None.

    Whole numbers with some missing are float64, or text where float64 cannot hold them; truth
    values with some missing are text. Dates and times are seconds since 1970 in UTC. A list is a
    list of texts, a dictionary its JSON. Raises InputError for what is none of these.
    """
    kinds = set(map(type, values))
    if kinds <= {str, type(None)}:
        return objects(values)
    if kinds <= {str, type(None), float} and str in kinds:  # floats here are mostly NaN
        return objects([_text_or_none(value) for value in values])
    cells = [_plain(value, name, row) for row, value in enumerate(values)]
    kinds = set(map(type, cells))
    missing = type(None) in kinds
    kinds.discard(type(None))
    if kinds == {bool} and not missing:
        return np.array(cells, bool)
    if kinds and kinds <= {int, float}:
        return _numbers(cells, missing or float in kinds)
    if kinds and all(issubclass(kind, dt.date) for kind in kinds):
        seconds = [np.nan if cell is None else _seconds(cell) for cell in cells]
        return np.array(seconds, np.float64)
    texts = [cell if cell is None or isinstance(cell, list) else as_text(cell) for cell in cells]
    return objects(texts)


def objects(values: Sequence[Any]) -> np.ndarray:
    """An object array [n] of the values as they are, lists too."""
    out = np.empty(len(values), object)
    if list in set(map(type, values)):
        for place, value in enumerate(values):
            out[place] = value
    else:
        out[:] = values
    return out


def as_text(value: Any) -> str:
    """A value as a cell of text would show it: a whole float without its ".0"."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT:
        return str(int(value))
    return str(value)


def texts_of(column: np.ndarray) -> np.ndarray:
    """An array of numbers or truth values as object array of str, None where it is NaN."""
    if column.dtype.kind == "f":
        shown = [None if value != value else as_text(value) for value in column.tolist()]
    else:
        shown = list(map(str, column.tolist()))
    return objects(shown)


def _text_or_none(value: str | float | None) -> str | None:
    return None if value is None or value != value else as_text(value)


def _plain(value: Any, name: str, row: int) -> Any:
    """The value as one of Python's own: None, bool, int, float, str, date, list of str."""
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if type(value).__name__ in NOT_THERE:
        return None
    if isinstance(value, np.generic):
        return _plain(_of_numpy(value), name, row)
    if isinstance(value, (float, Decimal)):
        return None if value != value else float(value)
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        return _listed(value, name, row)
    if isinstance(value, dt.date):
        return value
    return _other(value, name, row)


def _other(value: Any, name: str, row: int) -> Any:
    if isinstance(value, dict):
        return msgspec.json.encode(value, enc_hook=str).decode()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, (bytes, complex)):
        raise InputError(
            f"column {name!r}, row {row}: wanted text or a number, came "
            f"{type(value).__name__} {value!r:.40}",
            hint="decode bytes first" if isinstance(value, bytes) else "",
        )
    return str(value)


def _of_numpy(value: np.generic) -> Any:
    if isinstance(value, np.datetime64):
        seconds = float(seconds_of(np.array([value]))[0])
        return None if seconds != seconds else _EPOCH + dt.timedelta(seconds=seconds)
    if isinstance(value, np.timedelta64):
        seconds = float(seconds_of(np.array([value]))[0])
        return None if seconds != seconds else seconds
    return value.item()


def _listed(values: Iterable[Any], name: str, row: int) -> list[str]:
    ordered = sorted(values, key=str) if isinstance(values, (set, frozenset)) else list(values)
    found = []
    for value in ordered:
        plain = _plain(value, name, row)
        if isinstance(plain, list):
            raise InputError(f"column {name!r}, row {row}: a list in a list")
        if plain is not None:
            found.append(as_text(plain))
    return found


def _numbers(cells: list[Any], as_float: bool) -> np.ndarray:
    whole = [cell for cell in cells if type(cell) is int]
    widest = max((abs(cell) for cell in whole), default=0)
    if widest >= 1 << 63 or (as_float and widest > EXACT):
        return objects([None if cell is None else as_text(cell) for cell in cells])
    if as_float:
        return np.array([np.nan if cell is None else cell for cell in cells], np.float64)
    return np.array(cells, np.int64)


def _seconds(value: dt.date) -> float:
    if not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=dt.UTC)
    return (value - _EPOCH).total_seconds()


def seconds_of(times: np.ndarray) -> np.ndarray:
    """datetime64 or timedelta64 of any unit as seconds, float64; NaN for NaT."""
    unit, step = np.datetime_data(times.dtype)
    if unit in ("Y", "M", "generic"):
        times, unit, step = times.astype(f"{times.dtype.kind}8[s]"), "s", 1
    one = float(np.ones(1, f"m8[{step}{unit}]")[0] / np.timedelta64(1, "s"))
    return np.where(np.isnat(times), np.nan, times.view(np.int64) * one)
