"""Every item, known or not, is the sum of `hashes` rows chosen by hashing.

Feature hashing (Weinberger et al. 2009) with several hashes: a Bloom embedding (Serrà and
Karatzoglou 2017). Two items share all their rows with a chance of about `buckets ** -hashes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import ClassVar, Literal, final

import numpy as np

from rowspace.ragged import Ragged
from rowspace.random import Stream, bits
from rowspace.vocabulary.items import Items
from rowspace.vocabulary.unseen import Unseen, require_whole, row_dtype


@final
@dataclass(frozen=True, slots=True)
class Hashed(Unseen):
    """Row `j` of an item is `bits(h, "hashed rows", j) % buckets`, for `j` below `hashes`.

    `h` is the first eight bytes, little-endian, of the item's BLAKE2b digest of eight bytes, and
    `bits` the counter-based generator of `rowspace.random`, so the rows are the same for ever.
    """

    buckets: int
    hashes: int = 2

    name: ClassVar[str] = "hashed"
    pool: ClassVar[Literal["sum", "mean"]] = "sum"
    answers: ClassVar[str] = "hashed rows"

    def __post_init__(self) -> None:
        require_whole("Hashed", "buckets", self.buckets, 1)
        require_whole("Hashed", "hashes", self.hashes, 1, 16)

    def n_rows(self, size: int) -> int:
        return self.buckets

    def known_rows(self, items: Items, id: int) -> list[int]:
        return self.rows_of(items, items[id])

    def known_bags(self, items: Items, ids: np.ndarray | None = None) -> Ragged:
        tokens = items.tokens() if ids is None else [items[id] for id in ids.tolist()]
        rows = self._rows(tokens)
        offsets = np.arange(0, rows.size + 1, self.hashes, dtype=np.int64)
        return Ragged(rows.ravel(), offsets)

    def rows_of(self, items: Items, item: bytes) -> list[int]:
        rows: list[int] = self._rows([item])[0].tolist()
        return rows

    def _rows(self, items: Sequence[bytes]) -> np.ndarray:
        """int32/int64 [N, hashes]."""
        digests = b"".join(blake2b(item, digest_size=8).digest() for item in items)
        keys = np.frombuffer(digests, "<u8").astype(np.uint64)
        chosen = bits(keys[:, None], Stream.HASHED_ROWS, np.arange(self.hashes, dtype=np.uint64))
        return (chosen % np.uint64(self.buckets)).astype(row_dtype(self.buckets))
