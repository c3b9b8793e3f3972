"""Running text of which some words are held out: read, parted, written anew without them.

Axes: `T` words of the text, `W` words held out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, final

import numpy as np

from rowspace.corpus import TOKENIZERS, Reading, read, tokenizer
from rowspace.corpus.splits import split
from rowspace.errors import InputError, SettingError
from rowspace.random import Stream, bits
from rowspace.vocabulary import to_bytes
from rowspace.vocabulary.learn import is_paths

LONGEST = 500
"""Words of a line; a longer one counts as several."""
SHARE = 0.2
"""Of the lines that are held out."""
FREQUENT = 200
"""So many of the most frequent words are never held out, a tenth of all at most."""
OFTEN, SEEN = 10, 3
"""A word that is held out occurs so often in the lines that are learned from, and in the others."""
FEWEST = 20
"""Words without which nothing is told."""


@final
@dataclass(frozen=True, slots=True)
class Text:
    """`ids` int32 [T]: the words in order; line `i` is `ids[lines[i]:lines[i + 1]]`; `words` by
    number."""

    ids: np.ndarray
    lines: np.ndarray
    words: Sequence[bytes]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, which: np.ndarray) -> Text:
        """Some of the lines."""
        starts, sizes = self.lines[which], np.diff(self.lines)[which]
        ends = np.append(0, np.cumsum(sizes))
        places = np.arange(int(ends[-1])) + np.repeat(starts - ends[:-1], sizes)
        return Text(self.ids[places], ends, self.words)

    def first(self, words: int) -> Text:
        """The lines that begin within the first `words` words."""
        return self.take(np.flatnonzero(self.lines[:-1] < words))

    def write(self, path: Path, without: np.ndarray | None = None) -> Path:
        """A line a line, white space between the words; those where `without` bool [V] is true are
        left out."""
        with path.open("wb") as file:
            for start, stop in zip(self.lines[:-1].tolist(), self.lines[1:].tolist(), strict=True):
                ids = self.ids[start:stop]
                kept = ids if without is None else ids[~without[ids]]
                file.write(b" ".join([self.words[at] for at in kept.tolist()]) + b"\n")
        return path


@final
@dataclass(frozen=True, slots=True)
class Parted:
    """`learn` and `judge`: the lines that are learned from, and the others. `held` int64 [W]: the
    numbers of the words held out; `seen` int64: as many others of about the same frequency.
    `counts` int64 [V]: in the lines that are learned from."""

    learn: Text
    judge: Text
    held: np.ndarray
    seen: np.ndarray
    counts: np.ndarray


def read_text(data: Any, reading: Reading, most: int) -> Text:
    """About the first `most` words of text: paths as `train` takes them, or lists of tokens.

    Raises InputError for no text, SettingError for a trained tokenizer: words are held out whole.
    """
    SettingError.unless(
        reading.tokenizer in TOKENIZERS, "tokenizer", reading.tokenizer,
        "one of " + ", ".join(TOKENIZERS),
    )  # fmt: skip
    numbers: defaultdict[bytes, int] = defaultdict(count().__next__)
    parts, sizes, total = [], [0], 0
    for line in _lines(data, reading):
        for at in range(0, len(line), LONGEST):
            words = line[at : at + LONGEST]
            parts.append(np.fromiter(map(numbers.__getitem__, words), np.int32, len(words)))
            sizes.append(len(words))
            total += len(words)
        if total >= most:
            break
    if not total:
        raise InputError("the corpus is empty: no token was found in it")
    return Text(np.concatenate(parts), np.cumsum(sizes), list(numbers))


def part(text: Text, words: int, *, min_count: int, seed: int) -> Parted:
    """Hold out a fifth of the lines and `words` words, chosen by the seed among those of moderate
    frequency. Raises InputError for too little text."""
    lines = len(text.lines) - 1
    if lines < 2:
        raise InputError("one line of text cannot be parted", hint="give text of several lines")
    first, second = split(lines, SHARE, seed=seed)
    learn, judge = text.take(first), text.take(second)
    size = len(text.words)
    counts = np.bincount(learn.ids, minlength=size)
    judged = np.bincount(judge.ids, minlength=size)
    rank = np.empty(size, np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(size)
    often = max(OFTEN, min_count)
    able = np.flatnonzero(
        (counts >= often) & (judged >= SEEN) & (rank >= min(FREQUENT, size // 10))
    )
    wanted = min(words, len(able) // 4)
    if wanted < FEWEST:
        raise InputError(
            f"too little text: {len(text):,} words, of which {len(able)} are frequent enough to be "
            f"held out and judged; at least {4 * FEWEST} are wanted",
            hint="give more text (some hundred thousand words)",
        )
    # Neighbours in frequency: one of each two is held out, the other seen.
    drawn = able[np.argsort(bits(seed, Stream.UNSEEN, able), kind="stable")[: 2 * wanted]]
    drawn = drawn[np.argsort(-counts[drawn], kind="stable")]
    swap = bits(seed, Stream.UNSEEN, size + np.arange(wanted)) % np.uint64(2) == 1
    pairs = drawn.reshape(wanted, 2)
    held = np.where(swap, pairs[:, 1], pairs[:, 0])
    seen = np.where(swap, pairs[:, 0], pairs[:, 1])
    return Parted(learn, judge, held, seen, counts)


def _lines(data: Any, reading: Reading) -> Iterable[Sequence[bytes]]:
    if is_paths(data):
        cutter = tokenizer(reading)
        for block in read(data, reading):
            for line in cutter.spaced(block.data).split(b"\n"):
                if words := line.split():
                    yield words
        return
    if not isinstance(data, Iterable) or isinstance(data, (bytes, dict)):
        raise InputError(
            f"wanted a path, a list of paths or lists of tokens, came {type(data).__name__}"
        )
    for line in data:
        words = [to_bytes(word) for word in line]
        if any(not word or word.split() != [word] for word in words):
            raise InputError("a token holds white space, or nothing, and cannot be held out")
        if words:
            yield words
