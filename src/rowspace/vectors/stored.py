"""Rows that are not an array in memory: looked up where they lie, as they lie.

`Vectors.rows` is an array float32 or float16 [R, D], or one of these, which stands for such an
array: `rows[ids]` and `rows[start:stop]` give float32, `np.asarray(rows)` all of it, in memory.
Axes: `R` rows, `D` dimensions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.errors import InputError


class StoredRows(ABC):
    """Rows float32 [R, D] behind a look-up."""

    __slots__ = ()

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """R and D."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of what a look-up gives."""
        return np.dtype(np.float32)

    @property
    def ndim(self) -> int:
        """Two axes."""
        return 2

    @property
    def itemsize(self) -> int:
        """Bytes of a number."""
        return self.dtype.itemsize

    @property
    def size(self) -> int:
        """Numbers in all."""
        return self.shape[0] * self.shape[1]

    @property
    def nbytes(self) -> int:
        """Bytes of the array this stands for."""
        return self.size * self.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    @abstractmethod
    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        """The rows of ids int [...] as float32 [..., D], or of a slice as [n, D]."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """All rows, in memory."""
        return self[:].astype(dtype or self.dtype, copy=False)


Rows: TypeAlias = np.ndarray | StoredRows


def parts_of(rows: Rows, numbers: int = 1 << 22) -> range:
    """Where to cut rows so that a part holds about `numbers` numbers."""
    return range(0, len(rows), max(1, numbers // max(1, rows.shape[1])))


def as_lookup(rows: Rows, wanted: int, items: int) -> Rows:
    """Rows fit for looking up: `wanted` of them, for `items` items. Raises InputError."""
    if rows.dtype not in (np.float32, np.float16) or rows.ndim != 2:
        raise InputError(
            f"rows must be float32 or float16 of two axes, not {rows.dtype} of {rows.shape}"
        )
    if len(rows) != wanted or rows.shape[1] < 1:
        raise InputError(
            f"{items} items need {wanted} rows of at least one number, not {rows.shape}"
        )
    # Item access on np.memmap itself is many times slower than on an array over it.
    return rows if isinstance(rows, StoredRows) else np.asarray(rows)


@final
@dataclass(frozen=True, slots=True, eq=False)
class PackedRows(StoredRows):
    """Little-endian float32 rows on a memory map whose place is no multiple of four bytes.

    `packed` uint8 [R, 4 D]. An array over such a place would be copied whole by some operations.
    """

    packed: np.ndarray

    def __post_init__(self) -> None:
        if self.packed.dtype != np.uint8 or self.packed.ndim != 2 or self.packed.shape[1] % 4:
            raise InputError(f"packed rows must be uint8 [R, 4 D], not {self.packed.shape}")

    @property
    def shape(self) -> tuple[int, int]:
        return self.packed.shape[0], self.packed.shape[1] // 4

    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        return np.ascontiguousarray(self.packed[index]).view("<f4")


@final
@dataclass(frozen=True, slots=True, eq=False)
class ScatteredRows(StoredRows):
    """Little-endian float32 rows that lie anywhere in a buffer, as between the items of a file.

    `memory` uint8 [bytes]; row i begins at byte starts[i], int64 [R]; `dim` numbers each.
    """

    memory: np.ndarray
    starts: np.ndarray
    dim: int

    def __post_init__(self) -> None:
        starts, last = self.starts, len(self.memory) - 4 * self.dim
        if self.dim < 1 or (len(starts) and not 0 <= starts.min() <= starts.max() <= last):
            raise InputError(f"rows of {self.dim} numbers lie outside {len(self.memory)} bytes")

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.starts), self.dim

    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        return rows_at(self.memory, self.starts[index], self.dim)


def rows_at(memory: np.ndarray, starts: np.ndarray, dim: int) -> np.ndarray:
    """The float32 [..., D] that begin at bytes `starts` int [...] of uint8 `memory`, copied."""
    if not np.size(starts):
        return np.empty((*np.shape(starts), dim), np.float32)
    return _stretches(memory, dim)[np.ravel(starts)].view("<f4").reshape(*np.shape(starts), dim)


def put_rows(memory: np.ndarray, starts: np.ndarray, rows: np.ndarray) -> None:
    """Write float32 rows [n, D], little-endian, to bytes `starts` int [n] of uint8 `memory`."""
    if len(rows):
        every = _stretches(memory, rows.shape[1])
        every[starts] = np.ascontiguousarray(rows, "<f4").view(every.dtype)[:, 0]


def _stretches(memory: np.ndarray, dim: int) -> np.ndarray:
    """The 4 D bytes from each byte of `memory` on, so that one of them is copied as a whole."""
    whole = np.dtype((np.void, 4 * dim))
    first = memory[: 4 * dim].view(whole)
    return np.lib.stride_tricks.as_strided(first, (len(memory) - 4 * dim + 1,), (1,))


def as_rows(memory: Any, offset: int, rows: int, dim: int) -> Rows:
    """float32 [rows, dim] at byte `offset` of a buffer, without a copy; the caller checked it."""
    if offset % 4 == 0:
        return np.frombuffer(memory, "<f4", rows * dim, offset).reshape(rows, dim)
    flat = np.frombuffer(memory, np.uint8, 4 * rows * dim, offset)
    return PackedRows(flat.reshape(rows, 4 * dim))
