"""Draws of pairs and items, each a function of a state: a shuffle, noise, other items of a user."""

from __future__ import annotations

import numpy as np

from rowspace.kernels.cpu_windows import mix
from rowspace.kernels.jit import kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)


@kernel
def permuted(place: int, n: int, state: int) -> int:
    """Where `place` goes in a shuffle of 0 … n - 1."""
    width = 2
    while (1 << width) < n:
        width += 1
    low = np.uint64(width // 2)
    high_mask = (_ONE << np.uint64(width - width // 2)) - _ONE
    low_mask = (_ONE << low) - _ONE
    state = np.uint64(state)
    value = np.uint64(place)
    while True:
        left, right = value >> low, value & low_mask
        left ^= mix(state + _GOLDEN + right) & high_mask
        right ^= mix(state + np.uint64(2) * _GOLDEN + left) & low_mask
        left ^= mix(state + np.uint64(3) * _GOLDEN + right) & high_mask
        right ^= mix(state + np.uint64(4) * _GOLDEN + left) & low_mask
        value = (left << low) | right
        if value < np.uint64(n):
            return np.int64(value)


@kernel
def place_of(item: int, items: np.ndarray, first: int, stop: int) -> int:
    """The first place from `first` to `stop`, where `items` ascend, that is not below `item`."""
    count = stop - first
    while count > 0:
        half = count >> 1
        below = np.int64(items[first + half] < item)
        first += below * (half + 1)
        count = half - below * (1 - (count & 1))
    return first


@kernel
def draw_item(state: int, chance: np.ndarray, alias: np.ndarray) -> int:
    """An item of the noise distribution."""
    drawn = mix(state)
    item = np.int32(((drawn >> np.uint64(32)) * np.uint64(len(chance))) >> np.uint64(32))
    own = np.int32(np.uint32(drawn) < chance[item])
    return own * item + (np.int32(1) - own) * alias[item]


@kernel
def others(state: int, items: np.ndarray, own: int, out: np.ndarray) -> int:
    """Up to len(out) of `items` but the one at place `own`, in turn from one that is drawn."""
    count = len(items) - 1
    if count == 0 or len(out) == 0:
        return 0
    upper = mix(state) >> np.uint64(32)
    turn = np.int64((upper * np.uint64(count)) >> np.uint64(32))
    size = min(len(out), count)
    for k in range(size):
        at = (turn + k) % count
        out[k] = items[at + (at >= own)]
    return size
