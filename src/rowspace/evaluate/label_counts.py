"""Hits, answers and true cases of each label, and every figure that follows from them.

Axes: `n` cases, `C` patterns of cases that are alike, `P` labels that occur, `S` resamples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.evaluate.truth import Truth

AVERAGES = ("macro", "micro", "weighted")
PARTS = ("precision", "recall", "f1")


@final
@dataclass(frozen=True, slots=True)
class Events:
    """Which patterns count for which label: pattern int64 [E], and where each label's begin."""

    patterns: np.ndarray
    starts: np.ndarray
    places: np.ndarray

    def sums(self, draws: np.ndarray, labels: int) -> np.ndarray:
        """How often each label's event happened, float64 [S, P], in draws [S, C]."""
        out = np.zeros((len(draws), labels))
        if len(self.patterns):
            out[:, self.places] = np.add.reduceat(draws[:, self.patterns], self.starts, axis=1)
        return out


@final
@dataclass(frozen=True, slots=True)
class LabelCounts:
    """`labels` int64 [P]: those that some case has or some answer names, in order.

    `counts` int64 [C]: cases of each pattern; `right` bool [C]: whether the answer is the truth,
    all of it.
    """

    labels: np.ndarray
    counts: np.ndarray
    right: np.ndarray
    hits: Events
    predicted: Events
    gold: Events

    def totals(self, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Hits, answers and true cases of each label, float64 [S, P] each."""
        size = len(self.labels)
        events = (self.hits, self.predicted, self.gold)
        hits, predicted, gold = (event.sums(draws, size) for event in events)
        return hits, predicted, gold

    def figures(self, draws: np.ndarray) -> np.ndarray:
        """Accuracy, macro-, micro- and weighted precision, recall and F1, then precision, recall
        and F1 of each label; float64 [S, 10 + 3 P].

        A label that is never answered has no precision (NaN) and counts as 0 in an average.
        """
        hits, predicted, gold = self.totals(draws)
        accuracy = (draws @ self.right / draws.sum(axis=1))[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            each = np.stack([hits / predicted, hits / gold, 2 * hits / (predicted + gold)])
            filled = np.where(np.isnan(each), 0.0, each)
            there = (predicted + gold > 0).sum(axis=1)
            macro = filled.sum(axis=2) / there
            weighted = (filled * gold).sum(axis=2) / gold.sum(axis=1)
            h, p, g = hits.sum(axis=1), predicted.sum(axis=1), gold.sum(axis=1)
            micro = np.stack([h / p, h / g, 2 * h / (p + g)])
        averages = [one.T for one in (macro, micro, weighted)]
        return np.concatenate([accuracy, *averages, *each], axis=1)


def count_labels(truth: Truth, cases: np.ndarray, answers: np.ndarray) -> LabelCounts:
    """`cases` and `answers` int64 [A]: the labels each case was given."""
    right = truth.has(cases, answers)
    hits = np.bincount(cases[right], minlength=len(truth))
    given = np.bincount(cases, minlength=len(truth))
    whole = (hits == given) & (hits == truth.bags.lengths)
    gold_cases, gold = truth.cases, truth.bags.ids
    counts = np.ones(len(truth), np.int64)
    if truth.single and given.max(initial=0) <= 1:
        first = np.full(len(truth), -1)
        first[cases] = answers
        keys = gold * (truth.labels + 1) + first + 1
        keys, counts = np.unique(keys, return_counts=True)
        gold, first = np.divmod(keys, truth.labels + 1)
        first -= 1
        gold_cases, cases = np.arange(len(keys)), np.flatnonzero(first >= 0)
        answers, whole = first[cases], gold == first
        right = whole[cases]
    labels = np.unique(np.concatenate([gold, answers]))
    return LabelCounts(
        labels,
        counts,
        whole,
        _events(cases[right], answers[right], labels),
        _events(cases, answers, labels),
        _events(gold_cases, gold, labels),
    )


def _events(patterns: np.ndarray, given: np.ndarray, labels: np.ndarray) -> Events:
    order = np.argsort(given, kind="stable")
    present, starts = np.unique(given[order], return_index=True)
    return Events(patterns[order], starts, np.searchsorted(labels, present))
