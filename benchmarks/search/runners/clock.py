"""The questions every contestant is asked, and the watch that is held. NumPy alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median

import numpy as np

QUERIES, K, REPEATS = 256, 10, 5


def best(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Seconds of the fastest of some goes, after one that does not count."""
    work()
    return min(_seconds(work) for _ in range(repeats))


def middle(work: Callable[[int], object], asked: Sequence[int]) -> float:
    """Milliseconds of the middle one of some questions, after ten that do not count."""
    for one in asked[:10]:
        work(one)
    return 1000 * median(_seconds(lambda one=one: work(one)) for one in asked)  # type: ignore[misc]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def names(size: int) -> list[str]:
    """Items of a table."""
    return [f"w{i}" for i in range(size)]


def asked(size: int, n: int, seed: int = 0) -> list[int]:
    """Distinct ids, drawn."""
    drawn: list[int] = np.random.default_rng(seed).choice(size, n, replace=False).tolist()
    return drawn


def batches(size: int, batch: int, n: int = 200) -> list[list[str]]:
    """Batches of items, frequent ones more often, as people ask."""
    rng = np.random.default_rng(1)
    return [[f"w{i}" for i in rng.zipf(1.2, batch) % size] for _ in range(n)]
