"""The runs and n-grams of a model with labels, from the one that sways its answers most on.

A row e adds e · wᵢ to the score of label i; what is added to all alike changes nothing. So a row
sways by |W e - mean(W e)|. Axes: `V` items, `L` labels, `n` rows of runs and n-grams.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np

from rowspace.compressing.buckets import NGrams
from rowspace.vectors import Head, Vectors
from rowspace.vectors.cosine import row_blocks
from rowspace.vectors.derived import SomeRows
from rowspace.vocabulary import Unseen
from rowspace.vocabulary.features import Features
from rowspace.vocabulary.grams import Grams


@final
@dataclass(frozen=True, slots=True, eq=False)
class Swaying(NGrams):
    """`places` int64 [n]: the rows after the items' own, the one that sways most first."""

    vectors: Vectors
    places: np.ndarray

    @classmethod
    def of(cls, vectors: Vectors, head: Head) -> Swaying | None:
        """None where the rows of n-grams cannot be told apart."""
        if not isinstance(vectors.vocabulary.unseen, (Features, Grams)):
            return None
        size, rows = len(vectors), vectors.rows
        weights = np.asarray(head.weights, np.float32)
        sways = np.empty(len(rows) - size, np.float32)
        blocks = row_blocks(np.empty((len(sways), 0)), (1 << 22) // max(1, len(weights)))
        for start in blocks:
            stop = min(len(sways), start + blocks.step)
            scores = np.asarray(rows[size + start : size + stop], np.float32) @ weights.T
            scores -= scores.mean(axis=1, keepdims=True)
            sways[start:stop] = np.sqrt(np.einsum("nl,nl->n", scores, scores))
        return cls(vectors, np.argsort(-sways, kind="stable"))

    def __len__(self) -> int:
        return len(self.places)

    def policy(self, n: int) -> Unseen:
        unseen, kept = self.vectors.vocabulary.unseen, np.sort(self.places[:n])
        if isinstance(unseen, Features):
            runs = kept[kept < len(unseen.runs)]
            grams = kept[len(runs) :] - len(unseen.runs)
            return replace(unseen, runs=unseen.runs[runs], grams=unseen.grams[grams])
        if not isinstance(unseen, Grams):
            raise TypeError(f"n-grams were wanted, not {unseen!r}")
        buckets = kept
        if unseen.kept is not None:
            listed, rows = unseen.table
            buckets = listed[np.argsort(rows)][kept]
        pairs = np.stack([buckets, np.arange(len(kept))], axis=1)
        return replace(unseen, kept=pairs.astype(np.int32))

    def kept(self, n: int) -> Vectors:
        size = len(self.vectors)
        ids = np.concatenate([np.arange(size), size + np.sort(self.places[:n])])
        vocabulary = replace(self.vectors.vocabulary, unseen=self.policy(n))
        return Vectors(vocabulary, SomeRows(self.vectors.rows, ids)[:])
