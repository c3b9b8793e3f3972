"""What a text is known by: its words, runs of words, and n-grams of characters, each kind apart.

A record is four bags (words, runs, n-grams, cells of other columns), each a set whose rows count
for 1/sqrt(n): the vector of a text is the sum of their sums. What was not met in training has no
row: a collision would cost more than it tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal, final

import numpy as np

from rowspace.errors import InputError
from rowspace.kernels.features_reference import BEGIN, gram_keys, run_keys
from rowspace.ragged import Ragged
from rowspace.vocabulary.items import Items
from rowspace.vocabulary.unseen import Unseen, require_whole, row_dtype

if TYPE_CHECKING:
    from rowspace.kernels.cpu_features import Slots

CELL = "\t"
"""What parts a column's name from the value in an item: a word never holds it."""


def no_keys() -> np.ndarray:
    """Keys of nothing, int64 [0]."""
    return np.zeros(0, np.int64)


@final
@dataclass(frozen=True, eq=False)
class Features(Unseen):
    """words: runs of 2 to so many words; gaps: pairs of words with one between them, too. minn,
    maxn: n-grams of characters (maxn 0: none), as long as they are shorter than the word.

    runs, grams int64: the keys (`kernels.features_reference`) of those that have rows, after the V
    items' own, in this order; rising.
    """

    words: int = 2
    gaps: bool = False
    minn: int = 3
    maxn: int = 5
    runs: np.ndarray = field(default_factory=no_keys)
    grams: np.ndarray = field(default_factory=no_keys)

    name: ClassVar[str] = "features"
    pool: ClassVar[Literal["sum", "mean"]] = "mean"
    answers: ClassVar[str] = "n-grams"

    def __post_init__(self) -> None:
        require_whole("Features", "words", self.words, 1, 1000)
        require_whole("Features", "minn", self.minn, 0, 1000)
        require_whole("Features", "maxn", self.maxn, 0, 1000)
        if self.maxn and self.minn > self.maxn:
            raise InputError(f"Features.minn must not exceed maxn, but {self.minn} > {self.maxn}")
        if not isinstance(self.gaps, bool):
            raise InputError(f"Features.gaps must be true or false, not {self.gaps!r:.40}")
        for name, keys in (("runs", self.runs), ("grams", self.grams)):
            if not isinstance(keys, np.ndarray) or keys.dtype != np.int64 or keys.ndim != 1:
                raise InputError(f"Features.{name} must be int64 keys of one axis")
            if (keys[1:] <= keys[:-1]).any() or (keys[:1] < 0).any():
                raise InputError(f"Features.{name} must be keys from 0 on that rise")

    def __repr__(self) -> str:
        return f"Features({len(self.runs)} runs of words, {len(self.grams)} n-grams)"

    def n_rows(self, size: int) -> int:
        return size + len(self.runs) + len(self.grams)

    def known_rows(self, items: Items, id: int) -> list[int]:
        return [id, *self.rows_of(items, items[id])]

    def known_bags(self, items: Items, ids: np.ndarray | None = None) -> Ragged:
        chosen = range(len(items)) if ids is None else ids.tolist()
        bags = Ragged.of([self.known_rows(items, id) for id in chosen])
        return Ragged(bags.ids.astype(row_dtype(self.n_rows(len(items)))), bags.offsets)

    def rows_of(self, items: Items, item: bytes) -> list[int]:
        if CELL.encode() in item:
            return []
        first = len(items) + len(self.runs)
        return _places(self.grams, gram_keys(item, self.minn, self.maxn), first)

    def families(self, items: Items, words: Sequence[bytes]) -> tuple[list[int], ...]:
        """The rows of a text's words, runs and n-grams, each once."""
        words = [BEGIN, *words]
        own = [id for id in map(items.find, words) if id >= 0]
        runs = _places(self.runs, run_keys(words, self.words, self.gaps), len(items))
        grams = [row for word in words for row in self.rows_of(items, word)]
        return tuple(list(dict.fromkeys(rows)) for rows in (own, runs, grams))

    @cached_property
    def slots(self) -> tuple[Slots, Slots]:
        """Where the compiled twin finds the keys of runs and of n-grams."""
        return slots_of(self.runs), slots_of(self.grams)


def slots_of(keys: np.ndarray) -> Slots:
    """A table of distinct keys int64."""
    from rowspace.kernels.cpu_features import Slots, place_keys

    size = 1 << (2 * len(keys) + 1).bit_length()
    slots = Slots(np.full(size, -1, np.int64), np.empty(size, np.int32))
    place_keys(keys, slots)
    return slots


def _places(kept: np.ndarray, keys: Sequence[int], first: int) -> list[int]:
    """`first` and the place of each key among the rising `kept`, where it is one of them."""
    if not len(kept) or not keys:
        return []
    wanted = np.array(keys, np.int64)
    at = np.minimum(np.searchsorted(kept, wanted), len(kept) - 1)
    return (at[kept[at] == wanted] + first).tolist()
