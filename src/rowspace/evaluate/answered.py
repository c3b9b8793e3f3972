"""`Answered`: the probabilities a model gave, whole or the best few of each case.

Axes: `n` cases, `L` labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.truth import in_order
from rowspace.ragged import Ragged, spread

LARGEST = 1.001
"""fastText adds 1e-5 before it takes a logarithm: a sure answer comes out as 1.00001."""


@final
@dataclass(frozen=True, slots=True)
class Answered:
    """Either `matrix` float [n, L], or `bags`: labels with their probabilities, best first.

    A case without an answer has an empty bag. `whole`: every answer names every label.
    """

    labels: int
    matrix: np.ndarray | None
    bags: Ragged | None

    def __len__(self) -> int:
        return len(self.matrix) if self.matrix is not None else len(self._bags)

    @property
    def _bags(self) -> Ragged:
        assert self.bags is not None  # noqa: S101 - one of the two is there
        return self.bags

    @property
    def whole(self) -> bool:
        """Whether the probability of each label is known wherever there is an answer."""
        if self.matrix is not None:
            return True
        return bool(np.isin(self._bags.lengths, (0, self.labels)).all())

    @property
    def answered(self) -> np.ndarray:
        """Which cases have an answer, bool [n]."""
        return np.ones(len(self), bool) if self.bags is None else self.bags.lengths > 0

    def best(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k best labels int64 [n, k], -1 where there is none, and their probabilities.

        Of equal probabilities the lower label, or whichever the model named first.
        """
        if self.matrix is None:
            bags = self._bags
            width = min(k, int(bags.lengths.max(initial=0)))
            weights = np.ones(len(bags.ids)) if bags.weights is None else bags.weights
            labels = spread(
                bags.ids.astype(np.int64), bags.lengths, width, fill=-1, side="post", cut="post"
            )
            return labels, spread(weights, bags.lengths, width, fill=0, side="post", cut="post")
        if k == 1:
            labels = self.matrix.argmax(axis=1)[:, None]
        else:
            labels = np.argsort(-self.matrix, axis=1, kind="stable")[:, :k]
        return labels, np.take_along_axis(self.matrix, labels, axis=1)

    def of(self, cases: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """The probability of each label for the case beside it, float64; 0 where none is given."""
        known = labels < self.labels
        if self.matrix is not None:
            found = self.matrix[cases, np.where(known, labels, 0)].astype(np.float64)
            return np.where(known, found, 0.0)
        at, p = self.pairs()[:2]
        keys = at * self.labels + self._bags.ids
        order = np.argsort(keys, kind="stable")
        place = in_order(keys[order], cases * self.labels + np.where(known, labels, 0))
        found = p[order[place]].astype(np.float64) if len(order) else np.zeros(len(cases))
        return np.where(known & (place >= 0), found, 0.0)

    def pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Case, probability and label of everything answered; flat."""
        if self.matrix is not None:
            n, labels = self.matrix.shape
            ids = np.tile(np.arange(labels), n)
            return np.repeat(np.arange(n), labels), self.matrix.ravel(), ids
        bags = self._bags
        weights = np.ones(len(bags.ids)) if bags.weights is None else bags.weights
        return np.repeat(np.arange(len(bags)), bags.lengths), weights, bags.ids.astype(np.int64)

    def above(self, threshold: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cases and labels whose probability is `threshold` (one, or one a label) or more."""
        least = np.broadcast_to(np.asarray(threshold, np.float64), (self.labels,))
        if self.matrix is not None:
            cases, labels = np.nonzero(self.matrix >= least)
            return cases, labels
        cases, p, labels = self.pairs()
        kept = p >= least[labels]
        return cases[kept], labels[kept]


def answered_of(given: Any, labels: int | None = None) -> Answered:
    """`given`: probabilities float [n, L], or [n] of the second of two labels, or a Ragged of the
    best labels (`labels` says how many there are in all). Raises InputError.
    """
    if isinstance(given, Answered):
        return given
    if isinstance(given, Ragged):
        most = int(given.ids.max(initial=-1)) + 1
        if labels is not None and most > labels:
            raise InputError(f"an answer is label {most - 1}, of {labels} labels")
        weights = np.ones(len(given.ids)) if given.weights is None else given.weights
        _require(weights)
        cases = np.repeat(np.arange(len(given)), given.lengths)
        order = np.lexsort((-weights, cases))
        bags = Ragged(given.ids[order], given.offsets, weights[order].astype(np.float32))
        return Answered(max(1, most) if labels is None else labels, None, bags)
    matrix = np.asarray(given)
    if matrix.dtype.kind in "iub":
        matrix = matrix.astype(np.float64)
    if matrix.ndim == 1 and matrix.dtype.kind == "f":
        matrix = np.stack([1 - matrix, matrix], axis=1)
    if matrix.ndim != 2 or matrix.dtype.kind != "f" or not matrix.shape[1]:
        raise InputError(
            f"probabilities are numbers [n, L] with at least one label, not {matrix.dtype} "
            f"{matrix.shape}"
        )
    _require(matrix)
    return Answered(matrix.shape[1], matrix, None)


def _require(p: np.ndarray) -> None:
    """Raises InputError at the first that is no probability."""
    wrong = ~((p >= 0) & (p <= LARGEST))
    if wrong.any():
        at = np.unravel_index(int(wrong.argmax()), p.shape)
        place = int(at[0]) if len(at) == 1 else tuple(map(int, at))
        raise InputError(
            f"a probability is from 0 to 1, not {p[at]} at {place}",
            hint="give probabilities, not scores: softmax or the logistic function makes them",
        )
