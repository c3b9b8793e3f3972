"""`Table`: the trainable matrix. The one mutable thing of the system."""

from __future__ import annotations

from typing import final

import numpy as np

from rowspace.errors import ResourceError, SettingError
from rowspace.random import Stream, state
from rowspace.table.memory import available_memory, human, zeros

LANES = 16  # floats in the widest vector register; a row's stride is a multiple of it


@final
class Table:
    """R rows of D float32 numbers.

    `data` [R + 1, S] is what kernels work on: rows padded with zeros to a stride S, and one spare
    row at the end that they may scribble on. `rows` [R, D] is the view everyone else sees.
    """

    __slots__ = ("data", "dim")

    def __init__(self, rows: int, dim: int) -> None:
        SettingError.unless(1 <= dim <= 1 << 20, "dim", dim, f"from 1 to {1 << 20}")
        self.dim = dim
        self.data = zeros(rows + 1, stride_of(dim))

    @classmethod
    def uniform(cls, rows: int, dim: int, *, seed: int, bound: float) -> Table:
        """Numbers drawn evenly from ±bound, each a function of (seed, row, column) alone."""
        from rowspace.kernels.cpu_fill import fill_uniform

        table, start = cls(rows, dim), np.uint64(state(seed, Stream.ROWS))
        fill_uniform(table.rows, start, -bound, bound)
        return table

    def __len__(self) -> int:
        return len(self.data) - 1

    @property
    def rows(self) -> np.ndarray:
        """The numbers, float32 [R, D], a view."""
        return self.data[:-1, : self.dim]


def stride_of(dim: int) -> int:
    """D rounded up to whole vectors."""
    return -(-dim // LANES) * LANES


def require_memory(rows: int, dim: int) -> None:
    """Raises ResourceError, with the estimate, if tables of `rows` rows in all cannot fit."""
    needed, free = rows * stride_of(dim) * 4, available_memory()
    if free is not None and needed > free:
        raise ResourceError(
            f"the tables would take {human(needed)} ({rows:,} rows of {dim} numbers), "
            f"{human(max(free, 0))} of memory are free",
            hint="lower dim, raise min_count, set max_size, or use fewer buckets",
        )
