"""Contributions brought into the order of their rows: a radix sort in passes that threads share.

A word is `row << shift | contribution`. Every pass is stable, so the contributions to a row stay
in their order, however many parts the words are cut into.
"""

from __future__ import annotations

import numpy as np

from rowspace.kernels.jit import exact

DIGIT = 11  # bits of a row's number a pass sorts by


@exact
def pack(
    ids: np.ndarray,
    offsets: np.ndarray | None,
    first: int,
    last: int,
    shift: int,
    words: np.ndarray,
) -> None:
    """words[i] = ids[i] << shift | its bag, for the bags `first` to `last`; without offsets i."""
    if offsets is None:
        for i in range(first, last):
            words[i] = (ids[i] << shift) | i
    else:
        for b in range(first, last):
            for i in range(offsets[b], offsets[b + 1]):
                words[i] = (ids[i] << shift) | b


@exact
def count_digits(words: np.ndarray, first: int, last: int, shift: int, counts: np.ndarray) -> None:
    """counts[x] = how many of words[first:last] have the digit x at `shift`."""
    counts[:] = 0
    mask = np.int64(len(counts) - 1)
    for i in range(first, last):
        counts[(words[i] >> shift) & mask] += 1


@exact
def places_of(counts: np.ndarray) -> None:
    """Counts [parts, digits] become first places: digit by digit, in each part after part."""
    place = np.int64(0)
    for x in range(counts.shape[1]):
        for part in range(counts.shape[0]):
            here = counts[part, x]
            counts[part, x] = place
            place += here


@exact
def move(
    words: np.ndarray, first: int, last: int, shift: int, places: np.ndarray, out: np.ndarray
) -> None:
    """Put words[first:last] where `places` has their digits, and move those on."""
    mask = np.int64(len(places) - 1)
    for i in range(first, last):
        word = words[i]
        x = (word >> shift) & mask
        out[places[x]] = word
        places[x] += 1


@exact
def sort_alone(
    ids: np.ndarray,
    offsets: np.ndarray | None,
    bags: int,
    shift: int,
    passes: int,
    words: np.ndarray,
    other: np.ndarray,
    counts: np.ndarray,
) -> None:
    """All of it by one thread: the sorted words end in `words`, after an odd number of passes in
    `other`. counts int64 [1, digits]: scratch."""
    pack(ids, offsets, 0, bags, shift, words)
    width = 0
    while 1 << width < counts.shape[1]:
        width += 1
    for turn in range(passes):
        source, target = (words, other) if turn % 2 == 0 else (other, words)
        count_digits(source, 0, len(words), shift + turn * width, counts[0])
        places_of(counts)
        move(source, 0, len(words), shift + turn * width, counts[0], target)


@exact
def distinct(words: np.ndarray, shift: int, rows: np.ndarray, starts: np.ndarray) -> int:
    """rows[u], starts[u]: each row of sorted words and where it begins; returns how many."""
    found = 0
    last = np.int64(-1)
    for i in range(len(words)):
        row = words[i] >> shift
        if row != last:
            rows[found] = row
            starts[found] = i
            found += 1
            last = row
    return found
