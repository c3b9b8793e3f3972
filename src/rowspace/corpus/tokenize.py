"""Text becomes tokens, a block at a time.

A tokenizer works in two steps, so that the slow part runs once for each distinct piece and not
once for each word: `keys` cuts a whole block into pieces of bytes at C speed, with END where a
line ends; `spell` turns one piece into its tokens (none, one or several).
"""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import regex

from rowspace.corpus.pretrained import Pretrained
from rowspace.corpus.reading import Reading
from rowspace.errors import InputError

END = b"\xff"
"""The key of the end of a line: a byte that never occurs in UTF-8."""

# A word starts with a letter, a digit or an underscore, so that a lone mark (the variation
# selector behind an emoji) is none; apostrophes and the joiners of Persian or Malayalam
# are kept between two of its characters.
WORD = regex.compile(
    r"[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*(?:['\u2019\u200c\u200d][\p{L}\p{M}\p{N}_]+)*"
)
WORD_OR_END = regex.compile(WORD.pattern + r"|\n")
CHARACTER = regex.compile(r"\n|\X")


class Tokenizer(ABC):
    """How text is cut. Subclasses are frozen dataclasses."""

    __slots__ = ()

    @abstractmethod
    def keys(self, data: bytes) -> list[bytes]:
        """Pieces of valid UTF-8, END for each newline."""

    @abstractmethod
    def spell(self, key: bytes) -> list[bytes]:
        """The tokens of one piece other than END."""

    def tokens(self, text: str) -> list[str]:
        """The tokens of a text, its line ends taken as white space."""
        keys = self.keys(text.encode("utf-8", "replace"))
        return [token.decode() for key in keys if key != END for token in self.spell(key)]


@final
@dataclass(frozen=True, slots=True)
class Words(Tokenizer):
    """Runs of letters, marks, digits and underscores, with inner apostrophes: don't, naïve, x_1.

    Text without spaces between words (Chinese, Thai) comes out as long runs: `characters` or a
    trained tokenizer serve it better. Lower-casing is that of each word (a final sigma is one).
    """

    lower: bool
    normalize: str | None

    def keys(self, data: bytes) -> list[bytes]:
        data = _normalized(data, self.normalize)
        # Where most characters are not ASCII the pieces would be whole sentences, each
        # different, so the expression runs over the block; it finds the same words.
        if len(data.translate(None, ASCII)) * 4 > len(data):
            found = " ".join(WORD_OR_END.findall(data.decode())).encode()
            return found.replace(b"\n", END).split(b" ") if found else []
        data = data.replace(b"\n", b" \n ").translate(LOWER_WORDS if self.lower else CASED_WORDS)
        if b"'" in data:
            # An apostrophe stays only between two characters of a word.
            data = b" %b " % data
            data = data.replace(b"''", b"  ").replace(b" '", b"  ").replace(b"' ", b"  ")
        return data.split()

    def spell(self, key: bytes) -> list[bytes]:
        if key.isascii():
            return [key.lower() if self.lower else key]
        found: list[str] = WORD.findall(key.decode())
        return [(word.lower() if self.lower else word).encode() for word in found]


@final
@dataclass(frozen=True, slots=True)
class Whitespace(Tokenizer):
    """What stands between ASCII white space: space, tab, CR, VT, FF.

    As fastText and word2vec cut, so that a no-break space or U+0085 stays inside its token.
    """

    lower: bool
    normalize: str | None

    def keys(self, data: bytes) -> list[bytes]:
        data = _normalized(data, self.normalize)
        if self.lower:
            data = data.lower()  # ASCII letters only; `spell` does the others
        return data.replace(b"\n", b" \xff ").split()

    def spell(self, key: bytes) -> list[bytes]:
        return [key if key.isascii() or not self.lower else key.decode().lower().encode()]


@final
@dataclass(frozen=True, slots=True)
class Characters(Tokenizer):
    """Characters as people see them (extended grapheme clusters), white space left out."""

    lower: bool
    normalize: str | None

    def keys(self, data: bytes) -> list[bytes]:
        data = _normalized(data, self.normalize)
        if data.isascii():
            found = " ".join((data.lower() if self.lower else data).decode())
        else:
            found = " ".join(CHARACTER.findall(data.decode()))
        return found.encode().replace(b"\n", END).split()

    def spell(self, key: bytes) -> list[bytes]:
        text = key.decode()
        return [] if text.isspace() else [text.lower().encode() if self.lower else key]


TOKENIZERS: dict[str, Callable[[bool, str | None], Tokenizer]] = {
    "words": Words,
    "whitespace": Whitespace,
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


@final
@dataclass(frozen=True, slots=True)
class Trained(Tokenizer):
    """A Hugging Face tokenizer.json; its own rules say what is normalised and lower-cased."""

    pretrained: Pretrained

    def keys(self, data: bytes) -> list[bytes]:
        keys: list[bytes] = []
        lines = data.decode().split("\n")
        for tokens in self.pretrained.cut(lines):
            keys += tokens
            keys.append(END)
        keys.pop()  # there is one newline less than there are pieces between newlines
        return keys

    def spell(self, key: bytes) -> list[bytes]:
        return [key]


def _normalized(data: bytes, form: str | None) -> bytes:
    if form is None or data.isascii():
        return data
    return unicodedata.normalize(form, data.decode()).encode()  # type: ignore[arg-type]


def _table(lower: bool) -> bytes:
    """Bytes that are part of no word become spaces; those beyond ASCII stay for `spell`."""
    table = bytearray(b" " * 256)
    for byte in range(256):
        if byte >= 128 or chr(byte).isalnum() or byte in b"_'":
            table[byte] = byte
    for byte in range(ord("A"), ord("Z") + 1) if lower else ():
        table[byte] = byte + 32
    table[ord("\n")] = END[0]
    return bytes(table)


ASCII = bytes(range(128))
LOWER_WORDS = _table(True)
CASED_WORDS = _table(False)
