"""Hierarchical softmax: the tree (the twin of `tree_reference`), and the passes over windows.

A prediction walks from the root to a word: at each inner node u above it, it says right or left,
with probability σ(±u·v). All words of a window meet the same path, so a window is two small matrix
products, as with shared noise words. Morin and Bengio 2005; the tree is word2vec's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rowspace.kernels.cpu_rows import gather, learn, predict, prefetch_row, scatter, window
from rowspace.kernels.cpu_windows import Windows
from rowspace.kernels.cpu_words import Bags, Scratch, free_rows, pad_rows
from rowspace.kernels.jit import kernel
from rowspace.kernels.reference import OUTPUT_BLOCK
from rowspace.kernels.tree_reference import UNBUILT

_AHEAD = 3  # windows between asking for a row and using it
_PREDICT_BLOCK = 4


class Tree(NamedTuple):
    """The rows above each item as `tree_reference.paths` gives them, by id of the item."""

    rows: np.ndarray
    offsets: np.ndarray
    ones: np.ndarray


@kernel
def join(weights: np.ndarray, heavy: np.ndarray, children: np.ndarray) -> None:
    """`tree_reference.join`; `heavy` int64 [2 V - 1] is scratch."""
    size = len(weights)
    for at in range(len(children)):
        heavy[at] = weights[at] if at < size else UNBUILT
        children[at, 0] = children[at, 1] = -1
    leaf, node = size - 1, size
    for made in range(size, 2 * size - 1):
        for side in range(2):
            if leaf >= 0 and heavy[leaf] < heavy[node]:
                children[made, side] = leaf
                leaf -= 1
            else:
                children[made, side] = node
                node += 1
        heavy[made] = heavy[children[made, 0]] + heavy[children[made, 1]]


@kernel
def measure(children: np.ndarray, above: np.ndarray, lengths: np.ndarray) -> None:
    """above int64 [2 V - 1]: each node's parent times two, plus 1 for a right child, -1 for the
    root; lengths int64 [2 V - 1]: inner nodes above it."""
    root = len(children) - 1
    above[root] = -1
    lengths[root] = 0
    for node in range(root, len(children) // 2, -1):
        for side in range(2):
            child = children[node, side]
            above[child] = 2 * node + side
            lengths[child] = lengths[node] + 1


@kernel
def paths(
    above: np.ndarray, order: np.ndarray, offsets: np.ndarray, rows: np.ndarray, ones: np.ndarray
) -> None:
    """`tree_reference.paths`, where leaf `k` is the item `order[k]`."""
    size = len(order)
    for leaf in range(size):
        item = order[leaf]
        right = offsets[item]
        for side in (1, 0):
            link = above[leaf]
            while link >= 0:
                if link & 1 == side:
                    rows[right] = (link >> 1) - size
                    right += 1
                link = above[link >> 1]
            if side == 1:
                ones[item] = right - offsets[item]


@kernel
def _ask(windows: Windows, n: int, w: int, tree: Tree, outputs: np.ndarray) -> None:
    """Prefetch the rows above the centre of window `w`."""
    if w < n:
        centre = windows.centres[w]
        for row in tree.rows[tree.offsets[centre] : tree.offsets[centre + 1]]:
            prefetch_row(outputs, row)


@kernel
def _path(tree: Tree, item: int, rows: np.ndarray) -> int:
    """The rows above an item; returns how many."""
    n = 0
    for row in tree.rows[tree.offsets[item] : tree.offsets[item + 1]]:
        rows[n] = row
        n += 1
    return n


@kernel
def skipgram_tree_rows(
    windows: Windows,
    n: int,
    tree: Tree,
    inputs: np.ndarray,
    outputs: np.ndarray,
    lr: float,
    scratch: Scratch,
    frozen: np.ndarray | None = None,
) -> None:
    """Skip-gram where an item is a row: each word of the context predicts the centre."""
    spare = len(outputs) - 1
    near, far = scratch.near, scratch.far
    for w in range(n):
        _ask(windows, n, w + _AHEAD, tree, outputs)
        if w + _AHEAD < n:
            prefetch_row(inputs, windows.contexts[windows.cuts[w + _AHEAD + 1] - 1])
        count = 0
        for item in windows.contexts[windows.cuts[w] : windows.cuts[w + 1]]:
            near[count] = item
            count += 1
        near[count] = near[0]
        centre = windows.centres[w]
        m = _path(tree, centre, far)
        pad_rows(far, m, OUTPUT_BLOCK, spare)
        window(
            inputs, near, count, outputs, far, m, tree.ones[centre], lr, scratch.g, scratch.loss,
            frozen,
        )  # fmt: skip


@kernel
def skipgram_tree_bags(
    windows: Windows,
    n: int,
    tree: Tree,
    bags: Bags,
    inputs: np.ndarray,
    outputs: np.ndarray,
    lr: float,
    scratch: Scratch,
    frozen: np.ndarray | None = None,
) -> None:
    """Skip-gram where an item is a bag of rows: the centre's bag predicts each word around it.

    The bag is pooled once a window and moves after each word of the context; what it moved in all
    is added to each of its rows in full at the end, as in fastText.
    """
    spare = len(outputs) - 1
    far, h, gradient, moved = scratch.far, scratch.h, scratch.gradient, scratch.moved
    for w in range(n):
        if w + 1 < n:
            after = windows.centres[w + 1]
            for row in bags.ids[bags.offsets[after] : bags.offsets[after + 1]]:
                prefetch_row(inputs, row)
        centre = windows.centres[w]
        rows = bags.ids[bags.offsets[centre] : bags.offsets[centre + 1]]
        if len(rows) == 0:
            continue
        free = free_rows(rows, frozen)
        scale = np.float32(free / len(rows) if bags.mean else free)
        gather(inputs, rows, len(rows), 1 / len(rows) if bags.mean else 1.0, h)
        moved[:] = 0
        for at in range(windows.cuts[w], windows.cuts[w + 1]):
            item = windows.contexts[at]
            if at + 1 < windows.cuts[n]:
                after = windows.contexts[at + 1]
                for row in tree.rows[tree.offsets[after] : tree.offsets[after + 1]]:
                    prefetch_row(outputs, row)
            m = _path(tree, item, far)
            pad_rows(far, m, _PREDICT_BLOCK, spare)
            predict(outputs, far, m, tree.ones[item], h, lr, 1.0, scratch.g, scratch.loss)
            learn(outputs, far, m, scratch.g, h, gradient)
            for d in range(len(h)):
                moved[d] += gradient[d]
                h[d] += scale * gradient[d]
        scatter(inputs, rows, len(rows), moved, frozen)


@kernel
def cbow_tree(
    windows: Windows,
    n: int,
    tree: Tree,
    bags: Bags,
    inputs: np.ndarray,
    outputs: np.ndarray,
    lr: float,
    scratch: Scratch,
    frozen: np.ndarray | None = None,
) -> None:
    """CBOW: the mean of the context's bags predicts the centre; the gradient goes to each row in
    full."""
    spare = len(outputs) - 1
    near, far, h, gradient = scratch.near, scratch.far, scratch.h, scratch.gradient
    for w in range(n):
        _ask(windows, n, w + _AHEAD, tree, outputs)
        count = 0
        words = windows.cuts[w + 1] - windows.cuts[w]
        for item in windows.contexts[windows.cuts[w] : windows.cuts[w + 1]]:
            for row in bags.ids[bags.offsets[item] : bags.offsets[item + 1]]:
                near[count] = row
                count += 1
        if count == 0:
            continue
        centre = windows.centres[w]
        m = _path(tree, centre, far)
        pad_rows(far, m, _PREDICT_BLOCK, spare)
        gather(inputs, near, count, 1 / count if bags.mean else 1 / words, h)
        predict(outputs, far, m, tree.ones[centre], h, lr, 1.0, scratch.g, scratch.loss)
        learn(outputs, far, m, scratch.g, h, gradient)
        scatter(inputs, near, count, gradient, frozen)
