"""`Units`: what a text is cut into to be learned and written: characters, words or subwords.

Written one after another, units give the text back. Axes: `n` units of a text, `V` different ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import regex

from rowspace.corpus.subwords import END, SPECIAL, Subwords, learn_subwords
from rowspace.corpus.tokenize import WORD
from rowspace.errors import FormatError, SettingError
from rowspace.objectives.objective import whole_within
from rowspace.vocabulary import Exact, Vocabulary, to_text
from rowspace.vocabulary.tokens import Tokens

UNKNOWN = "<unk>"
KINDS = ("characters", "words", "whitespace", "subwords")
PIECE = regex.compile(rf" ?(?:{WORD.pattern}|\S)|\s")
"""A word or a mark with the space before it, or white space that is left over."""
SPACED = regex.compile(r"\n|[^\s]+")
BLOCK = 1 << 20
"""Characters that are cut at a time."""
CONTINUES = 0b10
"""How bytes that go on with a character of UTF-8 begin."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSettings:
    """units: "characters"; "words": each with the space before it, marks alone; "whitespace": what
    stands between white space, for texts that are cut already; "subwords": learned pieces of words
    (the `tokenizers` extra). size: units at most, <unk> among them. min_count: rarer units are
    <unk>; None: 1 of characters, 2 of words, so that <unk> is met and learned; it says nothing of
    subwords. lower: the text is brought to lower case. column: of a CSV, TSV, JSONL or parquet
    file."""

    units: str = "characters"
    size: int = 30_000
    min_count: int | None = None
    lower: bool = False
    column: str | None = None

    def __post_init__(self) -> None:
        SettingError.unless(self.units in KINDS, "units", self.units, "one of " + ", ".join(KINDS))
        whole_within("size", self.size, 2, 1 << 24)
        if self.min_count is not None:
            whole_within("min_count", self.min_count, 1, 1 << 31)
        SettingError.unless(isinstance(self.lower, bool), "lower", self.lower, "true or false")


