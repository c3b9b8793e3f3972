"""Rows as another kind: halves, int8, codes of a product quantiser, with finer rows beside.

Axes: `R` rows, `D` dimensions.
"""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np

from rowspace.compressing.settings import Compression
from rowspace.errors import InputError
from rowspace.vectors.derived import CastRows
from rowspace.vectors.int8 import Int8Rows, as_int8
from rowspace.vectors.joined import JoinedRows, joined
from rowspace.vectors.quantize import Quantization, quantize
from rowspace.vectors.quantized import CENTROIDS, QuantizedRows
from rowspace.vectors.ranked import RankedRows
from rowspace.vectors.stored import Rows, parts_of

WHOLE, HALF, BYTE, CODES = "float32", "float16", "int8", "pq"


@final
class Kind(NamedTuple):
    """`name` as in `Compression.kind`, "" for rows as they are; `stretch` of codes."""

    name: str
    stretch: int = 2

    def __str__(self) -> str:
        return f"{self.name}, {self.stretch} numbers a byte" if self.name == CODES else self.name

    def fits(self, rows: int) -> bool:
        """Whether so many rows can be of this kind: codes need rows to learn centroids from."""
        return self.name != CODES or rows >= CENTROIDS


def as_kind(rows: Rows, kind: Kind, seed: int = 0) -> Rows:
    """`rows` as `kind`; int8 instead of codes where there are too few rows for these.

    Raises InputError at a number that the kind cannot hold.
    """
    if not kind.name or not len(rows):
        return rows
    if kind.name == WHOLE:
        return _cast(rows, np.float32)
    if kind.name == HALF:
        return _cast(CastRows(rows, np.dtype(np.float16)), np.float16)
    if kind.name == CODES and kind.fits(len(rows)):
        return quantize(rows, Quantization(kind.stretch, True, seed))
    return as_int8(rows)


def as_asked(rows: Rows, settings: Compression) -> Rows:
    """`rows` of the kind that `settings` want, and the finer ones beside codes."""
    coded = as_kind(rows, Kind(settings.kind or "", settings.stretch), settings.seed)
    if settings.rerank is None or not isinstance(coded, QuantizedRows):
        return coded
    return RankedRows(coded, as_kind(rows, Kind(settings.rerank)))


def some_rows(rows: Rows, ids: np.ndarray) -> Rows:
    """The rows `ids` int64 [n], as they are kept: codes stay codes."""
    if isinstance(rows, QuantizedRows):
        scales = None if rows.scale_codes is None else rows.scale_codes[ids]
        return QuantizedRows(rows.codes[ids], rows.centroids, rows.dsub, scales, rows.scales)
    if isinstance(rows, Int8Rows):
        return Int8Rows(rows.codes[ids], rows.scales[ids])
    if isinstance(rows, JoinedRows):
        return _some_joined(rows, ids)
    return rows[ids]


def _some_joined(rows: JoinedRows, ids: np.ndarray) -> Rows:
    """Of each part those that are wanted; `ids` rise."""
    if (np.diff(ids) < 0).any():
        raise InputError("rows of several kinds are chosen in their order")
    found, first = [], 0
    for part in rows.parts:
        last = first + len(part)
        found.append(some_rows(part, ids[(ids >= first) & (ids < last)] - first))
        first = last
    return joined(*found)


def empty(kind: Kind, rows: int, dim: int) -> Rows:
    """Rows of the right shape and size that take no memory, to work out the size of a file."""
    if kind.name in (WHOLE, HALF):
        return np.broadcast_to(np.zeros((), kind.name), (rows, dim))
    if kind.name == BYTE or not kind.fits(rows):
        codes = np.broadcast_to(np.zeros((), np.int8), (rows, dim))
        return Int8Rows(codes, np.broadcast_to(np.float32(0), (rows,)))
    codes = np.broadcast_to(np.zeros((), np.uint8), (rows, -(-dim // kind.stretch)))
    lengths = np.broadcast_to(np.zeros((), np.uint8), (rows,))
    centroids = np.broadcast_to(np.float32(0), (CENTROIDS * dim,))
    scales = np.broadcast_to(np.float32(0), (CENTROIDS,))
    return QuantizedRows(codes, centroids, min(kind.stretch, dim), lengths, scales)


def _cast(rows: Rows, to: type[np.floating]) -> np.ndarray:
    """All rows in memory, a block at a time."""
    if isinstance(rows, np.ndarray) and rows.dtype == to:
        return rows
    out = np.empty(rows.shape, to)
    blocks = parts_of(rows)
    for start in blocks:
        out[start : start + blocks.step] = rows[start : start + blocks.step]
    return out
