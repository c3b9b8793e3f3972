"""The compiled twin of `labels_reference`: the best labels of many texts.

Here the heaps are arrays, and `labels` and `scores` [n, k] take the answers; `sizes` [n] says how
many there are.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from rowspace.kernels.jit import inlined, kernel

BLOCK = 256
"""Rows of weights that stay in a cache while texts pass by."""
LARGEST = np.finfo(np.float32).max
SLACK = 1e-3
"""More than the steps of any way down add where they should take away."""


@kernel
def _rise(scores: np.ndarray, labels: np.ndarray, hole: int, score: float, label: int) -> None:
    parent = (hole - 1) // 2
    while hole > 0 and scores[parent] > score:
        scores[hole], labels[hole] = scores[parent], labels[parent]
        hole, parent = parent, (parent - 1) // 2
    scores[hole], labels[hole] = score, label


@kernel
def _pop(scores: np.ndarray, labels: np.ndarray, size: int) -> None:
    last = size - 1
    score, label = scores[last], labels[last]
    scores[last], labels[last] = scores[0], labels[0]
    hole = child = 0
    while child < (last - 1) // 2:
        child = 2 * child + 2
        if scores[child] > scores[child - 1]:
            child -= 1
        scores[hole], labels[hole] = scores[child], labels[child]
        hole = child
    if last % 2 == 0 and last > 0 and child == (last - 2) // 2:
        child = 2 * child + 1
        scores[hole], labels[hole] = scores[child], labels[child]
        hole = child
    if last > 0:
        _rise(scores, labels, hole, score, label)


@kernel
def _push(
    scores: np.ndarray, labels: np.ndarray, size: int, k: int, score: float, label: int
) -> int:
    """How many are held now. The arrays have room for k + 1."""
    scores[size], labels[size] = score, label
    _rise(scores, labels, size, score, label)
    if size < k:
        return size + 1
    _pop(scores, labels, size + 1)
    return k


@kernel
def _in_order(scores: np.ndarray, labels: np.ndarray, size: int) -> None:
    for held in range(size, 1, -1):
        _pop(scores, labels, held)


@kernel
def best_of(
    values: np.ndarray,
    kept: np.ndarray,
    k: int,
    scores: np.ndarray,
    labels: np.ndarray,
    sizes: np.ndarray,
) -> None:
    """As `labels_reference.best_of` for each row of `values` and `kept` [n, L]."""
    own, names = np.empty(k + 1, np.float32), np.empty(k + 1, np.int32)
    for i in range(len(values)):
        size = 0
        for label in range(values.shape[1]):
            value = values[i, label]
            if kept[i, label] and not (size == k and value < own[0]):
                size = _push(own, names, size, k, value, label)
        _in_order(own, names, size)
        scores[i, :size], labels[i, :size], sizes[i] = own[:size], names[:size], size


@kernel
def margins(hidden: np.ndarray, weights: np.ndarray, out: np.ndarray) -> None:
    """out float32 [n, L] = hidden [n, D] · weights [L, D]ᵀ, in the calling thread: a library's
    product would take threads of its own, and wait for those of another's."""
    n, dim = hidden.shape
    for begin in range(0, len(weights), BLOCK):
        end = min(begin + BLOCK, len(weights))
        for i in range(0, n - n % 4, 4):
            a, b, c, d = hidden[i], hidden[i + 1], hidden[i + 2], hidden[i + 3]
            for label in range(begin, end):
                row = weights[label]
                first, second = np.float32(0), np.float32(0)
                third, fourth = np.float32(0), np.float32(0)
                for at in range(dim):
                    first += a[at] * row[at]
                    second += b[at] * row[at]
                    third += c[at] * row[at]
                    fourth += d[at] * row[at]
                out[i, label], out[i + 1, label] = first, second
                out[i + 2, label], out[i + 3, label] = third, fourth
        for i in range(n - n % 4, n):
            for label in range(begin, end):
                total = np.float32(0)
                for at in range(dim):
                    total += hidden[i, at] * weights[label, at]
                out[i, label] = total


class Walk(NamedTuple):
    """A tree int32 [2 L - 1, 2], its inner nodes' rows float32 [L - 1 or more, D], and how
    `labels_reference.steps_of` makes steps of their margins."""

    children: np.ndarray
    weights: np.ndarray
    tiny: float
    exact: bool


@inlined
def _sigmoid(margin: float) -> float:
    power = np.float32(math.exp(-margin))
    return np.float32(1.0 / np.float64(np.float32(1) + power))


@inlined
def _steps(walk: Walk, vector: np.ndarray, node: int) -> tuple[float, float]:
    """What going left and right adds; NaN where the margin is no finite number."""
    margin = np.float32(0)
    for at in range(len(vector)):
        margin += vector[at] * walk.weights[node, at]
    right = _sigmoid(margin)
    left = np.float32(1.0 - np.float64(right))
    if walk.exact:
        left = _sigmoid(-margin)
    if not abs(margin) <= LARGEST:
        return np.float32(np.nan), np.float32(np.nan)
    return (
        np.float32(math.log(np.float64(left) + walk.tiny)),
        np.float32(math.log(np.float64(right) + walk.tiny)),
    )


@kernel
def best_in_tree(
    walk: Walk,
    hidden: np.ndarray,
    k: int,
    least: float,
    scores: np.ndarray,
    labels: np.ndarray,
    sizes: np.ndarray,
) -> bool:
    """As `labels_reference.best_in_tree` for each of `hidden` float32 [n, D], whose steps are
    worked out as they are wanted. False: a margin is not a finite number, there are no answers.

    For one label the walk begins with the likelier side all the way down: what scores less than
    that leaf is not looked into.
    """
    children = walk.children
    leaves = (len(children) + 1) // 2
    own, names = np.empty(k + 1, np.float32), np.empty(k + 1, np.int32)
    waiting = np.empty(len(children) + 1, np.int32)
    carried = np.empty(len(children) + 1, np.float32)
    for i in range(len(hidden)):
        lowest = least
        if k == 1:
            node, score = len(children) - 1, np.float32(0)
            while node >= leaves:
                left, right = _steps(walk, hidden[i], node - leaves)
                node = children[node, 0] if left > right else children[node, 1]
                score += max(left, right)
            # A step of fastText's may add up to log(1 + tiny).
            lowest = max(lowest, score - (0.0 if walk.exact else SLACK))
        size, depth = 0, 1
        waiting[0], carried[0] = len(children) - 1, 0
        while depth > 0:
            depth -= 1
            node, score = waiting[depth], carried[depth]
            if score < lowest or (size == k and score < own[0]):
                continue
            if node < leaves:
                size = _push(own, names, size, k, score, node)
                continue
            left, right = _steps(walk, hidden[i], node - leaves)
            if left != left or right != right:
                return False
            waiting[depth], carried[depth] = children[node, 1], score + right
            waiting[depth + 1], carried[depth + 1] = children[node, 0], score + left
            depth += 2
        _in_order(own, names, size)
        scores[i, :size], labels[i, :size], sizes[i] = own[:size], names[:size], size
    return True
