"""The binary tree of hierarchical softmax, built from counts exactly as fastText builds it.

Axes: `L` labels.
"""

from __future__ import annotations

import numpy as np

from rowspace.errors import InputError
from rowspace.kernels.tree_reference import UNBUILT, join


def require_counts(counts: np.ndarray) -> None:
    """Raises InputError where counts int64 [L] are below 0 or add up to 10**15."""
    if len(counts) and (counts.min() < 0 or counts.astype(np.float64).sum() >= UNBUILT):
        raise InputError("the labels' counts must be at least 0 and add up to less than 10**15")


def huffman(counts: np.ndarray) -> np.ndarray:
    """The children of each node, left and right, int32 [2 L - 1, 2]; -1 for the L leaves.

    Labels come by count from high to low; the tree is `join`'s, and the root is the last node.
    Raises InputError as `require_counts` does.
    """
    require_counts(counts)
    return join(counts)
