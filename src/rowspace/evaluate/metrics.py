"""`metric`: one figure by its name, for early stopping, autotune and a choice between settings.

The higher the better, every one of them. fastText's names and definitions are among them.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.evaluate.answered import Answered, answered_of
from rowspace.evaluate.classification import chosen, hits_at
from rowspace.evaluate.curves import label_curve, roc_areas
from rowspace.evaluate.label_counts import AVERAGES, PARTS, count_labels
from rowspace.evaluate.probability_scores import losses
from rowspace.evaluate.truth import Truth, truth_of

Judge = Callable[[Truth, Answered], float]
FIGURES = ("accuracy", *(f"{average}-{part}" for average in AVERAGES for part in PARTS))
NAMES = (*FIGURES, "f1", "p@K", "r@K", "log-likelihood", "auc", "f1:LABEL",
         "precisionAtRecall:PERCENT[:LABEL]", "recallAtPrecision:PERCENT[:LABEL]")  # fmt: skip
PREFIX = "__label__"


@final
@dataclass(frozen=True, slots=True)
class Metric:
    """Called with truth and probabilities as `judge` takes them; a float, the higher the better.

    NaN where nothing can be measured. Raises InputError for what does not go together.
    """

    name: str
    value: Judge

    def __call__(self, truth: Any, probabilities: Any) -> float:
        answered = answered_of(probabilities)
        known = truth_of(truth, answered.labels)
        if len(known) != len(answered):
            raise InputError(f"{len(known)} true labels for {len(answered)} answers")
        return self.value(known, answered)


def metric(name: str, labels: Sequence[str] = (), *, k: int = 1) -> Metric:
    """The metric of that name.

    accuracy, macro-f1, micro-f1, weighted-f1 (and -precision, -recall), p@K, r@K, auc (of two
    labels) are `judge`'s; log-likelihood is minus its log loss. fastText's: `f1` of the k best
    labels of each case, `f1:LABEL`, `precisionAtRecall:30`, `recallAtPrecision:90:LABEL`, with
    percentages, over the k best labels (-1: all). `labels`: the names that LABEL is one of, with or
    without `__label__`. Raises SettingError for a name there is not, InputError for such a label.
    """
    if name in FIGURES:
        return Metric(name, _figure(FIGURES.index(name)))
    simple = {"f1": _f1(None, k), "log-likelihood": _likelihood, "auc": _area}
    if name in simple:
        return Metric(name, simple[name])
    head, _, rest = name.partition(":")
    if head == "f1" and rest:
        return Metric(name, _f1(_number(rest, labels), k))
    if head in ("precisionAtRecall", "recallAtPrecision") and rest:
        percent, _, label = rest.partition(":")
        one = _number(label, labels) if label else None
        return Metric(name, _at(head, _share(name, percent), one, k))
    head, _, depth = name.partition("@")
    if head in ("p", "r") and depth.isascii() and depth.isdigit() and int(depth) >= 1:
        return Metric(name, _at_k(head, int(depth)))
    near = difflib.get_close_matches(name, NAMES, n=2)
    hint = f"did you mean {' or '.join(near)}?" if near else ""
    raise SettingError(f"there is no metric {name!r:.60}; there are {', '.join(NAMES)}", hint=hint)


def _figure(place: int) -> Judge:
    def value(truth: Truth, answered: Answered) -> float:
        counts = count_labels(truth, *chosen(truth, answered, None))
        return float(counts.figures(counts.counts[None].astype(np.float64))[0, place])

    return value


def _f1(label: int | None, k: int) -> Judge:
    """2 · hits / (answers + true cases), of one label or of all; NaN where there are none."""

    def value(truth: Truth, answered: Answered) -> float:
        labels, _ = answered.best(answered.labels if k == -1 else k)
        kept = labels >= 0 if label is None else labels == label
        cases, given = np.nonzero(kept)[0], labels[kept]
        gold = len(truth.bags.ids) if label is None else int((truth.bags.ids == label).sum())
        total = len(cases) + gold
        return 2 * int(truth.has(cases, given).sum()) / total if total else math.nan

    return value


def _at(head: str, share: float, label: int | None, k: int) -> Judge:
    def value(truth: Truth, answered: Answered) -> float:
        found = label_curve(truth, answered, label, k)
        at = found.precision_at if head == "precisionAtRecall" else found.recall_at
        return at(share)

    return value


def _at_k(head: str, k: int) -> Judge:
    def value(truth: Truth, answered: Answered) -> float:
        hits, given, gold = (int(one.sum()) for one in hits_at(truth, answered, k))
        total = given if head == "p" else gold
        return hits / total if total else math.nan

    return value


def _likelihood(truth: Truth, answered: Answered) -> float:
    if not answered.whole:
        raise InputError("log-likelihood needs the probability of every label, not of the best few")
    return -float(losses(truth, answered).mean())


def _area(truth: Truth, answered: Answered) -> float:
    if not truth.single or answered.labels != 2:
        raise InputError(f"auc is for two labels, not {answered.labels}", hint="macro-f1 is not")
    p = answered.of(np.arange(len(truth)), np.ones(len(truth), np.int64))
    return float(roc_areas(p, truth.bags.ids == 1, np.ones((1, len(truth))))[0, 0])


def _number(label: str, labels: Sequence[str]) -> int:
    names = list(labels)
    for spelled in (label, PREFIX + label, label.removeprefix(PREFIX)):
        if spelled in names:
            return names.index(spelled)
    near = difflib.get_close_matches(label, names, n=2)
    hint = f"did you mean {' or '.join(near)}?" if near else "a label of the training data"
    raise InputError(f"there is no label {label!r:.60} for the metric", hint=hint)


def _share(name: str, percent: str) -> float:
    try:
        share = float(percent) / 100
    except ValueError:
        share = math.nan
    SettingError.unless(0 <= share <= 1, "metric", name, "given a percentage from 0 to 100")
    return share
