"""fastText's buckets of n-grams, of which only some have rows; a known item has one row of its own.

What a model with subwords is made smaller to: the vectors of known items stand as they are and
depend on no bucket, and the buckets left answer for unseen items.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Literal, final

import numpy as np

from rowspace.errors import InputError
from rowspace.kernels.subword_reference import ngram_hashes
from rowspace.ragged import Ragged
from rowspace.vocabulary.exact import Exact
from rowspace.vocabulary.items import Items
from rowspace.vocabulary.unseen import Unseen, require_whole

SKIP = 255
"""A gap that goes on: so many buckets without a row."""


def _nothing() -> np.ndarray:
    return np.zeros(0, np.uint8)


@final
@dataclass(frozen=True, eq=False)
class KeptGrams(Unseen):
    """N-grams of `minn` to `maxn` characters of `<item>`, hashed to `buckets` as fastText does.

    `gaps` uint8 tells which buckets have a row, in order: each is how many buckets without a row
    come before the next one with a row, and 255 that 255 come and none yet. The rows follow the V
    items' own. N-grams of other buckets count for nothing.
    """

    minn: int = 3
    maxn: int = 6
    buckets: int = 2_000_000
    gaps: np.ndarray = field(default_factory=_nothing)

    name: ClassVar[str] = "kept-grams"
    pool: ClassVar[Literal["sum", "mean"]] = "mean"
    answers: ClassVar[str] = "subwords"
    own_rows: ClassVar[bool] = True

    def __post_init__(self) -> None:
        require_whole("KeptGrams", "minn", self.minn, 1, 1000)
        require_whole("KeptGrams", "maxn", self.maxn, self.minn, 1000)
        require_whole("KeptGrams", "buckets", self.buckets, 1, 2**32)
        gaps = self.gaps
        if not isinstance(gaps, np.ndarray) or gaps.dtype != np.uint8 or gaps.ndim != 1:
            raise InputError("KeptGrams.gaps must be uint8 of one axis")
        if len(self.kept) and self.kept[-1] >= self.buckets:
            raise InputError(f"KeptGrams.gaps name a bucket outside the {self.buckets}")

    def __repr__(self) -> str:
        return f"KeptGrams({self.minn} to {self.maxn}, {len(self.kept)} of {self.buckets} buckets)"

    @classmethod
    def of(cls, kept: np.ndarray, *, minn: int, maxn: int, buckets: int) -> KeptGrams:
        """With rows for the buckets `kept` int64 [n], rising."""
        between = np.diff(np.concatenate([[-1], kept])) - 1
        more = between // SKIP
        gaps = np.full(len(kept) + int(more.sum()), SKIP, np.uint8)
        gaps[np.cumsum(more + 1) - 1] = between % SKIP
        return cls(minn, maxn, buckets, gaps)

    @cached_property
    def kept(self) -> np.ndarray:
        """The buckets with rows, int64 [n], rising."""
        goes_on = self.gaps == SKIP
        steps = np.where(goes_on, SKIP, self.gaps.astype(np.int64) + 1)
        return (np.cumsum(steps) - 1)[~goes_on]

    def n_rows(self, size: int) -> int:
        return size + len(self.kept)

    def known_rows(self, items: Items, id: int) -> list[int]:
        return [id]

    def known_bags(self, items: Items, ids: np.ndarray | None = None) -> Ragged:
        return Exact().known_bags(items, ids)

    def rows_of(self, items: Items, item: bytes) -> list[int]:
        hashes = ngram_hashes(item, self.minn, self.maxn)
        if not hashes or not len(self.kept):
            return []
        buckets = np.array([hash % self.buckets for hash in hashes], np.int64)
        at = np.minimum(np.searchsorted(self.kept, buckets), len(self.kept) - 1)
        rows: list[int] = (at[self.kept[at] == buckets] + len(items)).tolist()
        return rows
