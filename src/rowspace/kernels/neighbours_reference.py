"""The items most often met by the same users, in plain NumPy: the definition of right.

Axes: `V` items, `U` users, `k` neighbours.
"""

from __future__ import annotations

import numpy as np


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
    """For items `first` to `last` the k others of the largest n_ij / (sqrt(n_i n_j) + shrink).

    users: those of each item, from user_offsets[item] on; items: those of each user, from
    item_offsets[user] on. n_ij: users that met both. Best first, of equal ones the lower id, into
    `ids` int32 [V, k] and `values` float32 [V, k]; -1 and 0 where there are no more. (Sarwar et al.
    2001; the shrinkage is that of Bell and Koren 2007.)
    """
    k = ids.shape[1]
    size = len(user_offsets) - 1
    sizes = np.diff(user_offsets)
    for item in range(first, last):
        both = np.zeros(size)
        for user in users[user_offsets[item] : user_offsets[item + 1]]:
            both[items[item_offsets[user] : item_offsets[user + 1]]] += 1
        both[item] = 0
        with np.errstate(invalid="ignore", divide="ignore"):
            alike = (both / (np.sqrt(sizes[item] * sizes) + shrink)).astype(np.float32)
        alike[both == 0] = 0
        best = np.argsort(-alike, kind="stable")[:k]
        best = best[alike[best] > 0]
        ids[item], values[item] = -1, 0
        ids[item, : len(best)], values[item, : len(best)] = best, alike[best]
