"""`Judged`: how good answers with labels are, in all and label by label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.score import Score

WIDEST = 4096
"""Labels beyond which a square table of confusions is not made."""


@final
@dataclass(frozen=True, slots=True)
class LabelScores:
    """One label: how many cases have it, how many were given it, and the three figures."""

    label: str
    cases: int
    answers: int
    precision: Score
    recall: Score
    f1: Score


@final
@dataclass(frozen=True, slots=True)
class Judged:
    """What `judge` found.

    scores   the figures of the whole, `Score`s by name: accuracy, p@1, macro-f1, …
    labels   those of each label that occurs, in the labels' order
    names    every label there is, by its number
    unseen   labels of the test that training never saw, and how many cases have each: all misses
    pairs    int64 [C, 3]: true label, answered label (-1: no answer), cases; empty where a case
             may have several labels
    """

    scores: tuple[Score, ...]
    labels: tuple[LabelScores, ...]
    names: tuple[str, ...]
    unseen: Mapping[str, int] = field(default_factory=dict)
    pairs: np.ndarray = field(default_factory=lambda: np.zeros((0, 3), np.int64))

    def __getitem__(self, name: str) -> Score:
        """The score of that name, `f1/LABEL` among them. Raises InputError naming those there."""
        for score in self.scores:
            if score.name == name:
                return score
        for row in self.labels:
            for score in (row.precision, row.recall, row.f1):
                if score.name == name:
                    return score
        there = ", ".join(score.name for score in self.scores)
        raise InputError(f"there is no score {name!r:.60}; there are {there}")

    @property
    def confusion(self) -> np.ndarray:
        """int64 [L, L]: cases of label i answered with label j. Those without an answer are in no
        column. Raises InputError where cases have several labels, or labels are too many."""
        size = len(self.names)
        if not len(self.pairs):
            raise InputError("cases with several labels have no table of confusions")
        if size > WIDEST:
            raise InputError(f"a table of {size} × {size} labels is too large", hint="see .pairs")
        out = np.zeros((size, size), np.int64)
        true, given, cases = self.pairs[self.pairs[:, 1] >= 0].T
        out[true, given] = cases
        return out

    def confused(self, most: int = 10) -> list[tuple[str, str, int]]:
        """The most frequent mistakes: true label, answer ("" for none), cases."""
        wrong = self.pairs[self.pairs[:, 0] != self.pairs[:, 1]]
        order = np.argsort(-wrong[:, 2], kind="stable")[:most]
        rows = wrong[order].tolist()
        return [(self.names[t], self.names[a] if a >= 0 else "", n) for t, a, n in rows]

    def table(self) -> list[dict[str, Any]]:
        """A row a label, as data: label, cases, answers, precision, recall, f1 and their ends."""
        return [
            {"label": row.label, "cases": row.cases, "answers": row.answers}
            | {
                name: {"value": score.value, "low": score.low, "high": score.high}
                for name, score in (("precision", row.precision), ("recall", row.recall))
            }
            | {"f1": {"value": row.f1.value, "low": row.f1.low, "high": row.f1.high}}
            for row in self.labels
        ]
