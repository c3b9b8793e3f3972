"""What a word is known by: its row, its letters, its pieces and its shape.

Axes: `F` different words, `C` letters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
import torch
from torch import Tensor

from rowspace.vectors import Model
from rowspace.vocabulary import Exact, Vocabulary

UNKNOWN, PADDING = "<unk>", "<pad>"
PARTS = ("letters", "pieces", "shapes")
LETTERS = 32
"""Letters of a word that are read: of a longer one the first and the last half of so many."""
MARKS = 12
"""Marks of a shape at most."""
_RUNS = re.compile(r"(.)\1{2,}", re.DOTALL)


def shape_of(word: str) -> str:
    """The kinds of a word's characters, at most two of a kind in a row: Xxx, XX, dd.dd, @xx."""
    kinds = "".join(
        "X" if one.isupper() else "x" if one.isalpha() else "d" if one.isnumeric() else one
        for one in word
    )
    return _RUNS.sub(r"\1\1", kinds)[:MARKS]


def pieces_of(word: str, longest: int) -> list[str]:
    """The first and the last letters of a word, 1 to `longest` of them: <p, <pa, s>, is>, …"""
    low = word.lower()
    sizes = range(1, min(longest, len(low)) + 1)
    return [f"<{low[:size]}" for size in sizes] + [f"{low[-size:]}>" for size in sizes]


def letters_of(word: str) -> str:
    """The letters that are read."""
    half = LETTERS // 2
    return word if len(word) <= LETTERS else word[:half] + word[-half:]


@final
@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Vocabularies of what has rows; `lower`: words are looked up in lower case; `longest`: letters
    of a piece."""

    words: Vocabulary
    letters: Vocabulary
    pieces: Vocabulary
    shapes: Vocabulary
    lower: bool
    longest: int

    @classmethod
    def of(
        cls,
        words: Mapping[str, int],
        beside: Sequence[str] = (),
        *,
        lower: bool,
        longest: int,
        least: int = 1,
    ) -> Lexicon:
        """Of the words of the training and how often each was met. `beside`: words that have rows
        although they were not met. `least`: rarer words have none."""
        known, letters, pieces, shapes = (
            Counter[str](),
            Counter[str](),
            Counter[str](),
            Counter[str](),
        )
        for word, count in words.items():
            known[word.lower() if lower else word] += count
            letters.update(dict.fromkeys(word, count))
            pieces.update(pieces_of(word, longest))
            shapes[shape_of(word)] += count
        kept = {word: count for word, count in known.items() if count >= least}
        more = {word: 0 for word in beside if word not in kept}
        exact = Exact(UNKNOWN)
        return cls(
            Vocabulary.from_counts(kept | more, min_count=0, unseen=exact),
            Vocabulary.from_counts(letters, reserved=[PADDING], unseen=exact),
            Vocabulary.from_counts(pieces, min_count=2, unseen=exact),
            Vocabulary.from_counts(shapes, min_count=2, unseen=exact),
            lower, longest,
        )  # fmt: skip

    @classmethod
    def in_model(cls, model: Model, *, lower: bool, longest: int) -> Lexicon:
        """That of a model; what has no table there has no rows."""
        empty = Vocabulary.of([PADDING], unseen=Exact(UNKNOWN))
        letters, pieces, shapes = (
            model.parts[name].vectors.vocabulary if name in model.parts else empty for name in PARTS
        )
        words = model.vectors.vocabulary
        return cls(words, letters, pieces, shapes, lower, longest)

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """Rows of each table."""
        return len(self.words), len(self.letters), len(self.pieces), len(self.shapes)

    def forms(self, words: Sequence[str]) -> Forms:
        """The rows of F different words."""
        keys = [word.lower() for word in words] if self.lower else list(words)
        letters = np.zeros((len(words), LETTERS), np.int64)
        read = [letters_of(word) for word in words]
        sizes = np.fromiter(map(len, read), np.int64, len(read))
        letters[np.arange(LETTERS) < sizes[:, None]] = _ids(
            self.letters, [c for one in read for c in one]
        )
        cut = [pieces_of(word, self.longest) for word in words]
        offsets = np.zeros(len(cut) + 1, np.int64)
        np.cumsum([len(one) for one in cut], out=offsets[1:])
        pieces = self.pieces.ids([piece for one in cut for piece in one])
        there = pieces >= 0
        ends = np.concatenate([[0], np.cumsum(there)])
        return Forms(
            _ids(self.words, keys), letters, np.minimum(sizes, LETTERS), pieces[there],
            ends[offsets], _ids(self.shapes, [shape_of(word) for word in words]),
        )  # fmt: skip


def _ids(vocabulary: Vocabulary, items: Sequence[str]) -> np.ndarray:
    ids = vocabulary.ids(items)
    return np.where(ids < 0, vocabulary.id(UNKNOWN), ids)


@final
@dataclass(frozen=True, slots=True, eq=False)
class Forms:
    """F words: rows int64 [F]; letters int64 [F, C], 0 behind the last, and their number int64
    [F]; pieces int64, those of word f from offsets[f] to offsets[f + 1]; shapes int64 [F]."""

    rows: np.ndarray
    letters: np.ndarray
    sizes: np.ndarray
    pieces: np.ndarray
    offsets: np.ndarray
    shapes: np.ndarray

    def take(self, forms: np.ndarray) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Letters, pieces, offsets and shapes of some of the words, as `Batch` has them."""
        counts = np.diff(self.offsets)[forms]
        offsets = np.zeros(len(forms) + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        places = np.repeat(self.offsets[forms] - offsets[:-1], counts) + np.arange(offsets[-1])
        letters = self.letters[forms, : max(1, int(self.sizes[forms].max(initial=1)))]
        found = (letters, self.pieces[places], offsets, self.shapes[forms])
        each = [torch.from_numpy(np.ascontiguousarray(one)) for one in found]
        return each[0], each[1], each[2], each[3]
