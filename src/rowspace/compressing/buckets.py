"""A model with subwords as vectors of its own for each item, and the n-grams that matter most.

The vector of a known item is the mean of its own row and those of its n-grams: it is worked out
once and kept as one row, so that it depends on no bucket. Buckets that no known item uses were
never trained; of the others those stay that move the vectors of unseen items most. Axes: `V` known
items, `R` rows, `n` rows of buckets.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors import Vectors
from rowspace.vectors.cosine import row_blocks
from rowspace.vectors.derived import SomeRows
from rowspace.vectors.joined import joined
from rowspace.vectors.stored import Rows
from rowspace.vocabulary import Subwords, Unseen, Vocabulary
from rowspace.vocabulary.grams import Grams
from rowspace.vocabulary.kept_grams import KeptGrams


def has_buckets(vectors: Vectors) -> bool:
    """Whether its n-grams can be chosen among."""
    unseen = vectors.vocabulary.unseen
    if isinstance(unseen, Grams):
        return unseen.words == 1 and not unseen.end and unseen.minn > 0 and unseen.maxn > 0
    if isinstance(unseen, Subwords):
        return unseen.minn > 0 and unseen.maxn > 0
    return isinstance(unseen, KeptGrams)


class NGrams(ABC):
    """Rows that n-grams have, the one that matters most first."""

    __slots__ = ()

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def policy(self, n: int) -> Unseen:
        """The policy that keeps the first n."""

    @abstractmethod
    def kept(self, n: int) -> Vectors:
        """The vectors with the first n."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Buckets(NGrams):
    """`buckets` int64 [n] of the policy `unseen` and the `rows` of the table that are theirs, both
    from the one that matters most on; `own` the vectors of the V items."""

    vocabulary: Vocabulary
    own: Rows
    table: Rows
    buckets: np.ndarray
    rows: np.ndarray

    @classmethod
    def of(cls, vectors: Vectors) -> Buckets:
        """Raises InputError for a policy without buckets to choose among."""
        vocabulary, size = vectors.vocabulary, len(vectors)
        unseen = vocabulary.unseen
        if not has_buckets(vectors):
            raise InputError(
                f"there are no n-grams to choose among: unseen items are answered by {unseen!r}",
                hint="leave ngrams out",
            )
        places = np.arange(len(vectors.rows) - size)
        uses = np.ones(len(places), np.int64)
        if not isinstance(unseen, KeptGrams):
            ids = vocabulary.bags().ids
            uses = np.bincount(ids[ids >= size].astype(np.int64) - size, minlength=len(places))
            places = places[uses > 0]
        order = np.argsort(-_moved(vectors, places, uses[places]), kind="stable")
        places = places[order]
        rows = places + size
        own = vectors.rows[:size] if unseen.own_rows else vectors.matrix
        return cls(vocabulary, own, vectors.rows, _buckets_of(vocabulary, places), rows)

    def __len__(self) -> int:
        return len(self.buckets)

    def policy(self, n: int) -> KeptGrams:
        unseen = self.vocabulary.unseen
        minn, maxn, buckets = (getattr(unseen, name) for name in ("minn", "maxn", "buckets"))
        return KeptGrams.of(np.sort(self.buckets[:n]), minn=minn, maxn=maxn, buckets=buckets)

    def kept(self, n: int) -> Vectors:
        chosen = SomeRows(self.table, self.rows[:n][np.argsort(self.buckets[:n])])
        vocabulary = replace(self.vocabulary, unseen=self.policy(n))
        return Vectors(vocabulary, joined(self.own, chosen[:]))


def _moved(vectors: Vectors, places: np.ndarray, uses: np.ndarray) -> np.ndarray:
    """How much each row moves: its length times the root of how many items use it, float64 [n]."""
    size, rows = len(vectors), vectors.rows
    lengths = np.empty(len(places))
    blocks = row_blocks(np.empty((len(places), 0)), (1 << 22) // vectors.dim)
    for start in blocks:
        some = places[start : start + blocks.step] + size
        wide = rows[some].astype(np.float64)
        lengths[start : start + blocks.step] = np.sqrt(np.einsum("nd,nd->n", wide, wide))
    return lengths * np.sqrt(uses)


def _buckets_of(vocabulary: Vocabulary, places: np.ndarray) -> np.ndarray:
    """The bucket of each row after the items' own, int64 [n]."""
    unseen = vocabulary.unseen
    if isinstance(unseen, KeptGrams):
        return unseen.kept[places]
    if isinstance(unseen, Grams) and unseen.kept is not None:
        buckets, rows = unseen.table
        return buckets[np.argsort(rows)][places].astype(np.int64)
    return places
