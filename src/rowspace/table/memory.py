"""Memory for tables: aligned to pages, on huge pages where the system has them.

A random row of a large table costs a look in the page tables besides the row itself; with pages
of 2 MiB that look is nearly always at hand (an unaligned table on small pages was two to three
times slower).
"""

from __future__ import annotations

import mmap
from contextlib import suppress
from typing import BinaryIO

import numpy as np
from numpy.typing import DTypeLike

from rowspace.errors import ResourceError
from rowspace.memory import available_memory, human

_HUGE = 1 << 21
_SMALL = 1 << 20  # bytes nobody need ask for


def zeros(rows: int, stride: int, *, dtype: DTypeLike = np.float32) -> np.ndarray:
    """A matrix of zeros [rows, stride]; pages are taken when first written.

    Raises ResourceError when the system cannot give so much.
    """
    size = max(1, rows * stride * np.dtype(dtype).itemsize)
    try:
        block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except (OSError, ValueError, OverflowError) as error:
        raise ResourceError(f"no memory for a table of {human(size)}: {error}") from error
    if size >= _HUGE:
        with suppress(OSError, AttributeError):  # another system, or huge pages turned off
            block.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(block, dtype, rows * stride).reshape(rows, stride)


def scattered(file: BinaryIO, size: int) -> mmap.mmap:
    """`size` bytes of a file, mapped to be read and written at scattered places."""
    block = mmap.mmap(file.fileno(), size)
    with suppress(OSError, AttributeError):
        block.madvise(mmap.MADV_RANDOM)  # no row's neighbours are read for its sake
    return block


def require_free(size: int, told: str, *, hint: str) -> None:
    """Raises ResourceError, which begins with `told`, if `size` bytes are more than are free."""
    free = None if size < _SMALL else available_memory()
    if free is not None and size > free:
        raise ResourceError(f"{told}, {human(max(free, 0))} of memory are free", hint=hint)
