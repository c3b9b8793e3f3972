"""Memory for large arrays, used again once nothing holds them.

A system hands out fresh memory page by page, zeroed: for the rows of a batch that took several
times as long as looking them up. A training loop asks for the same size at every step.
"""

from __future__ import annotations

import mmap
import os
import weakref

import numpy as np

from rowspace.table.memory import zeros

_LARGE = 1 << 20  # bytes from which memory is kept
_KEPT = 6  # blocks that wait for the next who asks

_waiting: list[np.ndarray] = []


def room(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An array like `np.empty`'s: what it holds is to be written before it is read.

    Raises ResourceError when the system cannot give so much.
    """
    size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    if size < _LARGE:
        return np.empty(shape, dtype)
    block = _fitting(size)
    # Every view of an array made from a buffer leads back to that array and no further: it dies
    # when the last of them does.
    lent = np.frombuffer(block.data, dtype, size // dtype.itemsize)
    weakref.finalize(lent, _take_back, block, os.getpid()).atexit = False
    return lent.reshape(shape)


def _fitting(size: int) -> np.ndarray:
    """A block of at least `size` bytes, and not more than half as large again if it waited."""
    for at, block in enumerate(_waiting):
        if size <= block.nbytes <= size + size // 2:
            try:
                return _waiting.pop(at)
            except IndexError:  # another thread was quicker
                break
    pages = -(-size // mmap.PAGESIZE) * mmap.PAGESIZE
    return zeros(1, pages, dtype=np.uint8)[0]


def _take_back(block: np.ndarray, owner: int) -> None:
    """Keep a block that nothing holds any more; the one that has waited longest goes."""
    if owner == os.getpid():
        _waiting.append(block)
        if len(_waiting) > _KEPT:
            _waiting.pop(0)
