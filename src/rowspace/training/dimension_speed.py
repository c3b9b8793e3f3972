"""How fast vectors of a dimension answer, on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from rowspace.vectors import Vectors
from rowspace.vectors.stored import StoredRows

AT_ONCE = 1000
ROUNDS = 5


def speeds(vectors: Vectors, *, seed: int = 0) -> tuple[float, float]:
    """Vectors looked up a second, a thousand at once, and seconds until the ten neighbours of an
    item are told; each the best of a few."""
    if not isinstance(vectors.rows, StoredRows):  # a prefix lies among numbers that are not its own
        vectors = Vectors(vectors.vocabulary, np.ascontiguousarray(vectors.rows))
    random = np.random.default_rng(seed)
    ids = random.integers(0, len(vectors), AT_ONCE)
    if len(vectors) < 2:
        return AT_ONCE / _best(lambda: vectors[ids]), float("nan")
    item = vectors[int(ids[0])]
    return (
        AT_ONCE / _best(lambda: vectors[ids]),
        _best(lambda: vectors.nearest(item, min(10, len(vectors) - 1))),
    )


def _best(work: Callable[[], object]) -> float:
    work()  # what is worked out once, is worked out now
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return max(min(taken), 1e-9)
