"""Answers with labels against the truth: accuracy, precision, recall, F1, P@k, log loss and more.

Axes: `n` cases, `L` labels the model knows, `P` labels that occur, `S` resamples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.evaluate.answered import Answered, answered_of
from rowspace.evaluate.judged import Judged, LabelScores
from rowspace.evaluate.label_counts import AVERAGES, PARTS, LabelCounts, count_labels
from rowspace.evaluate.probability_scores import area_patterns, calibration_patterns, loss_patterns
from rowspace.evaluate.resample import Statistic, interval
from rowspace.evaluate.score import Score
from rowspace.evaluate.truth import NEVER, Truth, truth_of

THRESHOLD = 0.5


def judge(
    truth: Any,
    probabilities: Any,
    *,
    labels: Sequence[str] | None = None,
    k: int | Sequence[int] = 1,
    threshold: float | np.ndarray | None = None,
    seed: int = 0,
) -> Judged:
    """Judge answers by every figure that fits them, each with its 95 % bootstrap interval.

    truth           ids int [n], one label a case; or several: bool [n, L], a Ragged, or a sequence
                    of sets, lists or arrays of ids
    probabilities   float [n, L]; [n] for the second of two labels; or a Ragged of the best labels,
                    `weights` their probabilities, an empty bag for a case without an answer
    labels          the names; those from L on, and -1 in the truth, were never seen in training:
                    they count as misses and are told in `unseen`
    k               P@k and R@k are given for it (or them)
    threshold       one, or one a label: what is less probable is no answer. None: the best label
                    where a case has one, all from 0.5 on where it may have several

    The definitions are in docs/judging.md. Raises InputError: nothing to judge, lengths that do
    not go together, what is no probability.
    """
    answered = answered_of(probabilities, _known(probabilities, labels))
    whole = truth_of(truth, answered.labels, 0 if labels is None else len(labels))
    if len(whole) != len(answered):
        raise InputError(f"{len(whole)} true labels for {len(answered)} answers")
    names = _names(labels, whole.labels)
    cases, given = chosen(whole, answered, threshold)
    counts = count_labels(whole, cases, given)
    figures = _figures(counts, seed, len(whole))
    coverage = float(answered.answered.mean())
    scores = _overall(figures, len(whole), coverage)
    for depth in [k] if isinstance(k, (int, np.integer)) else k:
        scores += at_k(whole, answered, int(depth), seed=seed)
    scores += _probabilities(whole, answered, seed, coverage)
    never = np.bincount(whole.bags.ids, minlength=whole.labels)[whole.known :].tolist()
    unseen = {names[whole.known + at]: n for at, n in enumerate(never) if n}
    rows = _label_scores(counts, figures, names)
    return Judged(tuple(scores), rows, names, unseen, _pairs(whole, cases, given))


def chosen(
    truth: Truth, answered: Answered, threshold: float | np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """The labels each case is given: its number and theirs, int64 [A]."""
    if not truth.single:
        return answered.above(THRESHOLD if threshold is None else threshold)
    labels, p = answered.best(1)
    if not labels.shape[1]:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    kept = labels[:, 0] >= 0
    if threshold is not None:
        least = np.broadcast_to(np.asarray(threshold, np.float64), (answered.labels,))
        kept &= p[:, 0] >= least[labels[:, 0]]
    return np.flatnonzero(kept), labels[kept, 0]


def at_k(truth: Truth, answered: Answered, k: int, *, seed: int = 0) -> list[Score]:
    """fastText's P@k and R@k: of the k best labels of each case, right ones / all of them, and
    right ones / all true ones."""
    hits, given, gold = hits_at(truth, answered, k)
    most = int(gold.max()) + 1
    keys, counts = np.unique((hits * (k + 1) + given) * most + gold, return_counts=True)
    both = keys // most
    patterns = np.stack([both // (k + 1), both % (k + 1), keys % most], axis=1)

    def shares(draws: np.ndarray) -> np.ndarray:
        hits, given, gold = (draws @ patterns).T
        return np.stack([hits / given, hits / gold], axis=1)

    coverage = float(answered.answered.mean())
    return scores_of([f"p@{k}", f"r@{k}"], counts, shares, seed=seed, coverage=coverage)


def hits_at(truth: Truth, answered: Answered, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each case: right ones among its k best labels, how many it was given, how many it has."""
    SettingError.unless(k >= 1, "k", k, "at least 1")
    labels, _ = answered.best(k)
    kept = labels >= 0
    cases = np.nonzero(kept)[0]
    right = truth.has(cases, labels[kept])
    hits = np.bincount(cases[right], minlength=len(truth))
    return hits, kept.sum(axis=1), truth.bags.lengths


