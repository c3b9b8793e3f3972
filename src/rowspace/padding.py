"""Padding: sequences of any length as one array, and masks that say which places are filled.

`pad_sequences` has the arguments and results of `keras.utils.pad_sequences`. A mask is True where
there is an id and False where there is padding, as in Keras; torch's `key_padding_mask` is its
opposite, `~mask`. Axes: `B` sequences, `L` places in a padded one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.ragged import Ragged, occupied, require_ends, require_maxlen, spread, whole_numbers

_FLAT = (list, tuple, range)
_SCALARS = {int, float, bool, str, bytes, complex, type(None)}
_UNFIT = (ValueError, TypeError, ArithmeticError)  # what NumPy says to values of another type


def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Sequences as one array [B, L, …] of `dtype`: shorter ones are filled up with `value`.

    L is `maxlen`, or the length of the longest one. `padding`: where the filling stands, "pre" or
    "post"; `truncating`: from which end a longer one loses values. A step may be a vector. For
    text of any length `dtype` is object. The defaults are Keras's: in front, both. What differs:
    no sequences at all give [0, 0]; the type `str` is as wide as the widest text, not one
    character; a sequence that is text itself is refused.

    Raises SettingError for a `maxlen`, `padding`, `truncating` or `dtype` that cannot be;
    InputError (a ValueError) naming the sequence that is none, or does not fit.
    """
    require_ends(padding=padding, truncating=truncating)
    kind = _kind(dtype, value)
    if isinstance(sequences, Ragged):
        values, lengths = sequences.ids.astype(kind), sequences.lengths
    else:
        rows = _rows(sequences)
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        first = next((at for at, length in enumerate(lengths.tolist()) if length), None)
        shape = () if first is None else _step(rows[first], first)
        if maxlen is not None:
            rows = _cut(rows, require_maxlen(maxlen), truncating)
            lengths = np.minimum(lengths, maxlen)
        values = _joined(rows, lengths, kind, shape)
        if not kind.itemsize:
            values = values.astype(np.result_type(values, np.array(value, kind)))
    return spread(values, lengths, maxlen, fill=value, side=padding, cut=truncating)


def padding_mask(batch: Any, padding: int = 0) -> np.ndarray:
    """bool, the shape of `batch`: True where an id is not `padding`. Raises InputError."""
    return np.asarray(whole_numbers(batch, "a padded batch") != padding)


def sequence_lengths(batch: Any, padding: int = 0) -> np.ndarray:
    """How many ids of each row are not `padding`, int64 [B], of whole numbers [B, L]."""
    mask = padding_mask(batch, padding)
    if mask.ndim != 2:
        raise InputError(f"a padded batch has 2 axes [B, L], not {mask.ndim}: {mask.shape}")
    return np.count_nonzero(mask, axis=1).astype(np.int64)


def sequence_mask(lengths: Any, maxlen: int | None = None, *, padding: str = "post") -> np.ndarray:
    """bool [B, L]: True where a sequence of that length has values, padded "pre" or "post".

    L is `maxlen`, or the longest length; a longer sequence fills its row. Raises InputError for
    lengths that are not whole numbers from 0, [B]; SettingError.
    """
    require_ends(padding=padding)
    sizes = whole_numbers(lengths, "lengths")
    if sizes.ndim != 1 or (sizes < 0).any():
        raise InputError(f"lengths are whole numbers from 0, [B], not {lengths!r:.60}")
    width = int(sizes.max(initial=0)) if maxlen is None else require_maxlen(maxlen)
    return occupied(np.minimum(sizes, width), width, padding)


def require_length(shape: Sequence[int], input_length: int | Sequence[int | None]) -> None:
    """Raises InputError unless a batch of `shape` [B, L, …] has sequences of `input_length`: a
    number, or one for each axis after the first (None: any)."""
    wanted = (input_length,) if isinstance(input_length, (int, np.integer)) else (*input_length,)
    for one in wanted:
        whole = isinstance(one, (int, np.integer)) and not isinstance(one, bool)
        fit = one is None or (whole and one >= 0)
        SettingError.unless(fit, "input_length", input_length, "whole numbers from 0")
    found = tuple(shape[1:])
    same = len(found) == len(wanted)
    if not same or any(w not in (None, f) for w, f in zip(wanted, found, strict=True)):
        told = " x ".join("any" if one is None else str(one) for one in wanted)
        raise InputError(
            f"sequences are {told} long (input_length), the batch is {tuple(shape)}",
            hint=f"pad_sequences(…, maxlen={wanted[0]})" if len(wanted) == 1 else "",
        )


