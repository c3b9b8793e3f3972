"""`Ragged`: a batch of bags of rows, as flat ids and offsets.

Bag `b` holds `ids[offsets[b]:offsets[b + 1]]`. A plain look-up is a bag of one row.
Axes: `B` bags, `N` ids in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rowspace.errors import InputError


@dataclass(frozen=True, slots=True)
class Ragged:
    """`ids` int32/int64 [N], `offsets` int64 [B + 1], `weights` float32 [N] or None (all ones)."""

    ids: np.ndarray
    offsets: np.ndarray
    weights: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.ids.dtype not in (np.int32, np.int64):
            raise InputError(f"row ids must be int32 or int64, not {self.ids.dtype}")
        if len(self.offsets) == 0 or self.offsets[0] != 0 or self.offsets[-1] != len(self.ids):
            raise InputError(f"offsets must run from 0 to the number of ids, {len(self.ids)}")
        if (np.diff(self.offsets) < 0).any():
            raise InputError("offsets must not decrease")
        if self.weights is not None and self.weights.shape != self.ids.shape:
            raise InputError(f"{len(self.weights)} weights for {len(self.ids)} ids")

    @classmethod
    def of(cls, bags: Sequence[Sequence[int]]) -> Ragged:
        """From nested sequences: `Ragged.of([[3], [], [1, 4]])`."""
        offsets = np.zeros(len(bags) + 1, np.int64)
        np.cumsum([len(bag) for bag in bags], out=offsets[1:])
        ids = np.fromiter((row for bag in bags for row in bag), np.int64, int(offsets[-1]))
        return cls(ids, offsets)

    @classmethod
    def singles(cls, ids: np.ndarray) -> Ragged:
        """One row a bag."""
        return cls(ids, np.arange(len(ids) + 1, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, bag: int) -> np.ndarray:
        """The row ids of one bag."""
        return self.ids[self.offsets[bag] : self.offsets[bag + 1]]

    @property
    def lengths(self) -> np.ndarray:
        """Ids in each bag, int64 [B]."""
        return np.diff(self.offsets)