def scores_of(
    names: Sequence[str],
    counts: np.ndarray,
    statistic: Statistic,
    *,
    seed: int,
    coverage: float = 1.0,
    **extra: Any,
) -> list[Score]:
    """A score for each figure of `statistic` over patterns that occur `counts` times."""
    with np.errstate(invalid="ignore", divide="ignore"):
        values = statistic(counts[None].astype(np.float64))[0].tolist()
    lows, highs = interval(counts, statistic, seed)
    found = zip(names, values, lows.tolist(), highs.tolist(), strict=True)
    n = int(counts.sum())
    return [Score(name, value, n, coverage, a, b, extra) for name, value, a, b in found]


def _figures(counts: LabelCounts, seed: int, n: int) -> np.ndarray:
    """Value, low and high of every figure of `LabelCounts.figures`, float64 [3, 10 + 3 P]."""
    width = 10 + 3 * len(counts.labels) + len(counts.gold.patterns) + len(counts.hits.patterns)
    low, high = interval(counts.counts, counts.figures, seed, width=width)
    return np.stack([counts.figures(counts.counts[None].astype(np.float64))[0], low, high])


def _overall(figures: np.ndarray, n: int, coverage: float) -> list[Score]:
    names = ["accuracy", *(f"{average}-{part}" for average in AVERAGES for part in PARTS)]
    columns = figures[:, : len(names)].T.tolist()
    return [
        Score(name, value, n, coverage, low, high)
        for name, (value, low, high) in zip(names, columns, strict=True)
    ]


def _label_scores(
    counts: LabelCounts, figures: np.ndarray, names: tuple[str, ...]
) -> tuple[LabelScores, ...]:
    size = len(counts.labels)
    own = figures[:, 10:].reshape(3, 3, size)
    _, predicted, gold = (one[0] for one in counts.totals(counts.counts[None].astype(np.float64)))
    found = []
    for at, label in enumerate(counts.labels.tolist()):
        answers, cases = int(predicted[at]), int(gold[at])
        bases = (answers, cases, cases)
        scores = [
            Score(f"{part}/{names[label]}", *_first_two(own[:, place, at], base))
            for place, (part, base) in enumerate(zip(PARTS, bases, strict=True))
        ]
        found.append(LabelScores(names[label], cases, answers, *scores))
    return tuple(found)


def _first_two(figure: np.ndarray, n: int) -> tuple[float, int, float, float, float]:
    value, low, high = figure.tolist()
    return value, n, 1.0, low, high


def _probabilities(truth: Truth, answered: Answered, seed: int, coverage: float) -> list[Score]:
    """Log loss and the ROC's area where every label's probability is known; calibration error
    where a case has one label."""
    rest: dict[str, Any] = {"seed": seed, "coverage": coverage}
    scores = []
    if answered.whole:
        found = loss_patterns(truth, answered)
        scores += scores_of(["log-loss"], *found, **rest, better="lower")
    if truth.single:
        found = calibration_patterns(truth, answered)
        scores += scores_of(["ece"], *found, **rest, better="lower")
    if truth.single and truth.labels == truth.known == 2 and answered.whole:
        counts, statistic, value = area_patterns(truth, answered)
        area = scores_of(["auc"], counts, statistic, **rest)[0]
        scores.append(replace(area, value=value))
    return scores


def _pairs(truth: Truth, cases: np.ndarray, given: np.ndarray) -> np.ndarray:
    if not truth.single:
        return np.zeros((0, 3), np.int64)
    first = np.full(len(truth), -1)
    first[cases] = given
    keys, counts = np.unique(truth.bags.ids * (truth.labels + 1) + first + 1, return_counts=True)
    true, answer = np.divmod(keys, truth.labels + 1)
    return np.stack([true, answer - 1, counts], axis=1)


def _known(probabilities: Any, labels: Sequence[str] | None) -> int | None:
    """A Ragged does not say how many labels there are: the names do."""
    return None if labels is None or isinstance(probabilities, Answered) else len(labels)


def _names(labels: Sequence[str] | None, size: int) -> tuple[str, ...]:
    if labels is None:
        return tuple(map(str, range(size)))
    rest = [NEVER] * max(0, size - len(labels))
    return (*labels, *rest)
