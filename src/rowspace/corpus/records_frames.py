"""Tables in memory as columns: frames of pandas, polars and pyarrow, mappings, dictionaries.

None of these libraries is imported here unless the object at hand is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from rowspace.corpus.cells import EXACT, column_of, objects, seconds_of, texts_of
from rowspace.corpus.naming import require_columns, require_distinct
from rowspace.errors import InputError

Found: TypeAlias = tuple[dict[str, np.ndarray], str]
"""Columns, and what to call the table."""


def is_frame(source: object) -> bool:
    """Whether it is a table of pandas, polars or pyarrow, or a structured array."""
    if isinstance(source, np.ndarray):
        return source.dtype.names is not None
    return _library(source) is not None and hasattr(type(source), "columns")


def of_frame(frame: Any, wanted: Sequence[str] | None) -> Found:
    """The columns of a frame. Raises InputError."""
    library = _library(frame)
    if isinstance(frame, np.ndarray):
        return of_mapping({name: frame[name] for name in frame.dtype.names}, wanted, "an array")
    if library == "pyarrow":
        require_distinct("a table", frame.schema.names)
        require_columns("a table", wanted or (), frame.schema.names)
        chosen = frame if wanted is None else frame.select(list(wanted))
        return of_arrow(chosen), "a table"
    if hasattr(frame, "collect"):  # a LazyFrame
        frame = frame.collect()
    names = [str(name) for name in frame.columns]
    require_distinct("a DataFrame", names)
    require_columns("a DataFrame", wanted or (), names)
    columns = {}
    for place, name in enumerate(names):
        if wanted is None or name in wanted:
            series = frame.iloc[:, place] if library == "pandas" else frame[name]
            columns[name] = array_of(series, name)
    return columns, "a DataFrame"


def of_mapping(
    mapping: Mapping[Any, Any], wanted: Sequence[str] | None, source: str = "a mapping"
) -> Found:
    """The columns of a mapping of names to sequences. Raises InputError."""
    names = [str(name) for name in mapping]
    require_distinct(source, names)
    require_columns(source, wanted or (), names)
    columns = {
        name: array_of(values, name)
        for name, values in zip(names, mapping.values(), strict=True)
        if wanted is None or name in wanted
    }
    return columns, source


def of_rows(rows: Sequence[Any], wanted: Sequence[str] | None) -> Found:
    """The columns of a list of dictionaries; what one lacks is missing. Raises InputError."""
    source = "a list of dictionaries"
    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise InputError(f"wanted {source}, came {type(row).__name__} at position {place}")
    if not rows:
        raise InputError(f"wanted {source}, came an empty list")
    keys = list(dict.fromkeys(key for row in rows for key in row))
    require_distinct(source, list(map(str, keys)))
    require_columns(source, wanted or (), list(map(str, keys)))
    kept = [key for key in keys if wanted is None or str(key) in wanted]
    return {str(key): column_of([row.get(key) for row in rows], str(key)) for key in kept}, source


def of_arrow(table: Any) -> dict[str, np.ndarray]:
    """The columns of a pyarrow table or record batch."""
    return {
        name: _of_arrow(table.column(place), name) for place, name in enumerate(table.schema.names)
    }


def array_of(values: Any, name: str) -> np.ndarray:
    """One column: an array, a series or any sequence. Raises InputError."""
    make = _MAKERS.get(_library(values) or "")
    if make is not None:
        return make(values, name)
    if isinstance(values, np.ndarray) or hasattr(values, "__array__"):
        return _of_numpy(values, name)
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise InputError(
            f"column {name!r}: wanted a sequence of values, came {type(values).__name__} "
            f"{values!r:.40}"
        )
    return column_of(list(values), name)


def _library(value: object) -> str | None:
    """ "pandas", "polars" or "pyarrow", if the object is one of theirs or made from one."""
    for kind in type(value).__mro__:
        library = kind.__module__.partition(".")[0]
        if library in _MAKERS:
            return library
    return None


def _of_numpy(values: Any, name: str) -> np.ndarray:
    if isinstance(values, np.ma.MaskedArray):
        return column_of(values.tolist(), name)
    values = np.asarray(values)
    if values.ndim != 1:
        raise InputError(f"column {name!r}: wanted one axis, came shape {values.shape}")
    kind = values.dtype.kind
    if kind in "Mm":
        return seconds_of(values)
    if kind == "b":
        return values
    if kind == "f":
        return values.astype(np.float64)
    if kind in "iu" and not (kind == "u" and values.max(initial=0) >= 1 << 63):
        return values.astype(np.int64)
    return column_of(values.tolist(), name)


def _of_pandas(series: Any, name: str) -> np.ndarray:
    dtype = series.dtype
    if isinstance(dtype, np.dtype):
        return _of_numpy(series.to_numpy(), name)
    if hasattr(dtype, "categories"):
        shown = array_of(dtype.categories, name)
        texts = shown if shown.dtype == object else texts_of(shown)
        return objects([*texts, None])[series.cat.codes.to_numpy()]
    if hasattr(dtype, "tz"):  # its own times, in UTC
        return seconds_of(series.to_numpy(f"datetime64[{dtype.unit}]"))
    if dtype.kind in "iuf" and hasattr(dtype, "numpy_dtype"):
        if not series.isna().any():
            return _of_numpy(series.to_numpy(dtype.numpy_dtype), name)
        if dtype.kind == "f" or series.abs().max() <= EXACT:
            return np.asarray(series.to_numpy(np.float64, na_value=np.nan))
    return column_of(series.tolist(), name)


def _of_polars(series: Any, name: str) -> np.ndarray:
    dtype = series.dtype
    whole = dtype.is_integer()
    if whole and series.null_count() and _beyond(series.min(), series.max()):
        return column_of(series.to_list(), name)
    if whole or dtype.is_float() or (dtype.is_temporal() and str(dtype) != "Time"):
        return _of_numpy(series.to_numpy(), name)
    return column_of(series.to_list(), name)


def _of_arrow(column: Any, name: str) -> np.ndarray:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind, types = column.type, pa.types
    if types.is_dictionary(kind):  # categories are text, whatever their names look like
        values = _of_arrow(column.cast(kind.value_type), name)
        return values if values.dtype == object else texts_of(values)
    if types.is_integer(kind) and column.null_count:
        ends = pc.min_max(column).as_py()
        if _beyond(ends["min"], ends["max"]):
            return column_of(_values(column, name), name)
    timed = types.is_timestamp(kind) or types.is_date(kind) or types.is_duration(kind)
    if types.is_integer(kind) or types.is_floating(kind) or timed:
        flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        return _of_numpy(flat.to_numpy(zero_copy_only=False), name)
    return column_of(_values(column, name), name)


def _values(column: Any, name: str) -> list[Any]:
    """A pyarrow column as Python's values. Raises InputError for text that is not UTF-8."""
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError) as error:
        raise InputError(f"column {name!r}: it cannot be read: {error}") from None


def _beyond(low: int | None, high: int | None) -> bool:
    """Whether float64 cannot hold whole numbers from `low` to `high`."""
    return max(abs(low or 0), abs(high or 0)) > EXACT


_MAKERS: dict[str, Callable[[Any, str], np.ndarray]] = {
    "pandas": _of_pandas,
    "polars": _of_polars,
    "pyarrow": _of_arrow,
}
