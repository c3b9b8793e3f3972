"""`Tally`: one counter of pieces of text. It numbers pieces as they come and keeps the numbers.

Blocks go in; int32 numbers go to a file, one for each piece, in order; a table of the distinct
pieces stays in memory. What a number means for good is known only when all text has been seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any, BinaryIO, final

import numpy as np

# What a distinct piece costs beside its bytes: its object, its number, its place in the
# table at the load CPython keeps, its count.
ENTRY = 170
END_NUMBER = 0


@dataclass(frozen=True, slots=True)
class Part:
    """The numbers of one block: how many, and which generation of the table they belong to."""

    entries: int
    generation: int


@dataclass(frozen=True, slots=True)
class Distinct:
    """The distinct pieces of one tally at its end, by number; piece 0 is the end of a line.

    tokens: of all pieces, one piece after the other. lengths: tokens of each piece, int32.
    counts: of each piece, int64. lost: tokens read that were forgotten. threshold: the count
    up to which pieces may have been forgotten (0: none). maps: length of each stored map from
    one generation's numbers to the next's, -1 where forgotten.
    """

    tokens: list[bytes]
    lengths: np.ndarray
    counts: np.ndarray
    lost: int
    threshold: int
    maps: tuple[int, ...]


@final
class Tally:
    """Counts pieces whose distinct ones fit in `memory` bytes, forgetting rare ones if need be.

    A generation is a numbering of the table. Forgetting starts a new one; the map from the old
    numbers to the new goes to a file beside, so that memory stays bounded. `end` is the piece
    that ends a line. Numbers go to `file`, maps to `file.maps`.
    """

    def __init__(
        self, end: Any, spell: Callable[[Any], list[bytes]], *, file: Path, memory: int
    ) -> None:
        self._end, self._spell, self._memory = end, spell, memory
        self._numbers: BinaryIO = file.open("wb", buffering=0)
        self._mapped: BinaryIO = maps_of(file).open("wb", buffering=0)
        self._maps: list[int] = []
        self._lost = self._threshold = self._size = 0
        self._counts = np.zeros(1, np.int64)
        self._table = _numbering([end])

    def add(self, keys: Sequence[Any]) -> Part:
        """Numbers and counts the pieces of one block."""
        known = len(self._table)
        # A dict that makes its own numbers, driven by map: no Python code runs per piece.
        numbers = np.fromiter(map(self._table.__getitem__, keys), np.int32, len(keys))
        part = Part(len(numbers), len(self._maps))
        write_all(self._numbers, numbers)
        counts = np.bincount(numbers, minlength=len(self._table))
        counts[: len(self._counts)] += self._counts
        self._counts = counts
        new = len(self._table) - known
        self._size += ENTRY * new + sum(map(len, islice(reversed(self._table), new)))
        while self._size > self._memory and len(self._table) > 1:
            self._forget()
        return part

    def _forget(self) -> None:
        """Drops what was seen rarely, more with every call (as word2vec's ReduceVocab does)."""
        self._threshold += 1
        keep = self._counts > self._threshold
        keep[END_NUMBER] = True
        table: list[Any] = []
        for key, kept, times in zip(self._table, keep.tolist(), self._counts.tolist(), strict=True):
            if kept:
                table.append(key)
            else:
                self._lost += times * len(self._spell(key))
        moved = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int32)
        write_all(self._mapped, moved)
        self._maps.append(len(moved))
        self._counts = self._counts[keep]
        self._table = _numbering(table)
        self._size = ENTRY * len(table) + sum(map(len, table[1:]))

    def finish(self) -> Distinct:
        """Closes the files and spells the distinct pieces."""
        self._numbers.close()
        self._mapped.close()
        spelled = [self._spell(key) for key in islice(self._table, 1, None)]
        lengths = np.fromiter(map(len, [[], *spelled]), np.int32, len(self._table))
        tokens = [token for piece in spelled for token in piece]
        maps = tuple(self._maps)
        return Distinct(tokens, lengths, self._counts, self._lost, self._threshold, maps)


def maps_of(file: Path) -> Path:
    """Where the maps between the generations of a tally lie."""
    return file.with_suffix(".maps")


def write_all(file: BinaryIO, array: np.ndarray) -> None:
    """Writes an array to an unbuffered file, whose `write` may stop half-way."""
    rest = array.view(np.uint8).data
    while rest:
        rest = rest[file.write(rest) :]


def _numbering(keys: list[Any]) -> defaultdict[Any, int]:
    table: defaultdict[Any, int] = defaultdict(count(len(keys)).__next__)
    table.update(zip(keys, range(len(keys)), strict=True))
    return table
