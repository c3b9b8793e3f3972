"""A model that answers with labels, or for a table, judged on examples whose answers are known.

Axes: `n` examples, `L` labels the model knows.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.corpus.label_lines import PREFIX, label_lines, looks_labelled
from rowspace.corpus.records import Records, records
from rowspace.corpus.sources import STDIN, TABULAR, bare_suffix
from rowspace.errors import InputError
from rowspace.evaluate.answered import Answered, answered_of
from rowspace.evaluate.classification import chosen, judge
from rowspace.evaluate.judged import Judged
from rowspace.evaluate.regression import judge_numbers
from rowspace.evaluate.score import Score
from rowspace.evaluate.truth import truth_of
from rowspace.ragged import Ragged
from rowspace.vectors.model import Model
from rowspace.vectors.predict import answers
from rowspace.vectors.questions import asked, head_of, text_settings
from rowspace.vectors.tabular import Tabular
from rowspace.vocabulary import to_text

WHOLE = 1 << 24
"""Examples times labels up to which the probability of every label is asked for."""
DEEP = 10
"""Of how many labels beyond that, at least."""


@final
@dataclass(frozen=True, slots=True)
class Examples:
    """`data`: texts, or a table with the columns the model reads; `labels`: those of each example,
    at least one; `dropped`: how many had none and were left out."""

    data: Any
    labels: Sequence[Sequence[str]]
    dropped: int


def examples(
    model: Model,
    source: Any,
    *,
    label: str | None = None,
    separator: str | None = None,
    table: bool = False,
) -> Examples:
    """From fastText's labelled lines, or from a table's column `label` (the training's own, else
    "label"), a cell one label, or several with `separator` between.

    A path is read as labelled lines unless it is a CSV, TSV, JSONL or parquet file, or `table`, or
    a column is named. Raises InputError where no example has a label.
    """
    settings = text_settings(model)
    prefix = settings.get("prefix") or PREFIX
    if isinstance(source, (str, os.PathLike)) and not (label or table):
        path = os.fspath(source)
        if path == STDIN or bare_suffix(path) not in TABULAR or looks_labelled(path, prefix=prefix):
            texts, found = label_lines(path, prefix=prefix)
            kept = [at for at, one in enumerate(found) if one]
            named = [[to_text(one) for one in found[at]] for at in kept]
            return Examples([texts[at] for at in kept], named, len(texts) - len(kept))
    rows = records(source)
    lists = rows.lists(label or settings.get("label") or "label", separator or _separator(settings))
    there = np.array([bool(one) for one in lists])
    if not there.any():
        raise InputError(f"{rows.source}: no row has a label", hint="name their column: label=")
    return Examples(rows.take(there), [one for one in lists if one], int((~there).sum()))


def judge_labels(
    model: Model,
    found: Examples,
    *,
    text: str | None = None,
    k: int | Sequence[int] = 1,
    threshold: float | None = None,
    seed: int = 0,
) -> Judged:
    """Judge a model with labels on examples; `text` is the texts' column in a table.

    Answers are `Model.predict`'s. Labels are named without `__label__`; those the model does not
    know are misses, told in `unseen`. Log loss and the like are there as long as n · L is at most
    2^24. Raises InputError for a model without labels.
    """
    deepest = k if isinstance(k, int) else max(k)
    truth, answered, names = _asked(model, found, text, deepest)
    return judge(truth, answered, labels=names, k=k, threshold=threshold, seed=seed)


def tried_labels(
    model: Model, found: Examples, *, text: str | None = None, threshold: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Which examples the model's answer is right of, all their labels and no other, and of which
    it has an answer: bool [n] each."""
    truth, answered, names = _asked(model, found, text, DEEP)
    whole = truth_of(truth, answered.labels, len(names))
    cases, given = chosen(whole, answered, threshold)
    n = len(whole)
    hits = np.bincount(cases[whole.has(cases, given)], minlength=n)
    given_n = np.bincount(cases, minlength=n)
    return (hits == whole.bags.lengths) & (given_n == hits), answered.answered


