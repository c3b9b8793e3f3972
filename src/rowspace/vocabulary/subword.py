"""fastText's subwords: a known item is its own row and its character n-grams, an unseen one the
n-grams alone (Bojanowski et al. 2017), hashed bit for bit as fastText does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, final

import numpy as np

from rowspace.errors import InputError
from rowspace.kernels.subword_reference import ngram_hashes
from rowspace.ragged import Ragged
from rowspace.vocabulary.items import Items
from rowspace.vocabulary.unseen import Unseen, require_whole, row_dtype

# Below this many items hashing in Python costs less than loading the compiled twin.
FEW = 2000


@final
@dataclass(frozen=True, slots=True)
class Subwords(Unseen):
    """N-grams of `minn` to `maxn` characters of `<item>` in `buckets` rows after the V items' own.

    `maxn=0` is no n-grams at all. `</s>` never has any, as in fastText.
    """

    minn: int = 3
    maxn: int = 6
    buckets: int = 2_000_000

    name: ClassVar[str] = "subwords"
    pool: ClassVar[Literal["sum", "mean"]] = "mean"
    answers: ClassVar[str] = "subwords"

    def __post_init__(self) -> None:
        require_whole("Subwords", "minn", self.minn, 0, 1000)
        require_whole("Subwords", "maxn", self.maxn, 0, 1000)
        require_whole("Subwords", "buckets", self.buckets, 1 if self.maxn else 0, 2**32)
        if self.minn > self.maxn:
            raise InputError(
                f"Subwords.minn must not exceed maxn, but {self.minn} > {self.maxn}",
                hint="minn=3, maxn=6 is fastText's choice; minn=0, maxn=0 is no n-grams",
            )

    def n_rows(self, size: int) -> int:
        return size + (self.buckets if self.maxn else 0)

    def known_rows(self, items: Items, id: int) -> list[int]:
        return [id, *self.rows_of(items, items[id])]

    def known_bags(self, items: Items, ids: np.ndarray | None = None) -> Ragged:
        dtype = row_dtype(self.n_rows(len(items)))
        if ids is None:
            ids = np.arange(len(items))
        elif len(ids) < FEW:
            bags = Ragged.of([self.known_rows(items, id) for id in ids.tolist()])
            return Ragged(bags.ids.astype(dtype), bags.offsets)
        from rowspace.kernels.cpu_subword import subword_bags

        rows, offsets = subword_bags(
            items.bytes, items.offsets, ids, self.minn, self.maxn, max(1, self.buckets)
        )
        return Ragged(rows.astype(dtype, copy=False), offsets)

    def rows_of(self, items: Items, item: bytes) -> list[int]:
        first = len(items)
        return [first + hash % self.buckets for hash in ngram_hashes(item, self.minn, self.maxn)]
