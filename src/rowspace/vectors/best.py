"""The best labels of many texts, few in Python and many compiled.

Axes: `n` texts, `L` labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from rowspace.kernels.cpu_labels import Walk

# From so many scores on, loading the compiled twin is worth its half second.
MANY = 1 << 16


class Answers(NamedTuple):
    """`scores` float32 and `labels` int32 of the answers, flat; `sizes` int64 [n] of each text."""

    scores: np.ndarray
    labels: np.ndarray
    sizes: np.ndarray


def best_of(scores: np.ndarray, kept: np.ndarray, k: int) -> Answers:
    """The k best of `scores` float32 [n, L] where `kept` bool [n, L], best first."""
    if k == 1:
        labels, found, there = best_one(scores, kept)
        return Answers(found[there], labels[there], there.astype(np.int64))
    if scores.size >= MANY:
        from rowspace.kernels.cpu_labels import best_of as compiled

        wide = _empty(len(scores), k)
        compiled(scores, kept, k, *wide)
        return _flat(wide)
    from rowspace.kernels.labels_reference import best_of as plain

    return _joined([plain(*each, k) for each in zip(scores, kept, strict=True)])


def best_in_tree(tree: np.ndarray, steps: np.ndarray, k: int, least: float) -> Answers:
    """The k best leaves of `tree` int32 [2 L - 1, 2]; steps float32 [n, L - 1, 2]."""
    from rowspace.kernels.labels_reference import best_in_tree as plain

    return _joined([plain(tree, each, k, least) for each in steps])


def best_on_the_way(walk: Walk, hidden: np.ndarray, k: int, least: float) -> Answers | None:
    """The same for vectors float32 [n, D], compiled, looking at no more of the tree than it must.
    None where a margin is not a finite number."""
    from rowspace.kernels.cpu_labels import best_in_tree as compiled

    wide = _empty(len(hidden), k)
    return _flat(wide) if compiled(walk, hidden, k, least, *wide) else None


def best_one(scores: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The last of the best: what the heap keeps of equals. Labels int32 [n], their scores, and
    whether any was kept."""
    seen = np.where(kept, scores, -np.inf)
    labels = (scores.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)).astype(np.int32)
    return labels, scores[np.arange(len(scores)), labels], np.asarray(kept.any(axis=1))


def _empty(n: int, k: int) -> Answers:
    return Answers(np.empty((n, k), np.float32), np.empty((n, k), np.int32), np.zeros(n, np.int64))


def _flat(wide: Answers) -> Answers:
    there = np.arange(wide.labels.shape[1]) < wide.sizes[:, None]
    return Answers(wide.scores[there], wide.labels[there], wide.sizes)


def _joined(found: list[tuple[list[float], list[int]]]) -> Answers:
    return Answers(
        np.array([score for scores, _ in found for score in scores], np.float32),
        np.array([label for _, labels in found for label in labels], np.int32),
        np.array([len(labels) for _, labels in found], np.int64),
    )
