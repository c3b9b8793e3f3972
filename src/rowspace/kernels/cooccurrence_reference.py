"""What counting pairs means, in plain Python: the definition of right for `cpu_cooccurrence`."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

FINEST = 1 << 20  # a weight of 1 is this many units at most


def units(window: int, by_distance: bool) -> tuple[np.ndarray, int]:
    """What a pair at distance d counts for in whole units, int64 [window + 1], and how many units
    are 1: sums of whole numbers do not depend on their order.

    1 / d is exact for windows up to 16, and to 1e-6 · d beyond.
    """
    scale = min(math.lcm(*range(1, window + 1)), FINEST) if by_distance else 1
    found = np.zeros(window + 1, np.int64)
    for d in range(1, window + 1):
        found[d] = round(scale / d) if by_distance else 1
    return found, scale


def count(ids: np.ndarray, window: int, *, symmetric: bool, by_distance: bool) -> Counter:
    """X of each pair that stands together, in units: (i, j) -> Σ weights.

    ids: items, and -1 where a sentence ends. X[i, j] counts item i before item j, at most `window`
    places, in one sentence; where `symmetric` after it too, so that X[i, j] = X[j, i].
    """
    weights, _ = units(window, by_distance)
    found: Counter = Counter()
    for at, j in enumerate(ids.tolist()):
        for d in range(1, window + 1):
            if j < 0 or at - d < 0 or (i := int(ids[at - d])) < 0:
                break
            found[i, j] += int(weights[d])
            if symmetric:
                found[j, i] += int(weights[d])
    return found
