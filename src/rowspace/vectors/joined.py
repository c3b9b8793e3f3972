"""Rows that lie in several places, each as it is: words as one kind of codes, n-grams as another.

Axes: `R` rows, `D` dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import final

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.stored import Rows, StoredRows


@final
@dataclass(frozen=True, slots=True, eq=False)
class JoinedRows(StoredRows):
    """`parts`, one after another, of D numbers each; two at least."""

    parts: tuple[Rows, ...]

    def __post_init__(self) -> None:
        if len(self.parts) < 2:
            raise InputError(f"rows are joined of two parts at least, not of {len(self.parts)}")
        for part in self.parts:
            fits = part.ndim == 2 and part.dtype in (np.float32, np.float16)
            if not fits or part.shape[1] != self.parts[0].shape[1]:
                raise InputError(
                    f"joined rows must be float32 or float16 and equally long, not {part.dtype} of "
                    f"{part.shape} beside {self.parts[0].shape}"
                )

    @property
    def shape(self) -> tuple[int, int]:
        return sum(map(len, self.parts)), self.parts[0].shape[1]

    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        at = np.arange(*index.indices(len(self))) if isinstance(index, slice) else np.asarray(index)
        size = len(self)
        if at.size and not -size <= at.min() <= at.max() < size:
            raise IndexError(f"rows run from 0 to {size - 1}, not {at.min()} to {at.max()}")
        at = np.where(at < 0, at + size, at)
        out = np.empty((*at.shape, self.shape[1]), np.float32)
        first = 0
        for part, last in zip(self.parts, accumulate(map(len, self.parts)), strict=True):
            here = (at >= first) & (at < last)
            if here.any():
                out[here] = part[at[here] - first]
            first = last
        return out


def joined(*parts: Rows) -> Rows:
    """The parts that hold rows, as one."""
    held = tuple(part for part in parts if len(part))
    return JoinedRows(held) if len(held) > 1 else (*held, *parts)[0]
