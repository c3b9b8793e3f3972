"""How good a model of a table is on rows whose target is known."""

from __future__ import annotations

import numpy as np

from rowspace.corpus.records import Records
from rowspace.errors import InputError
from rowspace.evaluate.classification import judge
from rowspace.evaluate.judged import Judged
from rowspace.evaluate.regression import judge_numbers
from rowspace.evaluate.score import Score
from rowspace.vectors.table_columns import numbers_of, texts_of, trimmed
from rowspace.vectors.tabular import Answer, Tabular

SHOWN = ("accuracy", "macro-f1", "auc", "log-loss", "ece")
"""Figures of classes that are told."""


def table_scores(model: Tabular, table: Records, *, seed: int = 0) -> list[Score]:
    """Classes: accuracy, macro-F1, the ROC's area (of two classes), log loss, calibration error.
    A number: rmse, mae, r2. Each with its interval. Rows without a target do not count.

    Raises InputError for a table without the columns, or without a row that has a target.
    """
    found = table_judged(model, table, seed=seed)
    return headlines(found) if isinstance(found, Judged) else found


def headlines(found: Judged) -> list[Score]:
    """Of its scores those that are told."""
    return [score for name in SHOWN for score in found.scores if score.name == name]


def table_judged(model: Tabular, table: Records, *, seed: int = 0) -> Judged | list[Score]:
    """All about classes, or the scores of numbers; otherwise like `table_scores`."""
    table = trimmed(table)
    truth, there = truth_of(model.answer, table)
    if not there.any():
        raise InputError(f"{table.source}: no row has a target {model.answer.target!r}")
    found = model.answers(table.take(np.flatnonzero(there)))
    if model.answer.classes is None:
        return judge_numbers(truth[there], found, seed=seed)
    names = [*model.answer.classes]
    return judge(truth[there], found, labels=names, seed=seed)


def truth_of(answer: Answer, table: Records) -> tuple[np.ndarray, np.ndarray]:
    """The target's column: numbers float64 [n], or places among the classes int64 [n], -1 for one
    the model does not know; and which rows have one, bool [n].

    Where no cell is a known class, a full stop at the end of them is left out ("<=50K.").
    """
    if answer.classes is None:
        values = numbers_of(table, answer.target, answer.missing)
        return values, ~np.isnan(values)
    place = {one: at for at, one in enumerate(answer.classes)}
    cells = texts_of(table, answer.target, answer.missing).tolist()
    if not any(one in place for one in cells):
        cells = [one.rstrip(".") if one else one for one in cells]
    there = np.array([one is not None for one in cells], bool)
    return np.array([place.get(one, -1) for one in cells], np.int64), there
