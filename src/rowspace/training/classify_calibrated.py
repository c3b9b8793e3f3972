"""The temperature of a classifier: its labels' rows divided so that probabilities mean what they
say. Source: Guo et al. (2017). Axes: `n` texts, `L` labels, `D` dimensions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from rowspace.evaluate.calibration import temperature
from rowspace.kernels.tree_reference import paths
from rowspace.ragged import Ragged
from rowspace.vectors import Head

MOST_SCORES = 1 << 23
"""Scores looked at: of very many labels fewer texts decide."""


def calibrated_head(head: Head, hidden: np.ndarray, truth: Any) -> tuple[Head, float]:
    """The head whose scores are divided by T, and T. `hidden` float32 [n, D]: a validation part;
    `truth`: its labels, int64 [n] or a Ragged, L for one never seen.

    softmax, ova, ns: scores of labels; hs: those of the nodes on the way to a text's labels. T is 1
    where there is nothing to go by.
    """
    most = max(1, MOST_SCORES // max(1, len(head.labels)))
    if len(hidden) > most:
        kept = np.linspace(0, len(hidden) - 1, most).astype(np.int64)
        hidden, truth = hidden[kept], _some(truth, kept)
    weights = np.asarray(head.weights)
    if head.loss == "hs":
        found = _in_tree(head, weights, hidden, truth)
    elif head.loss == "softmax":
        one = np.arange(len(hidden))
        if isinstance(truth, Ragged):
            one = np.flatnonzero(truth.lengths == 1)
            truth = truth.ids[truth.offsets[one]]
        found = temperature(hidden[one] @ weights.T, truth) if len(one) else 1.0
    else:
        found = temperature(hidden @ weights.T, truth, loss="logistic")
    return replace(head, weights=weights / np.float32(found)), found


def _some(truth: Any, kept: np.ndarray) -> Any:
    if isinstance(truth, Ragged):
        return Ragged.of([truth[at].tolist() for at in kept.tolist()])
    return truth[kept]


def _in_tree(head: Head, weights: np.ndarray, hidden: np.ndarray, truth: Any) -> float:
    """Each node passed on the way to a true label is a question of its own: right or left."""
    nodes, cuts, ones = paths(head.tree)
    bags = truth if isinstance(truth, Ragged) else Ragged.singles(truth)
    cases, labels = np.repeat(np.arange(len(bags)), bags.lengths), bags.ids
    known = labels < len(head.labels)
    cases, labels = cases[known], labels[known]
    lengths = cuts[labels + 1] - cuts[labels]
    if not lengths.sum():
        return 1.0
    starts = np.cumsum(lengths) - lengths
    place = np.arange(int(lengths.sum())) - np.repeat(starts, lengths)
    passed = nodes[np.repeat(cuts[labels], lengths) + place]
    right = place < np.repeat(ones[labels], lengths)
    which = np.repeat(cases, lengths)
    step = max(1, MOST_SCORES // weights.shape[1])
    scores = np.concatenate([
        (hidden[which[at : at + step]] * weights[passed[at : at + step]]).sum(axis=1)
        for at in range(0, len(which), step)
    ])  # fmt: skip
    return temperature(scores[:, None], right[:, None], loss="logistic")
