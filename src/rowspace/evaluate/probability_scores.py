"""How good the probabilities themselves are: log loss, calibration error, the ROC's area.

Axes: `n` cases, `L` labels, `S` resamples, `B` bins.
"""

from __future__ import annotations

import numpy as np

from rowspace.evaluate.answered import Answered
from rowspace.evaluate.curves import roc_areas
from rowspace.evaluate.resample import Statistic
from rowspace.evaluate.truth import Truth

FLOOR = float(np.finfo(np.float32).eps)
"""No probability counts as less, nor as more than one minus it: else one case could be infinite."""
BINS = 15
FINE = 64
"""Steps within a bin: cases of one step, right or wrong, are one pattern."""
GROUPS = 1 << 11
"""Of more values than this, neighbours in rank are drawn together for an interval; the value itself
is exact."""


def losses(truth: Truth, answered: Answered) -> np.ndarray:
    """The log loss of each case, float64 [n].

    One label a case: -log p(its label). Several: the mean over the labels of -log p where it is
    true and -log(1 - p) where it is not. A label never seen in training has p = 0.
    """
    p = np.clip(answered.of(truth.cases, truth.bags.ids), FLOOR, 1 - FLOOR)
    if truth.single:
        return np.asarray(-np.log(p))
    cases, given, _ = answered.pairs()
    given = np.clip(given.astype(np.float64), FLOOR, 1 - FLOOR)
    of_all = np.bincount(cases, -np.log1p(-given), minlength=len(truth))
    of_true = np.bincount(truth.cases, np.log1p(-p) - np.log(p), minlength=len(truth))
    return np.asarray((of_all + of_true) / truth.labels)


def loss_patterns(truth: Truth, answered: Answered) -> tuple[np.ndarray, Statistic]:
    """How often each pattern of loss occurs, and the mean of draws of them."""
    lost = losses(truth, answered)
    groups = _ranked(lost)
    counts = np.bincount(groups)
    means = np.bincount(groups, lost) / counts
    return counts, lambda draws: (draws @ means / draws.sum(axis=1))[:, None]


def calibration_patterns(truth: Truth, answered: Answered) -> tuple[np.ndarray, Statistic]:
    """Σ over bins of |share right - mean probability| · share of cases.

    Of the best label of each case, in 15 bins of equal width from 0 to 1 (Guo et al. 2017); a case
    without an answer is wrong with probability 0.
    """
    labels, p = answered.best(1)
    if not labels.shape[1]:
        return np.array([len(truth)]), lambda draws: np.zeros((len(draws), 1))
    sure = np.clip(np.where(labels[:, 0] >= 0, p[:, 0], 0.0).astype(np.float64), 0.0, 1.0)
    right = truth.has(np.arange(len(truth)), labels[:, 0])
    steps = np.clip(np.ceil(sure * BINS * FINE).astype(np.int64) - 1, 0, BINS * FINE - 1)
    keys, groups, counts = np.unique(2 * steps + right, return_inverse=True, return_counts=True)
    gaps = np.bincount(groups, right - sure) / counts
    starts = np.unique(keys // (2 * FINE), return_index=True)[1]

    def errors(draws: np.ndarray) -> np.ndarray:
        sums = np.add.reduceat(draws * gaps, starts, axis=1)
        return np.asarray((np.abs(sums).sum(axis=1) / draws.sum(axis=1))[:, None])

    return counts, errors


def area_patterns(truth: Truth, answered: Answered) -> tuple[np.ndarray, Statistic, float]:
    """The area under the ROC curve of the second of two labels; and its exact value.

    A case without an answer has the probability one half.
    """
    cases = np.arange(len(truth))
    p = answered.of(cases, np.ones(len(cases), np.int64))
    p, positive = np.where(answered.answered, p, 0.5), truth.bags.ids == 1
    keys, counts = np.unique(2 * _ranked(p) + positive, return_counts=True)
    value = float(roc_areas(p, positive, np.ones((1, len(p))))[0, 0])
    return counts, lambda draws: roc_areas(keys // 2, keys % 2 == 1, draws), value


def _ranked(values: np.ndarray) -> np.ndarray:
    """The group of each value, int64 [n], from 0, none empty: equal values are of one group, and
    where there are too many distinct ones, neighbours are."""
    distinct, codes = np.unique(values, return_inverse=True)
    if len(distinct) <= GROUPS:
        return codes
    ends = np.cumsum(np.bincount(codes))
    return np.unique((ends - 1) * GROUPS // len(values), return_inverse=True)[1][codes]