def tried_rows(model: Model, source: Any) -> tuple[np.ndarray, bool]:
    """What a model of `train table` makes of rows whose target is known: right (1 or 0), or how
    far off its number is, float64 [n], NaN without an answer; and whether it is numbers."""
    made = Tabular.of(model)
    rows = records(source)
    if made.answer.classes is None:
        numbers = rows.numbers(made.answer.target)
        there = ~np.isnan(numbers)
        return np.abs(made.answers(rows.take(there)) - numbers[there]), True
    truth, kept, _ = _classes(made, rows)
    whole = truth_of(truth, len(made.answer.classes))
    answered = answered_of(made.answers(rows.take(kept)), len(made.answer.classes))
    cases, given = chosen(whole, answered, None)
    right = np.zeros(len(whole))
    right[cases[whole.has(cases, given)]] = 1.0
    right[~answered.answered] = np.nan
    return right, False


def _asked(
    model: Model, found: Examples, text: str | None, deepest: int
) -> tuple[Any, Answered, list[str]]:
    """The true labels' numbers (one a case: int64 [n]), the model's answers, the labels' names."""
    head = head_of(model)
    prefix = text_settings(model).get("prefix") or PREFIX
    names = [name.removeprefix(prefix) for name in head.names]
    place = {name: at for at, name in enumerate(names)}
    truth = [[place.setdefault(one, len(place)) for one in some] for some in found.labels]
    few = len(truth) * len(names) > WHOLE
    depth = min(max(deepest, DEEP), len(names)) if few else -1
    answered = _answers(model, *asked(model, found.data, text), depth)
    single = all(len(one) == 1 for one in truth)
    return np.array(truth, np.int64)[:, 0] if single else truth, answered, list(place)


def _answers(model: Model, texts: Any, cells: np.ndarray | None, depth: int) -> Answered:
    """The probabilities of the `depth` best labels of each text (-1: all)."""
    head = head_of(model)
    how: dict[str, Any] = {"cutting": model.config.get("cutting"), "cells": cells}
    # A threshold below every probability: at 0 a tree of labels leaves out what is near it.
    blocks: list[Ragged] = list(answers(model.vectors, head, texts, depth, -1.0, **how))
    sizes = [np.zeros(1, np.int64), *(block.lengths for block in blocks)]
    ids = np.concatenate([np.zeros(0, np.int64), *(block.ids for block in blocks)])
    weights = [np.zeros(0) if block.weights is None else block.weights for block in blocks]
    found = Ragged(ids.astype(np.int64), np.cumsum(np.concatenate(sizes)), np.concatenate(weights))
    return answered_of(found, len(head.names))


def judge_table(
    model: Model, source: Any, *, k: int | Sequence[int] = 1, seed: int = 0
) -> Judged | list[Score]:
    """Judge a model of `train table` on rows whose target is known: classes, or numbers.

    `source`: what `corpus.records` takes, with the columns of the training. Rows without a target
    do not count. Raises InputError.
    """
    made = Tabular.of(model)
    rows = records(source)
    if made.answer.classes is None:
        numbers = rows.numbers(made.answer.target)
        return judge_numbers(numbers, made.answers(rows), seed=seed)
    truth, there, names = _classes(made, rows)
    return judge(truth, made.answers(rows.take(there)), labels=names, k=k, seed=seed)


def _classes(made: Tabular, rows: Records) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """The true classes of the rows that have one, which rows these are, and the names."""
    target = made.answer.target
    cells = rows.strings(target)
    missing = made.answer.missing
    there = np.array([one is not None and one.strip().lower() not in missing for one in cells])
    if not there.any():
        raise InputError(f"{rows.source}: no row has a value of {target!r}")
    place = {name: at for at, name in enumerate(made.answer.classes or ())}
    truth = np.array([place.setdefault(one, len(place)) for one in cells[there]])
    return truth, there, list(place)


def _separator(settings: Any) -> str | None:
    found = settings.get("separator")
    return found if isinstance(found, str) else None
