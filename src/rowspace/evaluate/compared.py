"""Two models on one list: the items that both can answer, and a test of the difference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.analogies import parts_of, scores_of
from rowspace.evaluate.analogies import tried as tried_questions
from rowspace.evaluate.categories import categories, hits, placed
from rowspace.evaluate.clusters import k_means
from rowspace.evaluate.correlation import share_interval
from rowspace.evaluate.groups import read_categories, read_groups
from rowspace.evaluate.labels import Examples, tried_labels, tried_rows
from rowspace.evaluate.lists import read_pairs, read_questions
from rowspace.evaluate.means import mean_by_group
from rowspace.evaluate.outliers import detected, outliers
from rowspace.evaluate.protocol import Protocol
from rowspace.evaluate.protocol import protocol as by_name
from rowspace.evaluate.score import Score
from rowspace.evaluate.significance import (
    MCNEMAR,
    Comparison,
    Tested,
    by_means,
    by_rhos,
    by_right,
    nothing,
)
from rowspace.evaluate.similarity import rated, similarity
from rowspace.vectors import Vectors
from rowspace.vectors.model import Model


def compare_similarity(
    a: Vectors,
    b: Vectors,
    path: str | Path,
    *,
    protocol: str | Protocol = "rowspace",
    unseen: bool | None = None,
    seed: int = 0,
) -> Comparison:
    """Spearman's rho of the pairs that both can answer. Raises InputError."""
    rules, pairs = by_name(protocol), read_pairs(path)
    ours, theirs = (rated(one, pairs, rules, unseen=unseen) for one in (a, b))
    both = ours.answered & theirs.answered
    how: dict[str, Any] = {"protocol": protocol, "unseen": unseen, "seed": seed}
    alone = similarity(a, path, **how), similarity(b, path, **how)
    tested = by_rhos(ours.cosines[both], theirs.cosines[both], pairs.human[both], seed=seed)
    return _comparison(alone, tested, both)


def compare_analogies(
    a: Vectors,
    b: Vectors,
    path: str | Path,
    *,
    seed: int = 0,
    protocol: str | Protocol = "rowspace",
    **rules: Any,
) -> list[Comparison]:
    """Accuracy, section by section and of all: of the questions that both can answer. `rules` as
    `analogies` takes them. Raises InputError."""
    listed, how = read_questions(path), by_name(protocol)
    ours, theirs = (tried_questions(one, listed, how, **rules) for one in (a, b))
    scores = [
        scores_of(Path(path).stem, listed, one, rules=how, seed=seed) for one in (ours, theirs)
    ]
    both = ours[1] & theirs[1]
    found = []
    for part, *alone in zip(parts_of(listed).values(), *scores, strict=True):
        some = both & part
        tested = by_right(ours[0, some], theirs[0, some], seed=seed)
        found.append(_comparison((alone[0], alone[1]), tested, both[part]))
    return found


def compare_outliers(
    a: Vectors,
    b: Vectors,
    path: str | Path,
    *,
    protocol: str | Protocol = "rowspace",
    unseen: bool | None = None,
    seed: int = 0,
) -> list[Comparison]:
    """Accuracy and OPP of the cases both can answer, whole groups drawn together. Each leaves out
    the words of a group that it does not know itself. Raises InputError."""
    rules, groups = by_name(protocol), read_groups(path)
    ours, theirs = (detected(one, groups, rules, unseen=unseen) for one in (a, b))
    both = ours.answered & theirs.answered
    how: dict[str, Any] = {"protocol": protocol, "unseen": unseen, "seed": seed}
    scores = [outliers(one, path, **how) for one in (a, b)]
    figures = [(ours.right, theirs.right), (ours.position, theirs.position)]
    return [
        _comparison(
            (first, second),
            by_means(x[both].astype(float), y[both].astype(float), ours.group[both], seed=seed),
            both,
        )
        for first, second, (x, y) in zip(*scores, figures, strict=True)
    ]


def compare_categories(
    a: Vectors,
    b: Vectors,
    path: str | Path,
    *,
    protocol: str | Protocol = "rowspace",
    unseen: bool | None = None,
    seed: int = 0,
) -> Comparison:
    """Purity of clusters of the words both have a vector of, clustered anew. Raises InputError."""
    rules, listed = by_name(protocol), read_categories(path)
    ours, theirs = (placed(one, listed, rules, unseen=unseen) for one in (a, b))
    both = ours.answered & theirs.answered
    category = listed.category[both]
    k = len(np.unique(category))
    how: dict[str, Any] = {"protocol": protocol, "unseen": unseen, "seed": seed}
    alone = categories(a, path, **how), categories(b, path, **how)
    if k < 2:
        return _comparison(alone, nothing(MCNEMAR), both)
    right = [hits(k_means(one.vectors[both], k, seed=seed), category) for one in (ours, theirs)]
    return _comparison(alone, by_right(right[0], right[1], seed=seed), both)


def compare_labels(
    a: Model,
    b: Model,
    found: Examples,
    *,
    text: str | None = None,
    threshold: float | None = None,
    seed: int = 0,
) -> Comparison:
    """Accuracy on the examples that both have an answer to. Raises InputError."""
    tried = [tried_labels(one, found, text=text, threshold=threshold) for one in (a, b)]
    (ours, one), (theirs, other) = tried
    both = one & other
    alone = [_accuracy(right, answered, seed) for right, answered in tried]
    return _comparison((alone[0], alone[1]), by_right(ours[both], theirs[both], seed=seed), both)


def compare_rows(a: Model, b: Model, source: Any, *, seed: int = 0) -> Comparison:
    """Accuracy, or the mean absolute error of numbers, on the rows of a table that both have an
    answer to. Raises InputError where they do not tell the same."""
    (ours, numbers), (theirs, others) = (tried_rows(one, source) for one in (a, b))
    if numbers != others or len(ours) != len(theirs):
        raise InputError("the two models do not tell the same column of the table")
    both = ~np.isnan(ours) & ~np.isnan(theirs)
    if numbers:
        alone = [_error(one, seed) for one in (ours, theirs)]
        tested = by_means(ours[both], theirs[both], seed=seed)
        return _comparison((alone[0], alone[1]), tested, both, better="lower")
    alone = [_accuracy(one == 1.0, ~np.isnan(one), seed) for one in (ours, theirs)]
    tested = by_right(ours[both] == 1.0, theirs[both] == 1.0, seed=seed)
    return _comparison((alone[0], alone[1]), tested, both)


def _accuracy(right: np.ndarray, answered: np.ndarray, seed: int) -> Score:
    n = len(right)
    low, high = share_interval(int(right.sum()), n, seed)
    return Score("accuracy", float(right.mean()), n, float(answered.mean()), low, high)


def _error(off: np.ndarray, seed: int) -> Score:
    there = ~np.isnan(off)
    score = Score("mae", 0.0, int(there.sum()), float(there.mean()), 0.0, 0.0)
    return mean_by_group(score, off[there], seed=seed)


def _comparison(
    alone: tuple[Score, Score], tested: Tested, both: np.ndarray, **more: Any
) -> Comparison:
    share = float(both.mean()) if len(both) else 0.0
    extra = {"total": len(both), **more}
    return Comparison(alone[0].name, tested, int(both.sum()), share, alone, extra)
