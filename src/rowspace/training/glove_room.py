"""How the memory that counting may take is shared out, and the order that pairs are kept in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.errors import ResourceError
from rowspace.kernels.cpu_cooccurrence import Dense, Order
from rowspace.random import Stream, bits

_ROUNDS = 3
_DENSE = 1 << 24  # bytes of a dense block: about what stays in a core's caches
_WORD, _RECORD = 8, 16  # bytes
_PART = 1 << 18  # records that are merged at a time


def order(items: int, window: int, seed: int) -> Order:
    """The permutation of the pairs of so many items. Raises ResourceError for more than 64 bits
    hold."""
    half, low = max(1, (items - 1).bit_length()), (window - 1).bit_length()
    if 2 * half + low > 64:
        raise ResourceError(
            f"pairs of {items} words at up to {window} places do not fit into 64 bits",
            hint="raise --min-count, or set --max-size",
        )
    mask = (1 << 2 * half) - 1
    drawn = bits(seed, Stream.PAIRS, np.arange(_ROUNDS + 1)).tolist()
    factors = [one & mask | 1 for one in drawn[:_ROUNDS]]
    inverses = [pow(one, -1, mask + 1) for one in factors]
    arrays = (np.array(one, np.uint64) for one in (factors, inverses))
    return Order(half, 2 * half, low, np.uint64(drawn[-1] & mask), *arrays)  # type: ignore[arg-type]


@final
@dataclass(frozen=True, slots=True)
class Room:
    """words: of a thread before they are sorted and written. cells: of a dense block at most.
    stretch: ids read at a time. block: records written at a time. parts: ranges of places that are
    merged one by one, a power of two."""

    words: int
    cells: int
    stretch: int
    block: int
    parts: int

    @classmethod
    def of(cls, memory: int, threads: int, pairs: int, order: Order) -> Room:
        """Of `memory` bytes in all, for at most `pairs` pairs in the text."""
        each = memory // threads
        cells = min(each // 8, _DENSE) // 8
        block = max(1 << 10, min(each // 16 // _RECORD, 1 << 16))
        stretch = max(1 << 12, min(each // 16 // 4, 1 << 20))
        left = each - 8 * cells - _RECORD * block - 4 * stretch
        words = max(1 << 13, min(left // (2 * _WORD), pairs + (1 << 13)))
        # Every part being worked is in memory twice as records, once as it is written.
        fitting = max(1, min(memory // (3 * _RECORD * (threads + 2)), _PART * _RECORD))
        parts = 1 << max(0, (pairs // min(fitting, _PART)).bit_length())
        return cls(words, cells, stretch, block, min(parts, 1 << 16, 1 << order.bits))


def dense(items: int, cells: int, *, symmetric: bool) -> Dense:
    """A block of at most so many cells, for the pairs whose ranks have the smallest products; the
    pair of the first item with itself is always in it."""
    low, high = 1, max(2, items * items)
    while high - low > 1:
        middle = (low + high) // 2
        if _size(_limits(items, middle), symmetric) <= cells:
            low = middle
        else:
            high = middle
    limits = _limits(items, low)
    if symmetric:  # item i has cells from i on
        limits = limits[limits > np.arange(len(limits))]
    begins = np.arange(len(limits)) if symmetric else np.zeros(len(limits), np.int64)
    lengths = limits - begins
    first = np.cumsum(lengths) - lengths - begins
    return Dense(limits, first, np.zeros(int(lengths.sum()), np.int64))


def _limits(items: int, product: int) -> np.ndarray:
    """For each item the partners whose ranks, from 1, make up at most `product` with its own."""
    ranks = np.arange(1, min(items, product) + 1, dtype=np.int64)
    return np.minimum(product // ranks, items)


def _size(limits: np.ndarray, symmetric: bool) -> int:
    if symmetric:
        return int(np.maximum(limits - np.arange(len(limits)), 0).sum())
    return int(limits.sum())
