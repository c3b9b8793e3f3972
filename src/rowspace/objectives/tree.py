"""The Huffman tree over the items of a vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rowspace.errors import InputError
from rowspace.kernels.tree_reference import UNBUILT

if TYPE_CHECKING:
    from rowspace.kernels.cpu_tree import Tree


def huffman_paths(counts: np.ndarray) -> Tree:
    """The inner nodes above each item, for counts int64 [V] in any order; V is at least 2.

    An item that was never counted counts as seen once: many that weigh nothing would make a chain.
    Raises InputError where the counts add up to 10**15.
    """
    from rowspace.kernels import cpu_tree

    weights = np.maximum(counts, 1).astype(np.int64)
    if weights.astype(np.float64).sum() >= UNBUILT:
        raise InputError("the counts of a tree must add up to less than 10**15")
    order = np.argsort(-weights, kind="stable")
    size, nodes = len(weights), 2 * len(weights) - 1
    children = np.empty((nodes, 2), np.int32)
    cpu_tree.join(weights[order], np.empty(nodes, np.int64), children)
    above, lengths = np.empty(nodes, np.int64), np.empty(nodes, np.int64)
    cpu_tree.measure(children, above, lengths)
    offsets = np.zeros(size + 1, np.int64)
    offsets[1:][order] = lengths[:size]
    np.cumsum(offsets, out=offsets)
    rows, ones = np.empty(int(offsets[-1]), np.int32), np.empty(size, np.int32)
    cpu_tree.paths(above, order, offsets, rows, ones)
    return cpu_tree.Tree(rows, offsets, ones)
