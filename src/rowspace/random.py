"""Counter-based randomness: (seed, stream, position) -> number. Nothing hidden to save.

Number `p` of a stream is the p-th output of SplitMix64 (Steele, Lea and Flood 2014) started at a
state drawn from the seed and the stream, so any part of a run can be drawn again, in any order,
by any number of threads.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)


class Stream(IntEnum):
    """What the numbers are for. Two streams of one seed have nothing to do with each other."""

    ROWS = 1
    HASHED_ROWS = 2
    SUBSAMPLE = 3
    WINDOW = 4
    NEGATIVES = 5
    SHUFFLE = 6
    BOOTSTRAP = 7
    BASELINE = 8
    DROPOUT = 9
    ROUNDING = 10
    SPLIT = 11
    UNSEEN = 12
    LAYERS = 13
    PAIRS = 14
    INTERACTIONS = 15
    AUTOTUNE = 16
    SAMPLING = 17
    MAPS = 18


def mix(state: ArrayLike) -> np.ndarray:
    """SplitMix64's output for a state, uint64 of the same shape."""
    z = np.asarray(state, np.uint64)
    with np.errstate(over="ignore"):
        z = (z ^ (z >> np.uint64(30))) * MIX_1
        z = (z ^ (z >> np.uint64(27))) * MIX_2
    return np.asarray(z ^ (z >> np.uint64(31)))


def state(seed: int | np.ndarray, stream: int) -> np.ndarray:
    """The state a stream starts from, uint64 of the shape of `seed` (any whole number)."""
    # A Python number may be negative or longer than 64 bits; the rest is cut off.
    seeds = np.uint64(seed & 0xFFFF_FFFF_FFFF_FFFF) if isinstance(seed, int) else seed
    with np.errstate(over="ignore"):
        return mix(mix(np.asarray(seeds).astype(np.uint64)) + np.uint64(stream) * GOLDEN)


def bits(seed: int | np.ndarray, stream: int, position: ArrayLike) -> np.ndarray:
    """64 random bits for each position (and seed: they broadcast), uint64."""
    with np.errstate(over="ignore"):
        steps = (np.asarray(position).astype(np.uint64) + np.uint64(1)) * GOLDEN
        return mix(state(seed, stream) + steps)


def uniform(
    seed: int | np.ndarray, stream: int, position: ArrayLike, *, low: float = 0.0, high: float = 1.0
) -> np.ndarray:
    """Uniform in [low, high), float32, from the upper 24 of the 64 bits."""
    unit = (bits(seed, stream, position) >> np.uint64(40)).astype(np.float32)
    return np.asarray(unit * np.float32((high - low) * 2.0**-24) + np.float32(low))


def integers(seed: int | np.ndarray, stream: int, position: ArrayLike, n: int) -> np.ndarray:
    """Whole numbers below `n` (at most 2**32), int64, by multiplying the upper 32 bits."""
    upper = bits(seed, stream, position) >> np.uint64(32)
    return ((upper * np.uint64(n)) >> np.uint64(32)).astype(np.int64)
