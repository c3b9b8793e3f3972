"""Pairs of neighbours, counted: a dense block for frequent ones, sorted records for the rest.

A pair (i, j) has the key i << half | j, and its *place* is that key put through a permutation of
all keys: places look drawn at random, so what is sorted by place is shuffled by key. A *word* is
place << low | distance - 1, a *record* (place, units). `cooccurrence_reference` says what is
counted.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rowspace.kernels.jit import exact

_FEW = 48  # words that are sorted by insertion


class Order(NamedTuple):
    """The permutation of keys of `bits` bits. Each round multiplies by an odd number and folds the
    upper half onto the lower; `inverses` undo the multiplications. uint64."""

    half: int
    bits: int
    low: int
    added: int
    factors: np.ndarray
    inverses: np.ndarray


class Dense(NamedTuple):
    """Cells for the pairs (i, j) with j < limits[i]: cells[first[i] + j], int64."""

    limits: np.ndarray
    first: np.ndarray
    cells: np.ndarray


@exact
def place_of(order: Order, i: int, j: int) -> int:
    """The place of a pair."""
    mask = (np.uint64(1) << np.uint64(order.bits)) - np.uint64(1)
    half = np.uint64(order.half)
    x = ((np.uint64(i) << half) | np.uint64(j)) + np.uint64(order.added)
    x &= mask
    for k in range(len(order.factors)):
        x = (x * order.factors[k]) & mask
        x ^= x >> half
    return x


@exact
def pair_at(order: Order, place: int) -> tuple[int, int]:
    """The pair of a place."""
    mask = (np.uint64(1) << np.uint64(order.bits)) - np.uint64(1)
    half = np.uint64(order.half)
    x = np.uint64(place)
    for k in range(len(order.inverses) - 1, -1, -1):
        x ^= x >> half
        x = (x * order.inverses[k]) & mask
    x = (x - np.uint64(order.added)) & mask
    return np.int64(x >> half), np.int64(x & ((np.uint64(1) << half) - np.uint64(1)))


@exact
def count(
    ids: np.ndarray,
    at: int,
    window: int,
    symmetric: bool,
    units: np.ndarray,
    order: Order,
    dense: Dense,
    words: np.ndarray,
    n: int,
    tops: np.ndarray,
    top: int,
) -> tuple[int, int]:
    """Count the pairs that end at ids[at:]: in `dense`, or as a word behind the n there are.

    Where `symmetric` a pair is counted once, the smaller id first. tops[x] counts the words whose
    places begin with the `top` bits x. Stops where `words` is nearly full: returns the place in
    ids to go on from, and how many words there are.
    """
    room = len(words) - window
    rest = np.uint64(order.bits - top)
    low = np.uint64(order.low)
    frequent = len(dense.limits)
    for t in range(at, len(ids)):
        if n > room:
            return t, n
        j = np.int64(ids[t])
        if j < 0:
            continue
        for d in range(1, min(window, t) + 1):
            i = np.int64(ids[t - d])
            if i < 0:
                break
            a, b = i, j
            if symmetric and b < a:
                a, b = b, a
            if a < frequent and b < dense.limits[a]:
                dense.cells[dense.first[a] + b] += units[d]
            else:
                place = place_of(order, a, b)
                words[n] = (place << low) | np.uint64(d - 1)
                tops[place >> rest] += 1
                n += 1
    return len(ids), n


@exact
def part_words(
    words: np.ndarray, n: int, order: Order, top: int, starts: np.ndarray, out: np.ndarray
) -> None:
    """Put the words whose places begin with x at out[starts[x]:], and move the starts on."""
    rest = np.uint64(order.bits - top + order.low)
    for k in range(n):
        x = words[k] >> rest
        out[starts[x]] = words[k]
        starts[x] += 1


@exact
def _insert(words: np.ndarray, first: int, last: int) -> None:
    for k in range(first + 1, last):
        word = words[k]
        m = k
        while m > first and words[m - 1] > word:
            words[m] = words[m - 1]
            m -= 1
        words[m] = word


@exact
def sort_parts(
    words: np.ndarray,
    other: np.ndarray,
    starts: np.ndarray,
    low: int,
    width: int,
    passes: int,
    counts: np.ndarray,
) -> None:
    """Sort words[starts[x]:starts[x + 1]] for each x, by `passes` digits of `width` bits above
    the `low` ones: into `other` where the passes are odd. counts int64 [2 ** width]: scratch."""
    mask = np.uint64((1 << width) - 1)
    for x in range(len(starts) - 1):
        first, last = starts[x], starts[x + 1]
        if last - first <= _FEW:
            _insert(words, first, last)
            if passes % 2:
                other[first:last] = words[first:last]
            continue
        source, target = words, other
        for turn in range(passes):
            shift = np.uint64(low + turn * width)
            counts[:] = 0
            for k in range(first, last):
                counts[(source[k] >> shift) & mask] += 1
            place = first
            for digit in range(len(counts)):
                here = counts[digit]
                counts[digit] = place
                place += here
            for k in range(first, last):
                digit = (source[k] >> shift) & mask
                target[counts[digit]] = source[k]
                counts[digit] += 1
            source, target = target, source


@exact
def sum_words(
    words: np.ndarray, at: int, n: int, low: int, units: np.ndarray, records: np.ndarray
) -> tuple[int, int]:
    """Records uint64 [room, 2] of the sorted words[at:n], one for each place, until the room is
    full: returns where to go on, and how many records there are."""
    shift = np.uint64(low)
    mask = (np.uint64(1) << shift) - np.uint64(1)
    m = 0
    while at < n and m < len(records):
        place = words[at] >> shift
        total = np.uint64(0)
        while at < n and words[at] >> shift == place:
            total += np.uint64(units[np.int64(words[at] & mask) + 1])
            at += 1
        records[m, 0], records[m, 1] = place, total
        m += 1
    return at, m


@exact
def dense_records(
    dense: Dense, symmetric: bool, order: Order, at: int, records: np.ndarray
) -> tuple[int, int]:
    """Records of the cells that are not 0, for the items from `at` on whose cells there is room
    for, unsorted: returns the item to go on with, and how many records there are."""
    m = 0
    for i in range(at, len(dense.limits)):
        begin = i if symmetric else 0
        if m + dense.limits[i] - begin > len(records):
            return i, m
        for j in range(begin, dense.limits[i]):
            total = dense.cells[dense.first[i] + j]
            if total:
                records[m, 0] = place_of(order, i, j)
                records[m, 1] = np.uint64(total)
                m += 1
    return len(dense.limits), m


@exact
def sort_records(
    records: np.ndarray, other: np.ndarray, n: int, width: int, passes: int, counts: np.ndarray
) -> None:
    """Sort records[:n] by the lower `passes` · `width` bits of their places: into `other` where
    the passes are odd."""
    mask = np.uint64((1 << width) - 1)
    source, target = records, other
    for turn in range(passes):
        shift = np.uint64(turn * width)
        counts[:] = 0
        for k in range(n):
            counts[(source[k, 0] >> shift) & mask] += 1
        place = np.int64(0)
        for digit in range(len(counts)):
            here = counts[digit]
            counts[digit] = place
            place += here
        for k in range(n):
            digit = (source[k, 0] >> shift) & mask
            to = counts[digit]
            target[to, 0], target[to, 1] = source[k, 0], source[k, 1]
            counts[digit] = to + 1
        source, target = target, source


@exact
def finish(
    records: np.ndarray,
    n: int,
    order: Order,
    symmetric: bool,
    scale: int,
    items: np.ndarray,
    sums: np.ndarray,
) -> int:
    """Sorted records, summed place by place: items int32 [n, 2] and X float32 [n].

    Where `symmetric` a pair of one item with itself was counted in one direction: it counts twice.
    """
    m = 0
    k = 0
    while k < n:
        place, total = records[k, 0], np.uint64(0)
        while k < n and records[k, 0] == place:
            total += records[k, 1]
            k += 1
        i, j = pair_at(order, place)
        value = np.float64(total) / np.float64(scale)
        if symmetric and i == j:
            value *= 2.0
        items[m, 0], items[m, 1] = i, j
        sums[m] = np.float32(value)
        m += 1
    return m
