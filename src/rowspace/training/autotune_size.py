"""A model of at most so many bytes: which runs, n-grams and words get rows.

Measured, not guessed: the file that a vocabulary makes is worked out to the byte.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from rowspace.compressing.plan import largest
from rowspace.errors import SettingError
from rowspace.files.sizes import bytes_of
from rowspace.objectives.labels import Labels
from rowspace.training.classify_tables import vocabulary_of
from rowspace.training.labelled import Labelled
from rowspace.vectors import Head, Model, Vectors
from rowspace.vocabulary import Vocabulary
from rowspace.vocabulary.features import Features

RECORD = 12_000
"""Bytes left free for settings and scores; ..."""
SPARE, MOST_SPARE = 0.2, 100_000
"""... and for the trials: a share of the size, and at most so many bytes."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """limit: bytes; labels: the model's; wide: how many numbers a row of a candidate has at the end
    (its objective's, where a model is not made smaller)."""

    limit: int
    labels: Vocabulary
    wide: Callable[[Labels], int]

    def fitted(self, objective: Labels, train: Labelled) -> Labels:
        """The objective with max_grams, and min_count if need be, such that the model of these
        texts is small enough. Raises SettingError where even one without words is not."""
        whole, width = vocabulary_of(train, objective), self.wide(objective)
        limit = self.limit - RECORD - min(int(SPARE * self.limit), MOST_SPARE)
        if self._bytes(whole, width) <= limit:
            return objective
        most = min(objective.max_grams, _most(whole))
        if self._bytes(trimmed(whole, grams=0), width) <= limit:
            found = largest(
                most, lambda grams: self._bytes(trimmed(whole, grams=grams), width) <= limit
            )
            return replace(objective, max_grams=found)
        counts = np.unique(whole.counts)
        least = self._bytes(trimmed(whole, grams=0, count=int(counts[-1]) + 1), width)
        if least > limit:
            raise SettingError(
                f"model_size must be more than {self.limit:,} bytes: without a word the model and "
                f"its record take {least + self.limit - limit:,}",
                hint="give a larger model_size",
            )
        place = largest(
            len(counts),
            lambda at: self._bytes(
                trimmed(whole, grams=0, count=_rarest(counts, len(counts) - at)), width
            ) <= limit,
        )  # fmt: skip
        rarest = _rarest(counts, len(counts) - place)
        return replace(objective, max_grams=0, min_count=max(objective.min_count, rarest))

    def _bytes(self, vocabulary: Vocabulary, width: int) -> int:
        rows = np.zeros((vocabulary.n_rows, width), np.float32)
        weights = np.zeros((len(self.labels), width), np.float32)
        head = Head(self.labels, weights, "softmax", exact=True)
        return bytes_of(Model(Vectors(vocabulary, rows), head=head))


def trimmed(vocabulary: Vocabulary, *, grams: int, count: int = 0) -> Vocabulary:
    """The vocabulary with at most so many runs and n-grams, without words rarer than `count`."""
    features = vocabulary.unseen
    if not isinstance(features, Features):
        raise TypeError(f"a vocabulary of features was wanted, not of {features!r}")
    fewer = replace(features, runs=features.runs[:grams], grams=features.grams[:grams])
    pairs = zip(vocabulary.items.tokens(), vocabulary.counts.tolist(), strict=True)
    return Vocabulary.from_counts([pair for pair in pairs if pair[1] >= count], unseen=fewer)


def _most(vocabulary: Vocabulary) -> int:
    features = vocabulary.unseen
    if not isinstance(features, Features):
        return 0
    return max(len(features.runs), len(features.grams))


def _rarest(counts: np.ndarray, place: int) -> int:
    """The count from which on words are kept, those of the first `place` counts left out."""
    return int(counts[place]) if place < len(counts) else int(counts[-1]) + 1
