"""What a task on a table comes to without learned vectors: three baselines, fitted and scored.

The labels' rates or the mean; one-hot categories and standardised numbers with logistic or ridge
regression; fixed random vectors of the levels with the same. Axes: `n` rows, `L` labels, `F`
features, `D` dimensions.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.baselines import Baseline
from rowspace.evaluate.classification import judge
from rowspace.evaluate.design import Dense, Design, Sparse
from rowspace.evaluate.logistic import LogisticRegression
from rowspace.evaluate.one_hot import Columns, OneHot, learn_one_hot
from rowspace.evaluate.regression import judge_numbers
from rowspace.evaluate.ridge import Ridge
from rowspace.evaluate.score import Score
from rowspace.evaluate.searched import drawn, search_logistic, search_ridge
from rowspace.ragged import Ragged

MOST_ROWS = 100_000
"""Of more training rows so many are drawn."""
MOST_WEIGHTS = 1 << 23
"""Levels times labels, and levels times dimensions: beyond it the rarest levels are left out."""
BLOCK = 1 << 15
"""Test rows answered at a time."""


@final
@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of a table by name and what is to be told from them: ids int [n], or numbers."""

    columns: Columns
    truth: np.ndarray

    def take(self, at: np.ndarray) -> Rows:
        """Some of the rows."""
        return Rows({name: c[at] for name, c in self.columns.items()}, self.truth[at])


def table_baselines(
    train: Rows,
    test: Rows,
    *,
    labels: Sequence[str] | None,
    valid: Rows | None = None,
    dims: Mapping[str, int] | int = 16,
    seed: int = 0,
    max_seconds: float = 60.0,
) -> list[Baseline]:
    """Fit each baseline on `train`, choose C from 0.1, 1, 10, 100 on `valid`, score it on `test`.

    Object columns are categories (str, None for missing, lists of str), others numbers (NaN:
    missing). `labels`: the classes' names; None: the truth is float [n], told by ridge regression.
    `dims`: of the fixed vectors, one or one a column, the model's own. Without `valid` a random
    tenth of `train` chooses. At most 100,000 rows are learned from, drawn by the seed. Raises
    InputError for columns that are not there, no rows, a truth that is not finite.
    """
    if not len(train.truth) or not train.columns:
        raise InputError("there is nothing to learn from: no rows, or no columns")
    answer = train.truth.astype(np.float64 if labels is None else np.int64)
    if labels is None and not np.isfinite(answer).all():
        raise InputError("a number to learn is not finite", hint="leave such rows out")
    own, rest = drawn(len(answer), MOST_ROWS, valid is None, seed)
    task = _Task(labels, seed)
    learn, choose = train.take(own), train.take(rest) if valid is None else valid
    outputs = 1 if labels is None else len(labels)
    wide = max(outputs, dims * len(train.columns) if isinstance(dims, int) else sum(dims.values()))
    encoder = learn_one_hot(learn.columns, max(1, MOST_WEIGHTS // wide))
    found = [task.constant(answer, test)]
    bags = [encoder.features(one.columns) for one in (learn, choose, test)]
    for make in (_one_hot, _fixed):
        began = time.monotonic()
        name, way, about, numbers = make(encoder, bags[2], dims, seed)
        made, c = task.search([way(one) for one in bags[:2]], learn, choose, max_seconds / 2)
        seconds = time.monotonic() - began
        scores = task.scores(made, bags[2], way, test)
        weights = made.linear.weights.size + made.linear.bias.size
        about |= {"c": c, "cases": len(own), "converged": made.linear.converged}
        found.append(Baseline(name, scores, 4 * (numbers + weights), seconds, about))
    return found


@final
@dataclass(frozen=True, slots=True)
class _Task:
    """Classes or a number."""

    labels: Sequence[str] | None
    seed: int

    def judge(self, truth: np.ndarray, answers: np.ndarray) -> Sequence[Score]:
        if self.labels is None:
            return judge_numbers(truth, answers, seed=self.seed)
        return judge(truth, answers, labels=self.labels, seed=self.seed).scores

    def constant(self, answer: np.ndarray, test: Rows) -> Baseline:
        began = time.monotonic()
        if self.labels is None:
            told, name, size = np.full(len(test.truth), answer.mean()), "mean", 1
        else:
            rates = np.bincount(answer, minlength=len(self.labels)) / len(answer)
            told, name, size = np.tile(rates, (len(test.truth), 1)), "majority", len(rates)
        return Baseline(name, self.judge(test.truth, told), 4 * size, time.monotonic() - began)

    def search(
        self, x: list[Design], learn: Rows, choose: Rows, seconds: float
    ) -> tuple[LogisticRegression | Ridge, float]:
        if self.labels is None:
            truth = choose.truth.astype(np.float64)
            return search_ridge(x[0], learn.truth, x[1], truth, max_seconds=seconds)
        return search_logistic(
            x[0], learn.truth, x[1], choose.truth, labels=len(self.labels), max_seconds=seconds
        )

    def scores(
        self, made: LogisticRegression | Ridge, bags: Ragged, way: Any, test: Rows
    ) -> Sequence[Score]:
        tell = made.predict if isinstance(made, Ridge) else made.probabilities
        starts = range(0, len(bags), BLOCK)
        parts = [tell(way(_some(bags, at, min(at + BLOCK, len(bags))))) for at in starts]
        return self.judge(test.truth, np.concatenate(parts))


def _some(bags: Ragged, first: int, last: int) -> Ragged:
    a, b = int(bags.offsets[first]), int(bags.offsets[last])
    weights = None if bags.weights is None else bags.weights[a:b]
    return Ragged(bags.ids[a:b], bags.offsets[first : last + 1] - a, weights)


Made = tuple[str, Any, dict[str, Any], int]


def _one_hot(encoder: OneHot, bags: Ragged, dims: Any, seed: int) -> Made:
    """Name, what makes a design of features, what to tell, and the numbers it needs besides."""
    width = encoder.width
    stored = round(8 * float(bags.lengths.mean()))
    about = {"features": width, "case_bytes": {"dense": 4 * width, "stored": stored}}
    return "one-hot", lambda one: Sparse(one, width), about, 0


def _fixed(encoder: OneHot, bags: Ragged, dims: Any, seed: int) -> Made:
    turn, own = encoder.vectors(dims, seed)
    size = turn.shape[1]
    about = {"features": size, "case_bytes": {"dense": 4 * size, "stored": 4 * size}}
    width = encoder.width
    return "random vectors", lambda one: Dense(Sparse(one, width).times(turn)), about, own
