"""Rows worked out from other rows when they are looked up: chosen, scaled, rounded, pooled.

Nothing is copied, so memory does not grow with them. Axes: `R` rows, `D` dimensions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.cosine import row_blocks, unit_rows
from rowspace.vectors.stored import Rows, StoredRows
from rowspace.vectors.vectors import Vectors

PART = 1 << 18
"""Numbers worked on at once."""
Tell: TypeAlias = Callable[[int, int], None]
"""Is told how many rows of how many are done."""


@dataclass(frozen=True, slots=True, eq=False)
class LikeRows(StoredRows):
    """As many rows as `rows` has, of as many numbers and of their type."""

    rows: Rows

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows.shape[0], self.rows.shape[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.rows.dtype


@final
@dataclass(frozen=True, slots=True, eq=False)
class SomeRows(StoredRows):
    """Rows `ids` int64 [n] of `rows`, then its last `shared` ones."""

    rows: Rows
    ids: np.ndarray
    shared: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.ids) + self.shared, self.rows.shape[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.rows.dtype

    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        at = flat_ids(index, len(self))
        own = at < len(self.ids)
        last = at + (len(self.rows) - len(self))
        ids = np.where(own, self.ids[np.where(own, at, 0)], last)
        return self.rows[ids].astype(np.float32, copy=False)


@final
@dataclass(frozen=True, slots=True, eq=False)
class UnitRows(LikeRows):
    """`rows` at length 1; a zero row stays zero."""

    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        return _in_parts(self.rows[index], unit_rows)


@final
@dataclass(frozen=True, slots=True, eq=False)
class CastRows(LikeRows):
    """`rows` as numbers of another type, rounded when they are looked up."""

    to: np.dtype[Any]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.to

    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        return _in_parts(self.rows[index], self._rounded)

    def _rounded(self, some: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            cast = some.astype(self.to)
        if not np.array_equal(np.isfinite(cast), np.isfinite(some)):
            raise InputError(
                f"{self.to.name} cannot hold {np.abs(some).max():.4g}: it ends at "
                f"{np.finfo(self.to).max:.4g}",
                hint="choose dtype float32, or normalize",
            )
        return cast


@final
@dataclass(frozen=True, slots=True, eq=False)
class TurnedRows(StoredRows):
    """`rows` times `rotation` float32 [D, D]."""

    rows: Rows
    rotation: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows.shape[0], self.rotation.shape[1]

    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        return self.rows[index].astype(np.float32, copy=False) @ self.rotation


@final
@dataclass(frozen=True, slots=True, eq=False)
class PooledRows(StoredRows):
    """The vectors of known items as rows [V, D], pooled when they are looked up."""

    vectors: Vectors

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.vectors), self.vectors.dim

    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        return self.vectors[flat_ids(index, len(self))]


@final
@dataclass(frozen=True, slots=True, eq=False)
class WatchedRows(LikeRows):
    """`rows` as they are; `tell` hears up to which row they have been read."""

    tell: Tell

    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        at = index.stop if isinstance(index, slice) else int(np.max(index, initial=-1)) + 1
        self.tell(min(len(self), len(self) if at is None else at), len(self))
        return self.rows[index].astype(np.float32, copy=False)


def _in_parts(rows: np.ndarray, work: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """`work` on rows [..., D], a part at a time: what it needs in passing stays small."""
    out = np.empty(rows.shape, np.float32)
    flat, done = rows.reshape(-1, rows.shape[-1]), out.reshape(-1, rows.shape[-1])
    parts = row_blocks(flat, PART)
    for start in parts:
        done[start : start + parts.step] = work(flat[start : start + parts.step])
    return out


def flat_ids(index: np.ndarray | slice, size: int) -> np.ndarray:
    """A slice of rows as their ids; ids as they are."""
    return np.arange(*index.indices(size)) if isinstance(index, slice) else np.asarray(index)
