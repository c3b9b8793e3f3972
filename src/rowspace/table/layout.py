"""What a table's numbers are stored as, and what they start from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rowspace.errors import SettingError
from rowspace.kernels.layer_reference import encoded
from rowspace.random import GOLDEN, Stream, state

LANES = 16  # floats in the widest vector register; a row's stride is a multiple of it
STORED = {"float32": np.float32, "float16": np.float16, "bfloat16": np.int16}  # its bits
_BLOCK = 1 << 20  # numbers drawn at once


def stride_of(dim: int) -> int:
    """D rounded up to whole vectors."""
    return -(-dim // LANES) * LANES


def stored(precision: str) -> np.dtype:
    """The type of array that holds numbers of a precision. Raises SettingError."""
    known = isinstance(precision, str) and precision in STORED
    SettingError.unless(known, "precision", precision, "one of " + ", ".join(STORED))
    return np.dtype(STORED[precision])


def uniform_blocks(
    rows: int, dim: int, *, seed: int, bound: float, precision: str
) -> Iterator[np.ndarray]:
    """The rows of a table drawn evenly from ±bound, some at a time, [n, S]: each number is a
    function of (seed, row, column) alone."""
    from rowspace.kernels.cpu_fill import fill_uniform

    kind, begin = stored(precision), state(seed, Stream.ROWS)
    at_once = max(1, _BLOCK // stride_of(dim))
    for first in range(0, rows, at_once):
        block = np.zeros((min(at_once, rows - first), stride_of(dim)), np.float32)
        with np.errstate(over="ignore"):
            moved = begin + np.uint64(first) * np.uint64(dim) * GOLDEN
        fill_uniform(block[:, :dim], np.uint64(moved), -bound, bound)
        yield block if kind == np.float32 else encoded(block, _bits(kind)).view(kind)


def _bits(kind: np.dtype) -> np.dtype:
    return np.dtype(np.uint16) if kind == np.float16 else kind
