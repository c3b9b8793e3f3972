"""The binary tree of hierarchical softmax in plain Python: the definition of right.

Leaves are items by weight from high to low; the inner nodes come after them in order of birth, so
the root is the last. Inner node `k` has row `k` of the output table. Axes: `V` items.
"""

from __future__ import annotations

import numpy as np

UNBUILT = 10**15
"""The weight of a node that does not exist yet: more than all leaves together may have."""


def join(weights: np.ndarray) -> np.ndarray:
    """Huffman's tree: the children of each node, left and right, int32 [2 V - 1, 2]; -1 for leaves.

    weights: whole numbers [V], from high to low, none below 0, their sum below 10**15. Two queues,
    of leaves from the lightest on and of inner nodes in order of birth; of equal weights the inner
    node first. Source: fastText's loss.cc.
    """
    size = len(weights)
    children = np.full((max(0, 2 * size - 1), 2), -1, np.int32)
    heavy = [*np.asarray(weights).tolist(), *[UNBUILT] * (size - 1)]
    leaf, node = size - 1, size
    for made in range(size, 2 * size - 1):
        for side in (0, 1):
            if leaf >= 0 and heavy[leaf] < heavy[node]:
                children[made, side], leaf = leaf, leaf - 1
            else:
                children[made, side], node = node, node + 1
        left, right = children[made].tolist()
        heavy[made] = heavy[left] + heavy[right]
    return children


def paths(children: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The inner nodes above each leaf: rows int32, offsets int64 [V + 1], ones int32 [V].

    Leaf `i` has rows[offsets[i]:offsets[i + 1]]: first the `ones[i]` nodes that it lies to the
    right of (label 1), then those it lies to the left of, each group from the leaf up.
    """
    size = (len(children) + 1) // 2
    above = {}
    for node in range(size, len(children)):
        for side in (0, 1):
            above[int(children[node, side])] = (node, side)
    groups = []
    for leaf in range(size):
        sides: tuple[list[int], list[int]] = ([], [])
        at = leaf
        while at in above:
            at, side = above[at]
            sides[side].append(at - size)
        groups.append(sides)
    offsets = np.cumsum([0, *(len(left) + len(right) for left, right in groups)])
    rows = [row for left, right in groups for row in (*right, *left)]
    ones = [len(right) for _, right in groups]
    return np.array(rows, np.int32), offsets.astype(np.int64), np.array(ones, np.int32)
