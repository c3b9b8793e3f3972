"""The k best of many scores, and of many rows, in plain Python: the definition.

Of equal scores the lower id comes first; -inf stays out. `values` float32 [n, k] and `ids` int64
[n, k] are heaps whose first place is the worst, -inf and -1 where a place is free; rows come in the
order of their ids. Axes: `R` rows, `D` dimensions, `n` queries.
"""

from __future__ import annotations

import numpy as np

from rowspace.kernels.layer_reference import decoded


def _offer(heap: tuple[np.ndarray, np.ndarray], id: int, value: np.float32) -> None:
    ids, values = heap
    places = [(float(v), -int(i)) for i, v in zip(ids, values, strict=True)]
    worst = places.index(min(places))
    if value > values[worst]:
        ids[worst], values[worst] = id, value
    places = [(float(v), -int(i)) for i, v in zip(ids, values, strict=True)]
    order = sorted(range(len(ids)), key=places.__getitem__)
    ids[:], values[:] = ids[order], values[order]


def take(
    first: int,
    last: int,
    scores: np.ndarray,
    inverse_norms: np.ndarray,
    start: int,
    exclude: np.ndarray,
    ids: np.ndarray,
    values: np.ndarray,
) -> None:
    """Offers queries `first` to `last` the rows of a block: their products `scores` float32
    [n, m] times `inverse_norms` float32 [m], 0 where that is 0; row j has the id `start` + j.
    `exclude` int64 [n, e] names ids that are not taken."""
    for query in range(first, last):
        for j in range(scores.shape[1]):
            value = np.float32(0)
            if inverse_norms[j] != 0:
                value = scores[query, j] * inverse_norms[j]
            if start + j not in exclude[query]:
                _offer((ids[query], values[query]), start + j, value)


def near(
    first: int,
    last: int,
    rows: np.ndarray,
    inverse_norms: np.ndarray,
    units: np.ndarray,
    exclude: np.ndarray,
    ids: np.ndarray,
    values: np.ndarray,
) -> None:
    """Offers every query of `units` float32 [n, D] the rows `first` to `last` of `rows` [R, D]:
    float32, halves (uint16) or int8, whatever `decoded` knows."""
    with np.errstate(invalid="ignore", over="ignore"):
        scores = units @ decoded(rows[first:last]).T
    some = inverse_norms[first:last]
    take(0, len(units), scores, some, first, exclude, ids, values)


def rank(
    first: int,
    last: int,
    rows: np.ndarray,
    inverse_norms: np.ndarray,
    units: np.ndarray,
    candidates: np.ndarray,
    exclude: np.ndarray,
    ids: np.ndarray,
    values: np.ndarray,
) -> None:
    """Offers query q the rows `candidates[q]` int64 [m], ascending, after any number of -1."""
    for query in range(first, last):
        for id in candidates[query][candidates[query] >= 0].tolist():
            with np.errstate(invalid="ignore", over="ignore"):
                value = (decoded(rows[id : id + 1]) @ units[query])[0] * inverse_norms[id]
            if inverse_norms[id] == 0:
                value = np.float32(0)
            if id not in exclude[query]:
                _offer((ids[query], values[query]), id, value)


def decode(rows: np.ndarray, first: int, last: int, out: np.ndarray) -> None:
    """out[i] = row i as float32, for rows `first` to `last` of the kinds that `near` knows."""
    out[first:last] = decoded(rows[first:last])


def settle(ids: np.ndarray, values: np.ndarray) -> None:
    """Puts the heaps in order: the best first."""
    for row, tops in zip(ids, values, strict=True):
        order = np.lexsort((row, -tops))
        row[:], tops[:] = row[order], tops[order]
