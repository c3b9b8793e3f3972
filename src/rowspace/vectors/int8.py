"""Rows kept as int8 codes with a scale a row, and decoded when they are looked up.

row r ≈ scales[r] · codes[r], with scales[r] = max|row r| / 127: symmetric, so that zero stays zero;
D + 4 bytes for 4 D. The layout of `rowspace.nn.QuantizedEmbedding`. Axes: `R` rows, `D` dimensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.stored import Rows, StoredRows, parts_of

LARGEST = 127
NUMBERS, ROW_SCALES = "int8", "int8_scales"


@final
@dataclass(frozen=True, slots=True, eq=False)
class Int8Rows(StoredRows):
    """`codes` int8 [R, D] and `scales` float32 [R]."""

    codes: np.ndarray
    scales: np.ndarray

    def __post_init__(self) -> None:
        codes, scales = self.codes, self.scales
        if codes.dtype != np.int8 or codes.ndim != 2:
            raise InputError(f"int8 rows must be int8 [R, D], not {codes.dtype} of {codes.shape}")
        if scales.dtype != np.float32 or scales.shape != codes.shape[:1]:
            raise InputError(
                f"{len(codes)} int8 rows need as many float32 scales, not {scales.dtype} of "
                f"{scales.shape}"
            )

    @property
    def shape(self) -> tuple[int, int]:
        return self.codes.shape[0], self.codes.shape[1]

    @property
    def stored(self) -> int:
        """Bytes it takes as it is."""
        return self.codes.nbytes + self.scales.nbytes

    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        return self.codes[index] * self.scales[index][..., None]

    def arrays(self) -> dict[str, np.ndarray]:
        """What a file keeps of it."""
        return {NUMBERS: self.codes, ROW_SCALES: self.scales}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Int8Rows:
        """The inverse of `arrays`. Raises InputError."""
        if NUMBERS not in arrays or ROW_SCALES not in arrays:
            raise InputError("int8 rows need codes and scales")
        return cls(arrays[NUMBERS], arrays[ROW_SCALES])


def as_int8(rows: Rows) -> Int8Rows:
    """`rows` float32 or float16 [R, D] as int8, a block at a time.

    A row of zeros, or of numbers too small for a float32 scale, has scale 0 and codes of 0. Raises
    InputError at the first row that is not finite.
    """
    size, dim = rows.shape
    codes, scales = np.empty((size, dim), np.int8), np.empty(size, np.float32)
    blocks = parts_of(rows)
    for start in blocks:
        block = np.asarray(rows[start : start + blocks.step], np.float32)
        finite = np.isfinite(block).all(axis=1)
        if not finite.all():
            at = start + int(finite.argmin())
            raise InputError(f"row {at} holds a number that is not finite")
        scale = np.abs(block).max(axis=1) / np.float32(LARGEST)
        with np.errstate(divide="ignore", over="ignore"):
            inverse = np.where(scale > 0, 1 / scale, 0)
        inverse[~np.isfinite(inverse)] = 0
        here = slice(start, start + blocks.step)
        codes[here] = np.rint(block * inverse[:, None])
        scales[here] = np.where(inverse > 0, scale, 0)
    return Int8Rows(codes, scales)
