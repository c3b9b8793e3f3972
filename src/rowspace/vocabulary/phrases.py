"""`Phrases`: words that belong together, learned from a corpus and joined in any text.

Source: word2phrase (Mikolov et al. 2013, "Distributed Representations of Words and Phrases and
their Compositionality"); connectors as in gensim. How they are learned: `phrase_learning`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, final

import numpy as np

from rowspace.errors import FormatError, InputError
from rowspace.kernels.phrases_reference import MOST
from rowspace.vocabulary.items import to_bytes
from rowspace.vocabulary.joining import Joining

FORMAT, VERSION = "rowspace phrases", 1
LARGEST = 1 << 30

Phrase = tuple[str, ...]


@final
@dataclass(frozen=True, eq=False)
class Phrases:
    """`passes`: of each pass its phrases, as tuples of tokens, and their scores. `joining`: how
    they were learned, which says how they are joined too."""

    passes: tuple[Mapping[Phrase, float], ...]
    joining: Joining

    @classmethod
    def learn(
        cls, corpus: Any, *, reading: Any = None, progress: Any = None, **settings: Any
    ) -> Phrases:
        """Learn from a corpus: paths, "-", or lists of tokens, as `train` takes them.

        reading: a `corpus.Reading`, how text is cut. settings: those of `Joining`. Raises
        InputError, SettingError.
        """
        from tempfile import TemporaryDirectory

        from rowspace.vocabulary.phrase_learning import learned

        joining = Joining.named(settings)
        with TemporaryDirectory(prefix="rowspace-") as folder:
            found = learned(corpus, joining, Path(folder), reading=reading, progress=progress)
        return cls(found.passes, joining)

    def __len__(self) -> int:
        """Distinct phrases of all passes."""
        return len({self.joined(phrase) for phrases in self.passes for phrase in phrases})

    def __repr__(self) -> str:
        return f"Phrases({len(self)} in {len(self.passes)} passes)"

    def joined(self, phrase: Iterable[str]) -> str:
        """The token a phrase becomes."""
        return self.joining.delimiter.join(phrase)

    def scores(self) -> dict[str, float]:
        """Every phrase with its score, pass by pass, the best first."""
        found: dict[str, float] = {}
        for phrases in self.passes:
            for phrase in sorted(phrases, key=lambda one: (-phrases[one], one)):
                found.setdefault(self.joined(phrase), phrases[phrase])
        return found

    def join(self, tokens: Iterable[str]) -> list[str]:
        """The tokens of a sentence, those of each phrase as one; from left to right, none
        overlapping, pass after pass. Raises InputError for a text that is not cut into tokens."""
        if isinstance(tokens, (str, bytes)):
            raise InputError(
                "phrases join the tokens of a text, not a text", hint="text.split(), for example"
            )
        found = list(tokens)
        for phrases, heads in zip(self.passes, self._heads, strict=True):
            if not heads.isdisjoint(found):
                found = self._once(found, phrases, heads)
        return found

    @cached_property
    def _heads(self) -> list[set[str]]:
        return [{phrase[0] for phrase in phrases} for phrases in self.passes]

    def _once(
        self, tokens: list[str], phrases: Mapping[Phrase, float], heads: set[str]
    ) -> list[str]:
        connectors = self.joining.connectors
        out: list[str] = []
        held: list[str] = []
        for token in tokens:
            if token in connectors:
                if held and len(held) <= MOST:
                    held.append(token)
                else:
                    out += [*held, token]
                    held = []
            elif held and held[0] in heads and (*held, token) in phrases:
                out.append(self.joined((*held, token)))
                held = []
            else:
                out += held
                held = [token]
        return out + held

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write them to a JSON file, complete or not at all."""
        whole = Path(path)
        part = whole.with_name(whole.name + ".part")
        with part.open("wb") as file:
            file.write(self.to_bytes())
            file.flush()
            os.fsync(file.fileno())
        part.replace(whole)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Phrases:
        """The inverse of `save`. Raises InputError for no file, FormatError for another kind."""
        try:
            with open(path, "rb") as file:
                raw = file.read(LARGEST + 1)
        except OSError as error:
            raise InputError(f"cannot read the phrases in {path}: {error.strerror}") from error
        return cls.from_bytes(raw, path)

    def to_bytes(self) -> bytes:
        """As JSON, ASCII only."""
        passes = [[[*phrase, score] for phrase, score in one.items()] for one in self.passes]
        head = {"format": FORMAT, "version": VERSION, "joining": self.joining.config()}
        return json.dumps({**head, "passes": passes}, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, raw: bytes, path: object = "phrases") -> Phrases:
        """The inverse of `to_bytes`. Raises FormatError."""
        try:
            found = json.loads(raw) if len(raw) <= LARGEST else None
        except (ValueError, RecursionError) as error:
            raise FormatError(path, f"not a file of phrases: {error}") from None
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise FormatError(path, "not a file of phrases", hint="rowspace phrases writes one")
        if found.get("version") != VERSION:
            raise FormatError(
                path, "phrases of another version", expected=VERSION, found=found.get("version")
            )
        try:
            known = {one.name for one in fields(Joining)}
            settings = {k: v for k, v in found["joining"].items() if k in known}
            settings["connectors"] = tuple(settings.get("connectors", ()))
            passes = tuple(dict(map(_phrase, one)) for one in found["passes"])
            return cls(passes, Joining(**settings))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FormatError(path, f"broken phrases: {error}") from None

    @property
    def fingerprint(self) -> str:
        """What tells them from others: blake2b, in hexadecimal."""
        return hashlib.blake2b(self.to_bytes(), digest_size=16).hexdigest()

    def to_array(self) -> np.ndarray:
        """`to_bytes` as int64, eight bytes a number, for a model to keep among its arrays."""
        raw = self.to_bytes()
        return np.frombuffer(raw.ljust(-(-len(raw) // 8) * 8), "<i8").astype(np.int64)

    @classmethod
    def from_array(cls, array: np.ndarray) -> Phrases:
        """The inverse of `to_array`. Raises FormatError."""
        return cls.from_bytes(np.asarray(array).astype("<i8").tobytes())


def _phrase(stored: Any) -> tuple[Phrase, float]:
    *tokens, score = stored
    if not 2 <= len(tokens) <= MOST + 2 or not all(isinstance(one, str) for one in tokens):
        raise ValueError(f"{stored!r:.80} is no phrase")
    for token in tokens:
        to_bytes(token)
    return tuple(tokens), float(score)
