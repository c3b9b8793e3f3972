"""Raw text cut into words as a tagger's training data were, each with its place in the text.

Corpora cut differently ("don't" is one word, or do|n't, or don|'t), and nothing says how: what is
a word is asked of the words that training met.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
import regex

from rowspace.networks.tag_words import Lexicon

Place: TypeAlias = tuple[int, int]
"""Where a word begins and ends, in characters."""

WORDS = 400
"""Words of a sentence at most: a text without ends of sentences is cut there."""
ENDS = frozenset(".!?…。！？")
APOSTROPHES = "'’"
CHUNK = regex.compile(r"\S+")
MARK = regex.compile(r"[^\p{L}\p{M}\p{N}_]")


@final
@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts text by the words that a training met; `lower`: they are known in lower case."""

    known: frozenset[str]
    lower: bool

    @classmethod
    def of(cls, lexicon: Lexicon) -> Cutter:
        """By the words of a lexicon."""
        met = np.flatnonzero(lexicon.words.counts > 0).tolist()
        return cls(frozenset(lexicon.words.item(at) for at in met), lexicon.lower)

    def sentences(self, text: str) -> list[list[Place]]:
        """The words of a text sentence by sentence; a sentence ends behind a mark such as a full
        stop."""
        found: list[list[Place]] = [[]]
        for start, end in self.words(text):
            found[-1].append((start, end))
            if text[start:end] in ENDS or len(found[-1]) == WORDS:
                found.append([])
        return [one for one in found if one]

    def words(self, text: str) -> Iterator[Place]:
        """What stands between white space, a mark at either end being a word of its own unless
        training met them together, parted at an apostrophe as training had it."""
        for chunk in CHUNK.finditer(text):
            start, end = chunk.span()
            behind: list[Place] = []
            while end - start > 1 and not self.met(text[start:end]):
                if MARK.match(text, end - 1):
                    end -= 1
                    behind.append((end, end + 1))
                elif MARK.match(text, start) and text[start] not in "@#":
                    yield start, start + 1
                    start += 1
                else:
                    break
            cut = start + self._apostrophe(text[start:end])
            if cut > start:
                yield start, cut
            yield cut, end
            yield from reversed(behind)

    def met(self, word: str) -> bool:
        """Whether training had this word."""
        return (word.lower() if self.lower else word) in self.known

    def _apostrophe(self, word: str) -> int:
        """Where to part a word: I|'m, ca|n't, l'|eau; 0 for nowhere."""
        if self.met(word):
            return 0
        marks = [at for at, one in enumerate(word) if one in APOSTROPHES]
        near = [cut for at in marks for cut in (at, at + 1, at - 1) if 0 < cut < len(word)]
        for cut in near:
            if self.met(word[:cut]) and self.met(word[cut:]):
                return cut
        for at in marks:
            if at > 0 and self.met(word[at:]):
                return at
            if at + 1 < len(word) and self.met(word[: at + 1]):
                return at + 1
        return 0
