"""Text becomes tokens, a block at a time.

A tokenizer works in three steps, so that the slow part runs once for each distinct piece and not
once for each word: `prepare` rewrites a block so that bytes alone tell where to cut, `cutting`
says how (in compiled code where there is much), and `spell` turns one piece into its tokens:
none, one or several.
"""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
import regex

from rowspace.corpus.pieces import END, Cutting
from rowspace.corpus.pretrained import SHOWN, Pretrained
from rowspace.corpus.reading import Reading
from rowspace.errors import InputError

# A word starts with a letter, a digit or an underscore, so that a lone mark (the variation
# selector behind an emoji) is none; apostrophes and the joiners of Persian or Malayalam
# are kept between two of its characters.
WORD = regex.compile(
    r"[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*(?:['\u2019\u200c\u200d][\p{L}\p{M}\p{N}_]+)*"
)
WORD_OR_END = regex.compile(WORD.pattern + r"|\n")
CHARACTER = regex.compile(r"\n|\X")
MARK = regex.compile(
    r"[^\p{L}\p{M}\p{N}_\s'\u2019\u200c\u200d]|"
    r"['\u2019](?![\p{L}\p{N}])|(?<![\p{L}\p{M}\p{N}])['\u2019]"
)
ASCII = bytes(range(128))
SIGMA, FEW = "Σ", 16


class Tokenizer(ABC):
    """How text is cut. Subclasses are frozen dataclasses."""

    __slots__ = ()

    @property
    @abstractmethod
    def cutting(self) -> Cutting:
        """How a prepared block is cut into pieces."""

    @abstractmethod
    def prepare(self, data: bytes) -> bytes:
        """Valid UTF-8, rewritten so that `cutting` finds the pieces; newlines stay."""

    @abstractmethod
    def spell(self, piece: bytes) -> list[bytes]:
        """The tokens of one piece other than END; a piece of ASCII is its own token."""

    def slow(self, data: bytes) -> bool:
        """Whether `prepare` runs through this text in Python, so that only processes help."""
        return True

    def spaced(self, data: bytes) -> bytes:
        """Lines of valid UTF-8 with white space between their tokens, and nowhere else."""
        pieces = self.cutting.pieces(self.prepare(data))
        tokens = (b"\n" if piece == END else b" ".join(self.spell(piece)) for piece in pieces)
        return b" ".join(tokens).replace(b" \n ", b"\n").strip(b" ")

    def tokens(self, text: str) -> list[str]:
        """The tokens of a text, its line ends taken as white space."""
        pieces = self.cutting.pieces(self.prepare(text.encode("utf-8", "replace")))
        return [token.decode() for key in pieces if key != END for token in self.spell(key)]


@final
@dataclass(frozen=True, slots=True)
class Words(Tokenizer):
    """Runs of letters, marks, digits and underscores, with inner apostrophes: don't, naïve, x_1.

    Text without spaces between words (Chinese, Thai) comes out as long runs: `characters` or a
    trained tokenizer serve it better. Lower-casing is that of each word (a final sigma is one).
    """

    lower: bool
    normalize: str | None

    @property
    def cutting(self) -> Cutting:
        return Cutting.at_words(lower=self.lower)

    def slow(self, data: bytes) -> bool:
        # Where most characters are not ASCII the pieces would be whole sentences, each
        # different, so the expression runs over the block; it finds the same words.
        return not data.isascii() and len(data.translate(None, ASCII)) * 4 > len(data)

    def prepare(self, data: bytes) -> bytes:
        data = _normalized(data, self.normalize)
        if self.slow(data):
            return " ".join(WORD_OR_END.findall(data.decode())).encode()
        return data

    def spell(self, piece: bytes) -> list[bytes]:
        if piece.isascii():
            return [piece]
        found: list[str] = WORD.findall(piece.decode())
        return [(word.lower() if self.lower else word).encode() for word in found]


@final
@dataclass(frozen=True, slots=True)
class Whitespace(Tokenizer):
    """What stands between ASCII white space: space, tab, CR, VT, FF.

    As fastText and word2vec cut, so that a no-break space or U+0085 stays inside its token.
    """

    lower: bool
    normalize: str | None

    @property
    def cutting(self) -> Cutting:
        return Cutting.at_white_space(lower=self.lower)

    def slow(self, data: bytes) -> bool:
        return self.normalize is not None and not data.isascii()

    def prepare(self, data: bytes) -> bytes:
        return _normalized(data, self.normalize)

    def spell(self, piece: bytes) -> list[bytes]:
        if piece.isascii() or not self.lower:
            return [piece]
        return [piece.decode().lower().encode()]

    def spaced(self, data: bytes) -> bytes:
        data = _normalized(data, self.normalize)
        return lowered(data) if self.lower else data


