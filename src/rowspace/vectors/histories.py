"""The items a user came by, as one vector: Σ w_k · row / Σ w_k, w_k = decay^k + tail, k
places before the last.

Axes: `n` users, `D` dimensions, `L` items of a history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.ragged import Ragged

NUMBERS = 1 << 22
"""Numbers gathered at a time."""


@final
@dataclass(frozen=True, slots=True)
class History:
    """length: the last so many items count (L), 0: none does. ordered: items stand in order of
    time; where not, all of them count alike."""

    length: int
    decay: float
    tail: float
    ordered: bool

    def weights(self) -> np.ndarray:
        """What the item k places before the last counts, float32 [L]."""
        return np.asarray(self.decay ** np.arange(self.length) + self.tail, np.float32)

    def vectors(self, rows: np.ndarray, seen: Ragged) -> np.ndarray:
        """float32 [n, D] from `rows` [V, D] and the items of each user in their order; zeros for
        one without items."""
        out = np.zeros((len(seen), rows.shape[1]), np.float32)
        if not self.length:
            return out
        lengths = np.minimum(seen.lengths, self.length) if self.ordered else seen.lengths
        step = max(1, NUMBERS // max(1, rows.shape[1] * int(lengths.max(initial=1))))
        for first in range(0, len(seen), step):
            some = slice(first, first + step)
            out[some] = self._some(rows, seen, lengths[some], first)
        return out

    def _some(self, rows: np.ndarray, seen: Ragged, lengths: np.ndarray, first: int) -> np.ndarray:
        ends = seen.offsets[first + 1 : first + 1 + len(lengths)]
        starts = np.cumsum(lengths) - lengths
        age = np.repeat(starts + lengths, lengths) - 1 - np.arange(int(lengths.sum()))
        ids = seen.ids[np.repeat(ends, lengths) - 1 - age]
        shares = self.weights()[age] if self.ordered else np.ones(len(age), np.float32)
        there = np.flatnonzero(lengths)
        found = np.zeros((len(lengths), rows.shape[1]), np.float32)
        if len(there):
            cuts = starts[there]
            parts = rows[ids].astype(np.float32, copy=False) * shares[:, None]
            whole = np.add.reduceat(shares, cuts)
            found[there] = np.add.reduceat(parts, cuts, axis=0) / whole[:, None]
        return found