def _kind(dtype: Any, value: Any) -> np.dtype:
    """`dtype` as NumPy's. Raises SettingError if there is none, or it cannot hold text `value`."""
    try:
        kind = np.dtype(dtype)
    except TypeError as error:
        raise SettingError(f"dtype must be a type of NumPy's, not {dtype!r:.60}") from error
    if isinstance(value, str) and kind.kind not in "OUS":
        raise SettingError(
            f"dtype {kind} cannot hold the padding {value!r:.60}", hint="dtype=object for text"
        )
    return kind


def _rows(sequences: Any) -> Sequence[Any]:
    """The sequences, each with a length. Raises InputError."""
    if not hasattr(sequences, "__len__") or isinstance(sequences, (str, bytes)):
        raise InputError(f"a list of sequences was wanted, not {_told(sequences)}")
    rows = sequences if isinstance(sequences, (list, tuple)) else list(sequences)
    if set(map(type, rows)) <= {*_FLAT}:
        return rows
    for at, row in enumerate(rows):
        plain = isinstance(row, np.ndarray) and row.ndim == 0
        if plain or isinstance(row, (str, bytes)) or not hasattr(row, "__len__"):
            raise InputError(
                f"sequence {at} is {_told(row)}, not a list of values",
                hint="put it into a list: [[1, 2], [3]]",
            )
    return rows


def _told(given: Any) -> str:
    return f"{given!r:.60} ({type(given).__name__})"


def _step(row: Any, at: int) -> tuple[int, ...]:
    """The shape of a step of sequence `at`: () for plain values. Raises InputError."""
    try:
        return np.asarray(row).shape[1:]
    except _UNFIT as error:
        raise InputError(f"the steps of sequence {at} differ in shape: {error}") from error


def _cut(rows: Sequence[Any], width: int, truncating: str) -> list[Any]:
    """Rows of at most `width` values."""
    if truncating == "post":
        return [row[:width] if len(row) > width else row for row in rows]
    return [row[len(row) - width :] if len(row) > width else row for row in rows]


def _joined(
    rows: Sequence[Any], lengths: np.ndarray, kind: np.dtype, shape: tuple[int, ...]
) -> np.ndarray:
    """All values one after another, [N, …]: at one go where that gives what a row at a time would.

    Raises InputError.
    """
    count = int(lengths.sum())
    try:
        with np.errstate(invalid="raise"):  # NaN as a whole number
            flat = _at_once(rows, count, kind, shape)
    except _UNFIT:  # told better by going through the rows
        flat = None
    if flat is not None and flat.shape == (count, *shape):
        return flat
    parts = [_part(row, at, kind, shape) for at, row in enumerate(rows) if len(row)]
    return np.concatenate(parts) if parts else np.empty((0, *shape), kind)


def _at_once(
    rows: Sequence[Any], count: int, kind: np.dtype, shape: tuple[int, ...]
) -> np.ndarray | None:
    types = set(map(type, rows))
    if types == {np.ndarray}:
        full = [row for row in rows if len(row)]
        if len({(row.dtype, row.ndim) for row in full}) == 1:
            return np.concatenate(full).astype(kind)
    if not types <= {*_FLAT}:
        return None
    values: Iterable[Any] = chain.from_iterable(rows)
    if kind.kind in "biuf" and shape == ():
        return np.fromiter(values, kind, count)
    if kind.kind in "biuf":
        return np.array(list(values), kind)
    listed = list(values)  # an object could be a sequence
    return np.array(listed, kind) if set(map(type, listed)) <= _SCALARS else None


def _part(row: Any, at: int, kind: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    """One sequence, [length, …]. Raises InputError."""
    try:
        with np.errstate(invalid="raise"):
            part = np.asarray(row, kind)
    except _UNFIT as error:
        raise InputError(f"sequence {at} holds what is no {kind}: {error}") from error
    if part.shape != (len(row), *shape):
        wanted = (len(row), *shape)
        raise InputError(f"sequence {at} has the shape {part.shape}, wanted was {wanted}")
    return part