@final
@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """kind: one of `KINDS`. vocabulary: unit i is row i."""

    kind: str
    vocabulary: Vocabulary
    lower: bool = False
    subwords: Subwords | None = None

    @classmethod
    def learned(cls, text: str, settings: UnitSettings) -> Units:
        """The units of a text. Raises InputError for one without any; MissingExtraError."""
        kind, lower = settings.units, settings.lower
        if kind == "subwords":
            content = learn_subwords(text.split("\n"), settings.size, lower=lower)
            bare = cls.of_subwords(content, lower)
            counts = np.bincount(bare.ids(text), minlength=len(bare.vocabulary))
            counted = replace(bare.vocabulary, counts=counts.astype(np.int64))
            return replace(bare, vocabulary=counted)
        found: Counter[str] = Counter()
        for block in _blocks(text.lower() if lower else text):
            found.update(_cut(block, kind))
        least = settings.min_count or (1 if kind == "characters" else 2)
        vocabulary = Vocabulary.from_counts(
            found, min_count=least, max_size=settings.size, unseen=Exact(UNKNOWN)
        )
        return cls(kind, vocabulary, lower)

    @classmethod
    def of_subwords(cls, content: bytes, lower: bool) -> Units:
        """Those of a tokenizer.json."""
        subwords = Subwords.of(content)
        policy = Tokens(np.frombuffer(content, np.uint8))
        return cls("subwords", Vocabulary.of(subwords.names, unseen=policy), lower, subwords)

    @classmethod
    def of_model(cls, vocabulary: Vocabulary, config: dict[str, Any]) -> Units:
        """Those of a model. Raises FormatError for a kind there is not; MissingExtraError."""
        kind, lower = config.get("units"), bool(config.get("lower"))
        if kind not in KINDS:
            raise FormatError("the model", "its units", expected=", ".join(KINDS), found=kind)
        if kind != "subwords":
            return cls(kind, vocabulary, lower)
        if not isinstance(vocabulary.unseen, Tokens):
            raise FormatError("the model", "its units are subwords, and it has no tokenizer")
        subwords = Subwords.of(vocabulary.unseen.tokenizer.tobytes(), "the model")
        return cls(kind, vocabulary, lower, subwords)

    @property
    def unknown(self) -> int:
        """The row of what has none of its own, -1 where everything has."""
        return self.vocabulary.find(UNKNOWN) if self.subwords is None else -1

    @property
    def unwritten(self) -> list[int]:
        """Rows that no text is written with."""
        if self.subwords is not None:
            return [id for id in range(len(SPECIAL)) if id != END]
        return [self.unknown]

    @property
    def begins(self) -> int:
        """The row a text without a beginning goes on from: that of the end of a line, or of the
        commonest unit."""
        if self.subwords is not None:
            return END
        found = self.vocabulary.find("\n")
        return found if found >= 0 else int(self.vocabulary.counts.argmax())

    @property
    def words(self) -> list[str]:
        """What each unit is called where vectors come from somewhere else."""
        if self.subwords is not None:
            return self.subwords.words
        return [one.strip() or one for one in self.vocabulary]

    def ids(self, text: str) -> np.ndarray:
        """The rows of a text's units, int64 [n]."""
        if self.subwords is not None:
            found: list[int] = []
            *whole, last = text.split("\n")
            for line in self.subwords.ids(whole):
                found += line
                found.append(END)
            for line in self.subwords.ids([last] if last else []):
                found += line
            return np.array(found, np.int64)
        known = {one: id for id, one in enumerate(self.vocabulary)}
        unknown = self.unknown
        parts = [
            np.fromiter((known.get(one, unknown) for one in _cut(block, self.kind)), np.int64)
            for block in _blocks(text.lower() if self.lower else text)
        ]
        return np.concatenate([np.zeros(0, np.int64), *parts])

    def lengths(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How many characters, and how many bytes of UTF-8, each unit of a text is: int64 [n]."""
        own = np.array([self._length(one) for one in self.vocabulary.items], np.int64)
        if self.subwords is None:
            return own[ids, 0], own[ids, 1]
        # The space that each line is given stands for the end of the line, but of an empty one.
        own[: len(SPECIAL)] = 0
        empty = (ids == END) & (np.concatenate([[END], ids[:-1]]) == END)
        return own[ids, 0] + empty, own[ids, 1] + empty

    def _length(self, item: bytes) -> tuple[int, int]:
        if self.subwords is not None:
            name = to_text(item)  # a character stands for a byte
            firsts = sum(_byte(one) >> 6 != CONTINUES for one in name)
            return firsts, len(name)
        between = self.kind == "whitespace" and item != b"\n"  # a space, or the end of the line
        return len(to_text(item)) + between, len(item) + between

    def spelled(self, ids: Iterable[int], *, after: bool = False) -> Iterator[str]:
        """What each unit adds to a text as it is written; after: there is text before it that does
        not end a line."""
        if self.subwords is not None:
            yield from _joined(ids, self.subwords, after)
            return
        for id in ids:
            text = to_text(self.vocabulary.items[id])
            if self.kind == "whitespace":
                space = " " if after and text != "\n" else ""
                after = text != "\n"
                text = space + text
            yield text


def _cut(text: str, kind: str) -> Iterable[str]:
    """A text's units as they stand."""
    if kind == "characters":
        return text
    found: list[str] = (PIECE if kind == "words" else SPACED).findall(text)
    return found


def _blocks(text: str) -> Iterator[str]:
    """A text in parts that end where a line does, if it has lines."""
    start = 0
    while start < len(text):
        stop = text.find("\n", start + BLOCK) + 1 or len(text)
        yield text[start:stop]
        start = stop


def _byte(shown: str) -> int:
    """The byte that a character of a byte-level token stands for (Radford et al. 2019): itself
    where it can be seen, the others in their order from 256 on."""
    code = ord(shown)
    if code < 256:
        return code
    hidden = [*range(33), *range(127, 161), 173]
    return hidden[code - 256]


def _joined(ids: Iterable[int], subwords: Subwords, after: bool) -> Iterator[str]:
    """The text that each subword adds; characters that are not whole yet come with a later one."""
    waiting: list[int] = []
    told = ""
    for id in ids:
        if id == END:
            waiting, told, after = [], "", False
            yield "\n"
            continue
        if id in subwords.begins:
            waiting, told = [], ""
            lead = " " if after else ""
        else:
            lead = ""
        waiting.append(id)
        text = subwords.text(waiting)
        if text.endswith("\N{REPLACEMENT CHARACTER}"):
            yield lead
        else:
            yield lead + text.removeprefix(told)
            told = text
        after = True
