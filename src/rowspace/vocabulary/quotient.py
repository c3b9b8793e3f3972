"""Quotient + remainder: V items in about 2 * sqrt(V) rows, every item with a sum of its own
(Shi et al. 2020, "Compositional embeddings using complementary partitions")."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import ClassVar, Literal, final

import numpy as np

from rowspace.ragged import Ragged
from rowspace.vocabulary.items import Items
from rowspace.vocabulary.unseen import (
    Unseen,
    require_unknown,
    require_whole,
    row_dtype,
    rows_of_unknown,
)


@final
@dataclass(frozen=True, slots=True)
class Quotient(Unseen):
    """Item `i` is row `i // m` plus row `Q + i % m`, with `m = buckets`, `Q = ceil(V / m)`.

    Without `buckets`, m is the least whole number with m * m >= V. `unknown` as in `Exact`.
    """

    buckets: int | None = None
    unknown: str | None = None

    name: ClassVar[str] = "quotient"
    pool: ClassVar[Literal["sum", "mean"]] = "sum"
    answers: ClassVar[str] = "unknown row"

    def __post_init__(self) -> None:
        require_unknown("Quotient", self.unknown)
        if self.buckets is not None:
            require_whole("Quotient", "buckets", self.buckets, 1)

    @property
    def unknown_item(self) -> str | None:
        return self.unknown

    def _parts(self, size: int) -> tuple[int, int]:
        """(m, Q)."""
        m = self.buckets or isqrt(max(0, size - 1)) + 1
        return m, -(-size // m)

    def n_rows(self, size: int) -> int:
        m, quotients = self._parts(size)
        return quotients + m

    def known_rows(self, items: Items, id: int) -> list[int]:
        m, quotients = self._parts(len(items))
        return [id // m, quotients + id % m]

    def known_bags(self, items: Items, ids: np.ndarray | None = None) -> Ragged:
        m, quotients = self._parts(len(items))
        ids = np.arange(len(items)) if ids is None else np.asarray(ids, np.int64)
        rows = np.stack([ids // m, quotients + ids % m], axis=1)
        dtype = row_dtype(self.n_rows(len(items)))
        return Ragged(rows.ravel().astype(dtype), np.arange(0, rows.size + 1, 2, dtype=np.int64))

    def rows_of(self, items: Items, item: bytes) -> list[int]:
        id = rows_of_unknown(items, self.unknown)
        return [] if id < 0 else self.known_rows(items, id)
