"""`Head`: labels and the rows that turn a vector into an answer.

Scores and their order are fastText's own, to the last rounding. Source: fastText's loss.cc. Axes:
`n` vectors, `L` labels, `D` dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.kernels.labels_reference import log, sigmoid, steps_of
from rowspace.ragged import Ragged
from rowspace.vectors import best
from rowspace.vectors.best import Answers, best_in_tree, best_of, best_one
from rowspace.vectors.huffman import huffman, require_counts
from rowspace.vectors.stored import Rows
from rowspace.vocabulary import Vocabulary, to_text

LOSSES = ("softmax", "hs", "ns", "ova")
TINY = 1e-5
"""Added to a probability before its logarithm is taken: a sure answer comes out as 1.00001."""
REACH, STEPS = 8, 512
"""The logistic function is looked up in a table of so many steps from -8 to 8."""
LARGEST = float(np.finfo(np.float32).max)
SCORES = 1 << 20
"""Scores worked out at a time."""
HELD = 1 << 26
"""Numbers of weights that are kept in memory, decoded."""
EQUAL = 2e-5
"""Margins nearer to each other than this may have the same score once it is rounded."""
# From so many texts on, the compiled product is there already.
MANY = 256


@final
@dataclass(frozen=True, eq=False)
class Head:
    """`labels` (items and how often each was seen), `weights` float32 [L, D], and the loss it was
    trained with.

    loss: "softmax", one of all labels; "hs", the same by a Huffman tree of the counts, whose inner
    nodes the first L - 1 rows are; "ova" and "ns", each label by itself. exact: probabilities as
    they are, those of softmax and hs adding up to 1; else fastText's, with `TINY` and `STEPS`.
    """

    labels: Vocabulary
    weights: Rows
    loss: str
    exact: bool = False

    def __post_init__(self) -> None:
        SettingError.unless(self.loss in LOSSES, "loss", self.loss, "one of " + ", ".join(LOSSES))
        if self.weights.ndim != 2 or len(self.weights) != len(self.labels):
            raise InputError(
                f"{len(self.labels)} labels need as many rows, not {self.weights.shape}"
            )
        if self.loss == "hs":
            require_counts(self.labels.counts)

    def require_dim(self, dim: int) -> None:
        """Raises InputError unless the labels go with vectors of `dim` numbers."""
        if self.weights.shape[1] != dim:
            own = self.weights.shape[1]
            raise InputError(f"labels of {own} numbers do not go with vectors of {dim}")

    def __repr__(self) -> str:
        return f"Head({len(self.labels)} labels, {self.loss})"

    @cached_property
    def names(self) -> list[str]:
        """The labels as text."""
        return [to_text(label) for label in self.labels.items.tokens()]

    @cached_property
    def tree(self) -> np.ndarray:
        """`huffman` of the counts."""
        return huffman(self.labels.counts)

    def scores(self, hidden: np.ndarray) -> np.ndarray:
        """The probability of each label for vectors float32 [n, D], float32 [n, L]."""
        found = self.top(hidden, k=-1)
        out = np.zeros((len(hidden), len(self.labels)), np.float32)
        out[np.repeat(np.arange(len(hidden)), found.lengths), found.ids] = found.weights
        return out

    def top(self, hidden: np.ndarray, k: int = 1, threshold: float = 0.0) -> Ragged:
        """The k best labels (-1: all) of each vector float32 [n, D], best first.

        A bag a vector: `ids` are the labels', `weights` their probabilities, none of which is below
        `threshold`. Raises InputError at a vector whose scores are not numbers.
        """
        whole = isinstance(k, (int, np.integer)) and not isinstance(k, bool)
        SettingError.unless(whole and (k >= 1 or k == -1), "k", k, "at least 1, or -1 for all")
        SettingError.unless(threshold == threshold, "threshold", threshold, "a number")
        most = len(self.labels) if k == -1 else min(int(k), len(self.labels))
        step = max(1, SCORES // max(1, len(self.labels)))
        starts = range(0, len(hidden) if most else 0, step)
        least = np.float32(threshold)
        parts = [self._top(hidden[at : at + step], most, least) for at in starts]
        offsets = np.zeros(len(hidden) + 1, np.int64)
        if parts:
            np.cumsum(np.concatenate([part.sizes for part in parts]), out=offsets[1:])
        labels = np.concatenate([np.zeros(0, np.int32), *(part.labels for part in parts)])
        scores = np.concatenate([np.zeros(0, np.float32), *(part.scores for part in parts)])
        return Ragged(labels, offsets, np.exp(scores))

    def _top(self, hidden: np.ndarray, k: int, threshold: np.float32) -> Answers:
        if self.loss == "hs":
            return self._top_in_tree(hidden, k, threshold)
        margins = self._margins(hidden)
        if self.loss == "softmax" and k == 1:
            return self._likeliest(margins, threshold)
        p = _softmax(margins) if self.loss == "softmax" else self._logistic(margins)
        return best_of(self._log(p), p >= threshold, k)

    def _likeliest(self, margins: np.ndarray, threshold: np.float32) -> Answers:
        """The best of each text by softmax: all is worked out for those alone that have rivals."""
        labels = margins.argmax(axis=1).astype(np.int32)
        below = margins - margins[np.arange(len(margins)), labels][:, None]
        rivals = np.flatnonzero(np.count_nonzero(below >= -EQUAL, axis=1) > 1)
        p = 1 / np.exp(below, out=below).sum(axis=1)
        scores, kept = self._log(p), p >= threshold
        if len(rivals):
            every = _softmax(margins[rivals])
            labels[rivals], scores[rivals], kept[rivals] = best_one(
                self._log(every), every >= threshold
            )
        return Answers(scores[kept], labels[kept], kept.astype(np.int64))

    def _top_in_tree(self, hidden: np.ndarray, k: int, threshold: np.float32) -> Answers:
        lowest = 0.0 if self.exact else -TINY
        least = float(self._log(np.array([threshold]))[0]) if threshold > lowest else -np.inf
        if len(hidden) * len(self.labels) >= best.MANY and isinstance(self._held, np.ndarray):
            from rowspace.kernels.cpu_labels import Walk

            walk = Walk(self.tree, self._held, self._tiny, self.exact)
            found = best.best_on_the_way(walk, hidden, k, least)
            if found is not None:
                return found
        margins = self._margins(hidden)[:, : len(self.labels) - 1]
        return best_in_tree(self.tree, steps_of(margins, self._tiny, self.exact), k, least)

    @property
    def _tiny(self) -> float:
        return float(np.finfo(np.float64).tiny) if self.exact else TINY

    def _log(self, p: np.ndarray) -> np.ndarray:
        return log(p, self._tiny)

    def _logistic(self, margins: np.ndarray) -> np.ndarray:
        return sigmoid(margins) if self.exact else _looked_up(margins)

    @cached_property
    def _held(self) -> Rows:
        """The weights as numbers in memory, unless they are very many."""
        if self.weights.size > HELD:
            return self.weights
        return np.ascontiguousarray(self.weights[:], np.float32)

    def _margins(self, hidden: np.ndarray) -> np.ndarray:
        """hidden · weightsᵀ, float32 [n, L]; a block of weights at a time. Raises InputError where
        one is not a number."""
        out = np.empty((len(hidden), len(self.weights)), np.float32)
        step = max(1, SCORES // self.weights.shape[1])
        with np.errstate(invalid="ignore", over="ignore"):
            for at in range(0, len(self.weights), step):
                weights = self._held[at : at + step]
                some = out[:, at : at + step]
                if len(hidden) >= MANY and weights.dtype == np.float32:
                    from rowspace.kernels import cpu_labels

                    cpu_labels.margins(hidden, weights, some)
                else:
                    np.matmul(hidden, weights.T, out=some)
                if not np.isfinite(some).all():
                    wide = np.clip(hidden, -LARGEST, LARGEST).astype(np.float64)
                    some[:] = np.clip(wide @ weights.T.astype(np.float64), -LARGEST, LARGEST)
                    if np.isnan(some).any():
                        raise InputError(
                            "the labels' scores are not numbers, for the model's rows are not "
                            "finite",
                            hint="`rowspace info --verify` says which row",
                        )
        return out


def _softmax(margins: np.ndarray) -> np.ndarray:
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _looked_up(margins: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x) of the step of the table that x falls into; 0 and 1 beyond its ends."""
    places = np.arange(STEPS + 1) * (2 * REACH / STEPS) - REACH
    table = (1 / (1 + np.exp(-places.astype(np.float32)).astype(np.float64))).astype(np.float32)
    at = np.clip((margins + np.float32(REACH)) * np.float32(STEPS) / REACH / 2, 0, STEPS)
    found = table[at.astype(np.int64)]
    return np.where(margins < -REACH, np.float32(0), np.where(margins > REACH, 1, found)).astype(
        np.float32
    )
