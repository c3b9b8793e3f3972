"""Rows kept twice: codes that are searched, finer rows that are looked up.

A search for neighbours goes through the codes, which are few bytes and stay in memory, and ranks
the best candidates again by the finer rows, of which it touches those alone (Jégou et al. 2011,
"Searching in one billion vectors: re-rank with source coding"). Axes: `R` rows, `D` dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.quantized import QuantizedRows
from rowspace.vectors.stored import Rows, StoredRows


@final
@dataclass(frozen=True, slots=True, eq=False)
class RankedRows(StoredRows):
    """`codes` of [R, D] and the `finer` rows [R, D] they stand for: a look-up gives the finer."""

    codes: QuantizedRows
    finer: Rows

    def __post_init__(self) -> None:
        if self.codes.shape != tuple(self.finer.shape):
            raise InputError(
                f"codes of {self.codes.shape} do not go with finer rows of {self.finer.shape}"
            )
        if self.finer.dtype not in (np.float32, np.float16):
            raise InputError(f"finer rows must be float32 or float16, not {self.finer.dtype}")

    @property
    def shape(self) -> tuple[int, int]:
        return self.codes.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.finer.dtype

    @property
    def stored(self) -> int:
        """Bytes it takes as it is."""
        kept: int = getattr(self.finer, "stored", self.finer.nbytes)
        return self.codes.stored + kept

    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        return self.finer[index]
