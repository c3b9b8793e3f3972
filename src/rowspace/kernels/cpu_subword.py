"""The compiled twin of `subword_reference`: the n-gram rows of a whole vocabulary."""

from __future__ import annotations

import numpy as np

from rowspace.kernels.jit import kernel

FNV_START = 2166136261
FNV_PRIME = 16777619


@kernel
def _padded(data: np.ndarray, start: int, stop: int, out: np.ndarray) -> int:
    """Writes `<word>` to `out`; returns its length, 0 for `</s>` (which has no n-grams)."""
    length = stop - start
    if (
        length == 4
        and data[start] == 60
        and data[start + 1] == 47
        and data[start + 2] == 115
        and data[start + 3] == 62
    ):
        return 0
    out[0] = 60
    for at in range(length):
        out[at + 1] = data[start + at]
    out[length + 1] = 62
    return length + 2


@kernel
def _walk(
    padded: np.ndarray,
    size: int,
    minn: int,
    maxn: int,
    buckets: int,
    first_row: int,
    out: np.ndarray,
) -> int:
    """Writes the rows of the n-grams of `padded[:size]` to `out` (unless it is empty); how many."""
    count = 0
    writing = len(out) > 0
    for first in range(size):
        if padded[first] & 0xC0 == 0x80:
            continue
        value = FNV_START
        n = 1
        for at in range(first, size):
            if n > maxn:
                break
            byte = int(padded[at])
            if byte >= 128:
                byte |= 0xFFFFFF00
            # Below 2**56, so int64 holds the product whole.
            value = ((value ^ byte) * FNV_PRIME) & 0xFFFFFFFF
            after = at + 1
            if after < size and padded[after] & 0xC0 == 0x80:
                continue
            if n >= minn and not (n == 1 and (first == 0 or after == size)):
                if writing:
                    out[count] = first_row + value % buckets
                count += 1
            n += 1
    return count


@kernel
def count_subwords(
    data: np.ndarray,
    offsets: np.ndarray,
    ids: np.ndarray,
    minn: int,
    maxn: int,
    counts: np.ndarray,
) -> None:
    """Rows each word's bag will hold (its own and its n-grams) into `counts` int64 [len(ids)]."""
    longest = 0
    for id in ids:
        longest = max(longest, offsets[id + 1] - offsets[id])
    padded = np.empty(longest + 2, np.uint8)
    nothing = np.empty(0, np.int64)
    for at in range(len(ids)):
        id = ids[at]
        size = _padded(data, offsets[id], offsets[id + 1], padded)
        counts[at] = 1 + _walk(padded, size, minn, maxn, 1, 0, nothing)


@kernel
def fill_subwords(
    data: np.ndarray,
    offsets: np.ndarray,
    ids: np.ndarray,
    minn: int,
    maxn: int,
    buckets: int,
    cuts: np.ndarray,
    rows: np.ndarray,
) -> None:
    """Writes each word's bag to `rows[cuts[i]:cuts[i + 1]]`."""
    longest = 0
    for id in ids:
        longest = max(longest, offsets[id + 1] - offsets[id])
    padded = np.empty(longest + 2, np.uint8)
    for at in range(len(ids)):
        id = ids[at]
        rows[cuts[at]] = id
        size = _padded(data, offsets[id], offsets[id + 1], padded)
        _walk(
            padded, size, minn, maxn, buckets, len(offsets) - 1, rows[cuts[at] + 1 : cuts[at + 1]]
        )


def subword_bags(
    data: np.ndarray, offsets: np.ndarray, ids: np.ndarray, minn: int, maxn: int, buckets: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of known words: for each of `ids` its own row, then `V + hash % buckets` a n-gram.

    Arguments and result as in `subword_reference.subword_bags`.
    """
    ids = np.ascontiguousarray(ids, np.int64)
    cuts = np.zeros(len(ids) + 1, np.int64)
    count_subwords(data, offsets, ids, minn, maxn, cuts[1:])
    np.cumsum(cuts, out=cuts)
    dtype = np.int32 if len(offsets) - 1 + buckets <= 2**31 else np.int64
    rows = np.empty(cuts[-1], dtype)
    fill_subwords(data, offsets, ids, minn, maxn, buckets, cuts, rows)
    return rows, cuts
