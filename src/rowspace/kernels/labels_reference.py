"""The best labels of a text as fastText picks them, in plain Python: the definition.

Which of several labels with equal scores come first follows from the heap that holds the best so
far: fastText's is that of GNU's C++ library, so its steps are these. A heap is two lists, scores
and labels, with the lowest score in front. Source: fastText's loss.cc, `findKBest` and `dfs`.
"""

from __future__ import annotations

import numpy as np

Heap = tuple[list[float], list[int]]


def _rise(heap: Heap, hole: int, score: float, label: int) -> None:
    """Puts (score, label) at `hole` or above, where no parent is higher."""
    scores, labels = heap
    parent = (hole - 1) // 2
    while hole > 0 and scores[parent] > score:
        scores[hole], labels[hole] = scores[parent], labels[parent]
        hole, parent = parent, (parent - 1) // 2
    scores[hole], labels[hole] = score, label


def _pop(heap: Heap, size: int) -> None:
    """Moves the front of heap[:size] to its last place."""
    scores, labels = heap
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
    if last % 2 == 0 and last and child == (last - 2) // 2:
        child = 2 * child + 1
        scores[hole], labels[hole] = scores[child], labels[child]
        hole = child
    if last:
        _rise(heap, hole, score, label)


def push(heap: Heap, k: int, score: float, label: int) -> None:
    """Keeps (score, label), if it is among the k best so far."""
    scores, labels = heap
    scores.append(score)
    labels.append(label)
    _rise(heap, len(scores) - 1, score, label)
    if len(scores) > k:
        _pop(heap, len(scores))
        scores.pop()
        labels.pop()


def in_order(heap: Heap) -> None:
    """The best first."""
    for size in range(len(heap[0]), 1, -1):
        _pop(heap, size)


def best_of(scores: np.ndarray, kept: np.ndarray, k: int) -> Heap:
    """The k best of `scores` float32 [L] where `kept` bool [L], best first."""
    heap: Heap = ([], [])
    listed = scores.tolist()
    for label in np.flatnonzero(kept).tolist():
        if len(heap[0]) < k or not listed[label] < heap[0][0]:
            push(heap, k, listed[label], label)
    in_order(heap)
    return heap


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x) as fastText rounds it, float32."""
    with np.errstate(over="ignore"):
        return (1.0 / (np.float32(1) + np.exp(-x)).astype(np.float64)).astype(np.float32)


def log(p: np.ndarray, tiny: float) -> np.ndarray:
    """log(p + tiny), float32."""
    return np.log(p.astype(np.float64) + tiny).astype(np.float32)


def steps_of(margins: np.ndarray, tiny: float, exact: bool) -> np.ndarray:
    """What going left and right adds at each inner node, float32 [n, L - 1, 2]. exact: the left is
    σ(-x) and not 1 - σ(x), which keeps the digits of a sure answer."""
    right = sigmoid(margins)
    left = sigmoid(-margins) if exact else (1.0 - right.astype(np.float64)).astype(np.float32)
    return np.stack([log(left, tiny), log(right, tiny)], axis=2)


def best_in_tree(children: np.ndarray, steps: np.ndarray, k: int, least: float) -> Heap:
    """The k best leaves below the last node of a binary tree, best first.

    children int32 [2 L - 1, 2]: of each node, -1 for the leaves, which are the first L nodes.
    steps float32 [L - 1, 2]: what going left and right adds at each inner node. The way down a
    node stops where its score is below `least`, or below the worst of k leaves found.
    """
    heap: Heap = ([], [])
    waiting = [(len(children) - 1, np.float32(0))]
    leaves = (len(children) + 1) // 2
    while waiting:
        node, score = waiting.pop()
        if score < least or (len(heap[0]) == k and score < heap[0][0]):
            continue
        if node < leaves:
            push(heap, k, float(score), node)
            continue
        left, right = children[node].tolist()
        down = steps[node - leaves]
        waiting += [(right, score + down[1]), (left, score + down[0])]
    in_order(heap)
    return heap
