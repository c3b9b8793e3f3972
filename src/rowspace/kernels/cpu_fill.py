"""Filling a table, and the alias table of a distribution."""

from __future__ import annotations

import numpy as np

from rowspace.kernels.cpu_windows import bits
from rowspace.kernels.jit import kernel


@kernel
def fill_uniform(rows: np.ndarray, state: np.uint64, low: float, high: float) -> None:
    """rows[r, d] = the number at position r·D + d of the stream, float32 in [low, high)."""
    scale = np.float32((high - low) * 2.0**-24)
    for row in range(rows.shape[0]):
        first = np.int64(row) * rows.shape[1]
        for column in range(rows.shape[1]):
            upper = bits(state, first + column) >> np.uint64(40)
            rows[row, column] = np.float32(upper) * scale + np.float32(low)


@kernel
def alias_table(weights: np.ndarray, chance: np.ndarray, alias: np.ndarray) -> None:
    """Walker's alias method (Vose 1991): weights float64 [V] sum to V and are used up.

    Item i is drawn by choosing a place evenly and taking it if 32 random bits are below
    `chance` uint32, else its `alias` int32.
    """
    size = len(weights)
    waiting = np.empty(size, np.int32)
    low = 0
    high = size - 1
    for item in range(size):
        if weights[item] < 1:
            waiting[low] = item
            low += 1
        else:
            waiting[high] = item
            high -= 1
    first_large = low
    small = 0
    large = first_large
    chance[:] = np.uint32(0xFFFFFFFF)
    for item in range(size):
        alias[item] = item
    while small < low and large < size:
        poor, rich = waiting[small], waiting[large]
        small += 1
        chance[poor] = np.uint32(min(weights[poor] * 4294967296.0, 4294967295.0))
        alias[poor] = rich
        weights[rich] -= 1 - weights[poor]
        if weights[rich] < 1:
            large += 1
            # The rich one is poor now: it takes the place that has just become free.
            small -= 1
            waiting[small] = rich
