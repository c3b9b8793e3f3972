"""The items most often met by the same users: the twin of `neighbours_reference`."""

from __future__ import annotations

import math

import numpy as np

from rowspace.kernels.jit import exact


@exact
def _before(a: float, id: int, b: float, other: int) -> bool:
    """Whether (a, id) ranks before (b, other)."""
    return a > b or (a == b and id < other)


@exact
def _insert(ids: np.ndarray, values: np.ndarray, count: int, id: int, value: float) -> int:
    """Put (id, value) into the first `count` of a heap whose root is the worst; the new count."""
    k = len(ids)
    if count < k:
        at = count
        while at > 0 and _before(values[(at - 1) >> 1], ids[(at - 1) >> 1], value, id):
            ids[at], values[at] = ids[(at - 1) >> 1], values[(at - 1) >> 1]
            at = (at - 1) >> 1
        ids[at], values[at] = id, value
        return count + 1
    if not _before(value, id, values[0], ids[0]):
        return count
    _sink(ids, values, k, id, value)
    return count


@exact
def _sink(ids: np.ndarray, values: np.ndarray, count: int, id: int, value: float) -> None:
    """(id, value) in place of the root of a heap of `count`."""
    at = 0
    while 2 * at + 1 < count:
        child = 2 * at + 1
        if child + 1 < count and _before(
            values[child], ids[child], values[child + 1], ids[child + 1]
        ):
            child += 1
        if not _before(value, id, values[child], ids[child]):
            break
        ids[at], values[at] = ids[child], values[child]
        at = child
    ids[at], values[at] = id, value


@exact
def neighbours(
    first: int,
    last: int,
    users: np.ndarray,
    user_offsets: np.ndarray,
    items: np.ndarray,
    item_offsets: np.ndarray,
    shrink: float,
    ids: np.ndarray,
    values: np.ndarray,
) -> None:
    """For items `first` to `last` the k others most often met by the same users."""
    size = len(user_offsets) - 1
    both = np.zeros(size, np.int64)
    met = np.empty(size, np.int32)
    for item in range(first, last):
        count = 0
        for user in users[user_offsets[item] : user_offsets[item + 1]]:
            for other in items[item_offsets[user] : item_offsets[user + 1]]:
                if both[other] == 0:
                    met[count] = other
                    count += 1
                both[other] += 1
        own = user_offsets[item + 1] - user_offsets[item]
        kept = 0
        for other in met[:count]:
            together = both[other]
            both[other] = 0
            if other == item:
                continue
            size_other = user_offsets[other + 1] - user_offsets[other]
            alike = np.float32(together / (math.sqrt(np.float64(own * size_other)) + shrink))
            if alike > 0:
                kept = _insert(ids[item], values[item], kept, other, alike)
        ids[item, kept:] = -1
        values[item, kept:] = 0
        for rest in range(kept - 1, 0, -1):  # the worst goes last
            id, value = ids[item, rest], values[item, rest]
            ids[item, rest], values[item, rest] = ids[item, 0], values[item, 0]
            _sink(ids[item], values[item], rest, id, value)
