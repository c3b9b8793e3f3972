"""Phrases counted and joined in compiled code: the twin of `phrases_reference`.

A candidate is two numbers: its words `a << 32 | b`, and its connectors as digits to the base `base`
(0: none). Tables are flat, open to linear probing, a count or id of 0 or below marking a free slot.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rowspace.kernels.cpu_windows import mix
from rowspace.kernels.jit import kernel
from rowspace.kernels.phrases_reference import MOST

FULL = 0.7  # the load at which a table must grow


class Slots(NamedTuple):
    """Slot s: words `ends[s]`, connectors `between[s]`, and a count or an id `values[s]`; int64
    each, their number a power of two. values: -1 where the slot is free."""

    ends: np.ndarray
    between: np.ndarray
    values: np.ndarray


def slots(size: int) -> Slots:
    """`size` free ones, a power of two."""
    ends, between = np.zeros(size, np.int64), np.zeros(size, np.int64)
    return Slots(ends, between, np.full(size, -1, np.int64))


@kernel
def _hash(ends: int, between: int) -> int:
    return mix(np.uint64(ends) ^ mix(np.uint64(between)))


@kernel
def _slot(table: Slots, hashed: int, ends: int, between: int) -> int:
    """Where a candidate stands, or the free slot it would take."""
    mask = np.uint64(len(table.values) - 1)
    at = np.int64(np.uint64(hashed) & mask)
    while table.values[at] != -1 and (table.ends[at] != ends or table.between[at] != between):
        at = np.int64(np.uint64(at + 1) & mask)
    return at


@kernel
def fill(ends: np.ndarray, between: np.ndarray, values: np.ndarray, table: Slots) -> None:
    """Put distinct candidates into a table that has room for them."""
    for k in range(len(values)):
        at = _slot(table, _hash(ends[k], between[k]), ends[k], between[k])
        table.ends[at] = ends[k]
        table.between[at] = between[k]
        table.values[at] = values[k]


@kernel
def count_phrases(
    ids: np.ndarray,
    start: int,
    connector: np.ndarray,
    frequent: np.ndarray,
    base: int,
    part: int,
    parts: int,
    table: Slots,
    taken: np.ndarray,
) -> int:
    """Count the candidates whose hash falls to `part` of `parts`, from ids[start] on.

    taken int64 [1]: slots in use. Stops before the table is too full: what comes back is where to
    go on from, len(ids) at the end.
    """
    limit = np.int64(len(table.values) * FULL)
    held = -1
    count = 0
    between = np.int64(0)
    for at in range(start, len(ids)):
        item = ids[at]
        if item < 0:
            held = -1
            continue
        number = connector[item]
        if number > 0:
            count += 1
            between = between * base + number
            if count > MOST:
                held = -1
            continue
        if held >= 0 and frequent[ids[held]] and frequent[item]:
            ends = np.int64(ids[held]) << 32 | np.int64(item)
            hashed = _hash(ends, between)
            if np.int64(hashed >> np.uint64(40)) % parts == part:
                slot = _slot(table, hashed, ends, between)
                if table.values[slot] == -1:
                    if taken[0] >= limit:
                        return held
                    taken[0] += 1
                    table.ends[slot] = ends
                    table.between[slot] = between
                    table.values[slot] = 0
                table.values[slot] += 1
        held = at
        count = 0
        between = np.int64(0)
    return len(ids)


@kernel
def join_phrases(
    ids: np.ndarray,
    start: int,
    connector: np.ndarray,
    heads: np.ndarray,
    base: int,
    table: Slots,
    out: np.ndarray,
    used: np.ndarray,
) -> int:
    """Write the joined ids to `out` int32, which may be too short for all of them.

    heads uint8 [V]: 1 for a word that some phrase begins with. used int64 [1]: how many were
    written. What comes back is where to go on from, len(ids) at the end.
    """
    n = 0
    held = -1
    between = np.int64(0)
    for at in range(start, len(ids) + 1):
        if n + MOST + 2 > len(out):
            used[0] = n
            return at if held < 0 else held
        item = ids[at] if at < len(ids) else -1
        number = connector[item] if item >= 0 else 0
        if number > 0 and held >= 0 and at - held <= MOST:
            between = between * base + number
            continue
        if item >= 0 and number == 0 and held >= 0 and heads[ids[held]]:
            ends = np.int64(ids[held]) << 32 | np.int64(item)
            slot = _slot(table, _hash(ends, between), ends, between)
            if table.values[slot] >= 0:
                out[n] = table.values[slot]
                n += 1
                held = -1
                continue
        if held >= 0:
            for k in range(held, at):
                out[n] = ids[k]
                n += 1
            held = -1
        if at < len(ids):
            if item >= 0 and number == 0:
                held = at
                between = np.int64(0)
            else:
                out[n] = item
                n += 1
    used[0] = n
    return len(ids)
