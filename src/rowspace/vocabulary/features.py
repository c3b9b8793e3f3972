"""What a text is known by: its words, runs of words, and n-grams of characters, each kind apart.

A record is four bags (words, runs, n-grams, cells of other columns), each a set whose rows count
for 1/sqrt(n): the vector of a text is the sum of their sums. What was not met in training has no
row: a collision would cost more than it tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Literal, final

import numpy as np

from rowspace.errors import InputError
from rowspace.kernels.features_reference import BEGIN, gram_keys, run_keys
from rowspace.ragged import Ragged
from rowspace.vocabulary.items import Items
from rowspace.vocabulary.unseen import Unseen, require_whole, row_dtype

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
    items' own, in this order.
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
        keys = gram_keys(item, self.minn, self.maxn)
        return [first + self.placed_grams[key] for key in keys if key in self.placed_grams]

    def families(self, items: Items, words: Sequence[bytes]) -> tuple[list[int], ...]:
        """The rows of a text's words, runs and n-grams, each once."""
        words = [BEGIN, *words]
        first = len(items)
        own = [id for id in map(items.find, words) if id >= 0]
        keys = run_keys(words, self.words, self.gaps)
        runs = [first + self.placed_runs[key] for key in keys if key in self.placed_runs]
        grams = [row for word in words for row in self.rows_of(items, word)]
        return tuple(list(dict.fromkeys(rows)) for rows in (own, runs, grams))

    @cached_property
    def placed_runs(self) -> dict[int, int]:
        """The place of each run's key."""
        return {key: place for place, key in enumerate(self.runs.tolist())}

    @cached_property
    def placed_grams(self) -> dict[int, int]:
        """The place of each n-gram's key."""
        return {key: place for place, key in enumerate(self.grams.tolist())}

    @cached_property
    def slots(self) -> tuple[np.ndarray, np.ndarray]:
        """Where the compiled twin finds the keys of runs and of n-grams, int32 each."""
        return _slots(self.runs), _slots(self.grams)


def _slots(keys: np.ndarray) -> np.ndarray:
    from rowspace.kernels.cpu_features import place_keys

    slots = np.full(1 << (2 * len(keys) + 1).bit_length(), -1, np.int32)
    place_keys(keys, slots)
    return slots