@final
@dataclass(frozen=True, slots=True)
class Marks(Tokenizer):
    """As `Whitespace`, every mark a token of its own: `Great movie!! :)` has six, an apostrophe
    within a word stays. What a classifier reads: an exclamation mark says something."""

    lower: bool
    normalize: str | None

    @property
    def cutting(self) -> Cutting:
        return Cutting.at_white_space(lower=self.lower)

    def prepare(self, data: bytes) -> bytes:
        text = MARK.sub(r" \g<0> ", _normalized(data, self.normalize).decode())
        return text.encode()

    def spell(self, piece: bytes) -> list[bytes]:
        if piece.isascii() or not self.lower:
            return [piece]
        return [piece.decode().lower().encode()]

    def spaced(self, data: bytes) -> bytes:
        data = MARK.sub(r" \g<0> ", _normalized(data, self.normalize).decode()).encode()
        return lowered(data) if self.lower else data


@final
@dataclass(frozen=True, slots=True)
class Characters(Tokenizer):
    """Characters as people see them (extended grapheme clusters), white space left out."""

    lower: bool
    normalize: str | None

    @property
    def cutting(self) -> Cutting:
        return Cutting.at_white_space(lower=self.lower)

    def prepare(self, data: bytes) -> bytes:
        data = _normalized(data, self.normalize)
        text = data.decode()
        return " ".join(text if data.isascii() else CHARACTER.findall(text)).encode()

    def spell(self, piece: bytes) -> list[bytes]:
        text = piece.decode()
        return [] if text.isspace() else [text.lower().encode() if self.lower else piece]


@final
@dataclass(frozen=True, slots=True)
class Trained(Tokenizer):
    """A Hugging Face tokenizer.json; its own rules say what is normalised and lower-cased."""

    pretrained: Pretrained

    @property
    def cutting(self) -> Cutting:
        return Cutting.at_white_space(lower=False)

    def prepare(self, data: bytes) -> bytes:
        # A token may hold white space: it is carried as bytes that UTF-8 does not have.
        return b"\n".join(map(b" ".join, self.pretrained.cut(data.decode().split("\n"))))

    def spell(self, piece: bytes) -> list[bytes]:
        return [piece.translate(SHOWN)]


TOKENIZERS: dict[str, Callable[[bool, str | None], Tokenizer]] = {
    "words": Words,
    "whitespace": Whitespace,
    "marks": Marks,
    "characters": Characters,
}


def tokenizer(reading: Reading) -> Tokenizer:
    """The tokenizer of a reading. Raises InputError, FormatError, MissingExtraError."""
    if reading.tokenizer in TOKENIZERS:
        return TOKENIZERS[reading.tokenizer](reading.lower, reading.normalize)
    if reading.tokenizer.endswith(".json"):
        return Trained(Pretrained.load(reading.tokenizer))
    names = ", ".join(TOKENIZERS)
    raise InputError(
        f"wanted a tokenizer, came {reading.tokenizer!r}",
        hint=f"one of {names}, or the path of a tokenizer.json",
    )


def lowered(data: bytes) -> bytes:
    """UTF-8 in lower case. Python lowers a text of which one character is not ASCII character by
    character; where few capitals are not, and none goes by its neighbours as a sigma does, they are
    replaced one after another."""
    if data.isascii():
        return data.lower()
    numbers = np.frombuffer(data, np.uint8)
    beyond = set(numbers[numbers >= 128].tobytes().decode())
    capitals = sorted(one for one in beyond if one != one.lower())
    if SIGMA in capitals or len(capitals) > FEW:
        return data.decode().lower().encode()
    data = data.lower()
    for one in capitals:
        data = data.replace(one.encode(), one.lower().encode())
    return data


def _normalized(data: bytes, form: str | None) -> bytes:
    if form is None or data.isascii():
        return data
    return unicodedata.normalize(form, data.decode()).encode()  # type: ignore[arg-type]
