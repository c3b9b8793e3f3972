"""`CompiledTally`: the tally whose table is flat arrays and whose loop is compiled.

It leaves what `Tally` leaves, number for number, and holds no lock of Python while it
counts, so threads are enough and no text goes from process to process.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, final

import numpy as np

from rowspace.corpus import Cutting
from rowspace.kernels.cpu_pieces import BATCH, codes_of, number_pieces, place_pieces
from rowspace.vocabulary.tally import END_NUMBER, Distinct, Part, maps_of, write_all

# What a distinct piece costs beside its bytes: two slots of 8 bytes at least (four at most),
# its hash, offset, size and count, and the filling of its last word.
ENTRY = 56
FIRST_PIECES = 1 << 16
FIRST_WORDS = 1 << 17


@final
class CompiledTally:
    """Counts the pieces of prepared text; arguments as for `Tally`.

    Piece i has `sizes[i]` bytes, in the 8-byte words `text[offsets[i]:offsets[i + 1]]`; `slots`
    is an open-addressing table of pieces.
    """

    def __init__(
        self, cutting: Cutting, spell: Callable[[bytes], list[bytes]], *, file: Path, memory: int
    ) -> None:
        self._spell, self._memory = spell, memory
        kinds, fold = (np.frombuffer(one, np.uint8) for one in (cutting.kinds, cutting.fold))
        self._codes = codes_of(kinds, fold)
        self._seed = secrets.randbits(62)  # no text can be made to collide; no result shows it
        self._file: BinaryIO = file.open("wb", buffering=0)
        self._mapped: BinaryIO = maps_of(file).open("wb", buffering=0)
        self._maps: list[int] = []
        self._lost = self._threshold = 0
        self._state = np.array([1, 0], np.int64)
        self._counts = np.zeros(1, np.int64)
        self._hashes = np.zeros(FIRST_PIECES, np.uint64)
        self._sizes = np.zeros(FIRST_PIECES, np.int32)
        self._offsets = np.zeros(FIRST_PIECES + 1, np.int64)
        self._text = np.zeros(FIRST_WORDS, "<u8")
        self._slots = np.zeros(2 * FIRST_PIECES, np.uint64)
        self._numbers = np.empty(0, np.int32)
        self._words = np.empty(0, "<u8")

    def add(self, data: bytes) -> Part:
        """Numbers and counts the pieces of one block."""
        if not data:
            return Part(0, len(self._maps))
        if len(self._numbers) < len(data):
            self._numbers = np.empty(len(data), np.int32)  # a piece takes at least a byte
            self._words = np.empty(len(data) // 8 + 2 * BATCH, "<u8")
        text = np.frombuffer(data, np.uint8)
        self._state[1] = at = 0
        while (at := self._number(text, at)) < len(data):
            self._grow()
        pieces, entries = self._state.tolist()
        numbers = self._numbers[:entries]
        write_all(self._file, numbers)
        counts = np.bincount(numbers, minlength=pieces)
        counts[: len(self._counts)] += self._counts
        self._counts = counts
        part = Part(entries, len(self._maps))
        while self._size() > self._memory and self._state[0] > 1:
            self._forget()
        return part

    def _number(self, data: np.ndarray, start: int) -> int:
        return int(
            number_pieces(
                data, start, self._codes, self._seed, self._slots, self._hashes, self._offsets,
                self._sizes, self._text, self._numbers, self._words, self._state,
            )
        )  # fmt: skip

    def _size(self) -> int:
        pieces = int(self._state[0])
        return ENTRY * pieces + 8 * int(self._offsets[pieces])

    def _grow(self) -> None:
        """Doubles what is full: the table, or the text, which the next piece must fit in."""
        if self._state[0] == len(self._hashes):
            self._hashes, self._sizes = _doubled(self._hashes), _doubled(self._sizes)
            self._offsets = np.append(self._offsets, np.zeros(len(self._offsets) - 1, np.int64))
            self._place()
        else:
            self._text = _doubled(self._text)

    def _place(self) -> None:
        """Rebuilds the slots from the hashes."""
        self._slots = np.zeros(2 * len(self._hashes), np.uint64)
        place_pieces(self._slots, self._hashes[: self._state[0]])

    def _forget(self) -> None:
        """Drops what was seen rarely, more with every call."""
        self._threshold += 1
        pieces = int(self._state[0])
        keep = self._counts > self._threshold
        keep[END_NUMBER] = True
        times, kept = self._counts.tolist(), keep.tolist()
        for number, piece in enumerate(self._pieces()):
            if not kept[number]:
                self._lost += times[number] * len(self._spell(piece))
        moved = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int32)
        write_all(self._mapped, moved)
        self._maps.append(pieces)
        widths = np.diff(self._offsets[: pieces + 1])
        text = self._text[: self._offsets[pieces]][np.repeat(keep, widths)]
        left = int(keep.sum())
        self._text[: len(text)] = text
        self._offsets[1 : left + 1] = np.cumsum(widths[keep])
        self._hashes[:left] = self._hashes[:pieces][keep]
        self._sizes[:left] = self._sizes[:pieces][keep]
        self._counts = self._counts[keep]
        self._state[0] = left
        self._place()

    def _pieces(self) -> list[bytes]:
        pieces = int(self._state[0])
        text = self._text[: self._offsets[pieces]].tobytes()
        starts = (8 * self._offsets[:pieces]).tolist()
        sizes = self._sizes[:pieces].tolist()
        return [text[start : start + size] for start, size in zip(starts, sizes, strict=True)]

    def finish(self) -> Distinct:
        """Closes the files and spells the distinct pieces."""
        self._file.close()
        self._mapped.close()
        pieces = self._pieces()
        tokens, lengths = pieces[1:], np.ones(len(pieces), np.int32)
        lengths[END_NUMBER] = 0
        # A piece of ASCII spells itself; the others are few, or the text would not be here.
        odd = [at for at, token in enumerate(tokens) if not token.isascii()]
        if odd:
            spelled = {at: self._spell(tokens[at]) for at in odd}
            lengths[1:][odd] = [len(one) for one in spelled.values()]
            ones = ((at, (token,)) for at, token in enumerate(tokens))
            tokens = [token for at, one in ones for token in spelled.get(at, one)]
        maps = tuple(self._maps)
        return Distinct(tokens, lengths, self._counts, self._lost, self._threshold, maps)


def _doubled(array: np.ndarray) -> np.ndarray:
    return np.append(array, np.zeros_like(array))
