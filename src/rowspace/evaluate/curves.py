"""What a threshold on a probability does: precision and recall, the best F1, the ROC's area.

Source: fastText's meter.cc for precision at recall and recall at precision. Axes: `n` answers with
a score, `T` distinct scores among them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.answered import Answered, answered_of
from rowspace.evaluate.truth import Truth, truth_of

UNDECIDED = 0.5
"""The threshold of a label that no case of the validation part has."""


@final
@dataclass(frozen=True, slots=True)
class Curve:
    """Precision and recall, float64 [T], where everything scored `thresholds` or more is taken.

    Thresholds fall. Points after the one at which all is found are left out, as in fastText.
    """

    thresholds: np.ndarray
    precision: np.ndarray
    recall: np.ndarray

    def precision_at(self, recall: float) -> float:
        """The best precision where recall is at least that (0 to 1); 0 where it never is."""
        if recall <= 0:
            return 1.0
        return float(self.precision[self.recall >= recall].max(initial=0.0))

    def recall_at(self, precision: float) -> float:
        """The best recall where precision is at least that (0 to 1); 0 where it never is."""
        return float(self.recall[self.precision >= precision].max(initial=0.0))

    def best(self) -> tuple[float, float]:
        """The threshold with the best F1, half-way to the next score below it; and that F1."""
        total = self.precision + self.recall
        if not (total > 0).any():
            return UNDECIDED, 0.0
        with np.errstate(invalid="ignore", divide="ignore"):
            f1 = np.where(total > 0, 2 * self.precision * self.recall / total, 0.0)
        at = int(f1.argmax())
        next_ = self.thresholds[at + 1] if at + 1 < len(f1) else self.thresholds[at]
        return float((self.thresholds[at] + next_) / 2), float(f1[at])


def curve(scores: np.ndarray, right: np.ndarray, total: int) -> Curve:
    """From scores [n], which of them are right, bool [n], and how many there are to be found."""
    order = np.argsort(-scores, kind="stable")
    scores, found = scores[order].astype(np.float64), np.cumsum(right[order])
    last = np.flatnonzero(np.append(scores[1:] != scores[:-1], True)) if len(scores) else order
    found, taken = found[last], last + 1
    full = int(np.searchsorted(found, total)) + 1 if total else len(last)
    last, found, taken = last[:full], found[:full], taken[:full]
    recall = found / total if total else np.full(len(last), math.nan)
    return Curve(scores[last], found / taken, recall)


def label_curve(truth: Truth, answered: Answered, label: int | None, k: int = -1) -> Curve:
    """The curve of one label, or of all of them pooled (None), over the k best answers of each
    case (-1: all)."""
    total = len(truth.bags.ids) if label is None else int((truth.bags.ids == label).sum())
    if k != -1:
        labels, p = answered.best(k)
        kept = labels >= 0 if label is None else labels == label
        cases, ids, p = np.nonzero(kept)[0], labels[kept], p[kept]
    elif label is not None and answered.matrix is not None and label < answered.labels:
        cases, p = np.arange(len(truth)), answered.matrix[:, label]
        ids = np.full(len(cases), label)
    else:
        cases, p, ids = answered.pairs()
        if label is not None:
            cases, p, ids = (one[ids == label] for one in (cases, p, ids))
    return curve(np.minimum(p, 1.0), truth.has(cases, ids), total)


def best_thresholds(truth: object, probabilities: object) -> tuple[np.ndarray, np.ndarray]:
    """For each label the threshold with the best F1, and that F1; float64 [L] each.

    `truth` and `probabilities` as `judge` takes them: use a validation part, never the test's. A
    label that no case has keeps 0.5. Raises InputError.
    """
    answered = answered_of(probabilities)
    known = truth_of(truth, answered.labels)
    if len(known) != len(answered):
        raise InputError(f"{len(known)} true labels for {len(answered)} answers")
    thresholds = np.full(answered.labels, UNDECIDED)
    reached = np.zeros(answered.labels)
    for label, found in _curves(known, answered):
        thresholds[label], reached[label] = found.best()
    return thresholds, reached


def _curves(truth: Truth, answered: Answered) -> Iterator[tuple[int, Curve]]:
    """The curve of every label that some case has."""
    totals = np.bincount(truth.bags.ids, minlength=answered.labels)
    if answered.matrix is not None:
        for label in np.flatnonzero(totals[: answered.labels]).tolist():
            yield label, label_curve(truth, answered, label)
        return
    cases, p, ids = answered.pairs()
    order = np.argsort(ids, kind="stable")
    cases, p, ids = cases[order], p[order], ids[order]
    right = truth.has(cases, ids)
    cuts = np.searchsorted(ids, np.arange(answered.labels + 1))
    for label in np.flatnonzero(totals[: answered.labels]).tolist():
        part = slice(cuts[label], cuts[label + 1])
        yield label, curve(p[part], right[part], int(totals[label]))


def roc_areas(scores: np.ndarray, positive: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """P(score of a positive > of a negative) + half of P(equal), float64 [S, 1].

    `draws` float64 [S, n]: how often each case counts. NaN where one side is missing. Exact: the
    Mann-Whitney statistic over the distinct scores, ties counted as halves.
    """
    order = np.argsort(scores, kind="stable")
    scores, positive = scores[order], positive[order]
    starts = np.flatnonzero(np.append(True, scores[1:] != scores[:-1]))
    drawn = draws[:, order]
    up = np.add.reduceat(drawn * positive, starts, axis=1)
    down = np.add.reduceat(drawn * ~positive, starts, axis=1)
    below = np.cumsum(down, axis=1) - down / 2
    pairs = up.sum(axis=1) * down.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(pairs > 0, (up * below).sum(axis=1) / pairs, math.nan)[:, None]
