"""The compiled twin of `features_reference`, for many texts at once.

Words are cut and found by `cpu_text`. Axes: `B` texts, `W` words, `K` distinct keys.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rowspace.kernels import features_reference as reference
from rowspace.kernels.jit import kernel

_START, _PRIME = np.uint64(reference.FNV_START), np.uint64(reference.FNV_PRIME)
_MIX, _GAP = np.uint64(reference.MIX), np.uint64(reference.GAP)
_KEY = np.uint64((1 << 63) - 1)
_FOLD, _HALF = np.uint64(29), np.uint64(32)
FAMILIES = 4
"""Words, runs of words, n-grams of characters, cells beside the text: the bags of a record."""


@kernel
def hash_words(data: np.ndarray, starts: np.ndarray, stops: np.ndarray, hashes: np.ndarray) -> None:
    """hashes uint64 [W] = `word_hash` of each word."""
    for w in range(len(hashes)):
        value = _START
        for at in range(starts[w], stops[w]):
            value = (value ^ np.uint64(data[at])) * _PRIME
        hashes[w] = value


@kernel
def run_keys(
    hashes: np.ndarray,
    firsts: np.ndarray,
    longest: int,
    gaps: bool,
    out: np.ndarray,
    cuts: np.ndarray,
) -> None:
    """The `run_keys` of each text t to out[cuts[t]:cuts[t + 1]], int64; `out` holds
    W · (longest - 1 + gaps) at least.
    """
    count = 0
    for t in range(len(firsts) - 1):
        cuts[t] = count
        for left in range(firsts[t], firsts[t + 1]):
            value = hashes[left]
            for at in range(left + 1, min(left + longest, firsts[t + 1])):
                value = (value ^ (value >> _FOLD)) * _MIX + hashes[at]
                out[count] = np.int64(value & _KEY)
                count += 1
            if gaps and left + 2 < firsts[t + 1]:
                value = hashes[left] ^ _GAP
                value = (value ^ (value >> _FOLD)) * _MIX + hashes[left + 2]
                out[count] = np.int64(value & _KEY)
                count += 1
    cuts[len(firsts) - 1] = count


@kernel
def gram_keys(
    data: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
    minn: int,
    maxn: int,
    out: np.ndarray,
    cuts: np.ndarray,
) -> None:
    """The `gram_keys` of each word w to out[cuts[w]:cuts[w + 1]], int64; `out` holds
    maxn · (bytes of all words + 2 W) at least.
    """
    longest = 4
    for w in range(len(starts)):
        longest = max(longest, stops[w] - starts[w])
    padded = np.empty(longest + 2, np.uint8)
    count = 0
    for w in range(len(starts)):
        cuts[w] = count
        start, size = starts[w], stops[w] - starts[w] + 2
        marks = size == 5 and data[start] == 60 and data[start + 1] == 115 and data[start + 2] == 62
        marks = marks or (
            size == 6
            and data[start] == 60
            and data[start + 1] == 47
            and data[start + 2] == 115
            and data[start + 3] == 62
        )
        if marks:
            continue
        padded[0] = 60
        for i in range(size - 2):
            padded[i + 1] = data[start + i]
        padded[size - 1] = 62
        for left in range(size):
            if padded[left] & 0xC0 == 0x80:
                continue
            value, n = _START, 1
            for at in range(left, size):
                if n > maxn:
                    break
                value = (value ^ np.uint64(padded[at])) * _PRIME
                if at + 1 < size and padded[at + 1] & 0xC0 == 0x80:
                    continue
                if n >= minn and not (left == 0 and at + 1 == size):
                    out[count] = np.int64((value ^ _MIX) & _KEY)
                    count += 1
                n += 1
    cuts[len(starts)] = count


@kernel
def _slot(key: int, mask: int) -> int:
    return np.int64((np.uint64(key) * _MIX) >> _HALF) & mask


class Slots(NamedTuple):
    """An open-addressing table: `keys` int64, -1 where it is empty, and the `places` int32."""

    keys: np.ndarray
    places: np.ndarray


@kernel
def place_keys(kept: np.ndarray, slots: Slots) -> None:
    """Fills `slots`, empty before, with the distinct keys `kept` int64 [K] and their places."""
    mask = len(slots.keys) - 1
    for at in range(len(kept)):
        slot = _slot(kept[at], mask)
        while slots.keys[slot] >= 0:
            slot = (slot + 1) & mask
        slots.keys[slot], slots.places[slot] = kept[at], at


@kernel
def find_keys(keys: np.ndarray, slots: Slots, first: int) -> None:
    """Each key becomes `first` and its place, or -1 where it has none; in place."""
    table, mask = slots.keys, len(slots.keys) - 1
    for i in range(len(keys)):
        slot = _slot(keys[i], mask)
        while table[slot] >= 0 and table[slot] != keys[i]:
            slot = (slot + 1) & mask
        keys[i] = first + slots.places[slot] if table[slot] >= 0 else -1


@kernel
def count_keys(
    keys: np.ndarray, begin: int, n: int, slots: Slots, counts: np.ndarray, firsts: np.ndarray
) -> tuple[int, int]:
    """Count keys `begin` on into a table of `n` distinct ones: counts int64, and firsts int64,
    where each was met first. Returns the first key that is not counted yet, because the table is
    full, and how many distinct ones there are now.
    """
    table, mask = slots.keys, len(slots.keys) - 1
    for i in range(begin, len(keys)):
        slot = _slot(keys[i], mask)
        while table[slot] >= 0 and table[slot] != keys[i]:
            slot = (slot + 1) & mask
        if table[slot] < 0:
            if n == len(counts):
                return i, n
            table[slot], slots.places[slot] = keys[i], n
            counts[n], firsts[n] = 0, i
            n += 1
        counts[slots.places[slot]] += 1
    return len(keys), n


@kernel
def _new(row: int, bag: int, seen: Slots) -> bool:
    """Whether a row is met for the first time in this bag; it is booked."""
    mask = len(seen.keys) - 1
    slot = _slot(row, mask)
    while seen.places[slot] == bag:
        if seen.keys[slot] == row:
            return False
        slot = (slot + 1) & mask
    seen.keys[slot], seen.places[slot] = row, bag
    return True


@kernel
def as_sets(
    ids: np.ndarray,
    firsts: np.ndarray,
    runs: np.ndarray,
    run_cuts: np.ndarray,
    grams: np.ndarray,
    gram_cuts: np.ndarray,
    cells: np.ndarray,
    out: np.ndarray,
    offsets: np.ndarray,
) -> None:
    """Of each text the rows of its words, its runs, its words' n-grams, and `cells` int64 [B, C]:
    four bags, each row once, those below 0 left out. Offsets int64 [4 B + 1].
    """
    longest = 1
    for t in range(len(firsts) - 1):
        first, last = firsts[t], firsts[t + 1]
        size = max(last - first, run_cuts[t + 1] - run_cuts[t])
        longest = max(longest, size, gram_cuts[last] - gram_cuts[first])
    size = 16
    while size < 2 * longest:
        size *= 2
    # Small enough for the first cache, where an array of all rows would not be.
    seen = Slots(np.empty(size, np.int64), np.zeros(size, np.int32))
    count, bag = 0, 0
    offsets[0] = 0
    for t in range(len(firsts) - 1):
        for family in range(FAMILIES - 1):
            bag += 1
            if family == 0:
                rows, first, last = ids, firsts[t], firsts[t + 1]
            elif family == 1:
                rows, first, last = runs, run_cuts[t], run_cuts[t + 1]
            else:
                rows, first, last = grams, gram_cuts[firsts[t]], gram_cuts[firsts[t + 1]]
            for at in range(first, last):
                if rows[at] >= 0 and _new(rows[at], bag, seen):
                    out[count] = rows[at]
                    count += 1
            offsets[bag] = count
        bag += 1
        for c in range(cells.shape[1]):
            if cells[t, c] >= 0:
                out[count] = cells[t, c]
                count += 1
        offsets[bag] = count
