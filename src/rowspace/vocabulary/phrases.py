"""`Phrases`: words that belong together, learned from a corpus and joined in any text.

Source: word2phrase (Mikolov et al. 2013, "Distributed Representations of Words and Phrases and
their Compositionality"); connectors as in gensim. How they are learned: `phrase_learning`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, final

import numpy as np

from rowspace.errors import FormatError, InputError, SettingError
from rowspace.kernels.phrases_reference import MOST
from rowspace.vocabulary.items import to_bytes

SCORINGS = {"counts": 100.0, "npmi": 0.5}
"""The names of the scores, and the threshold each has where none is given."""
ENGLISH = (
    "a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with",
    "without",
)  # fmt: skip
FORMAT, VERSION = "rowspace phrases", 1
LARGEST = 1 << 30
MOST_CONNECTORS = 1 << 14

Phrase = tuple[str, ...]


@final
@dataclass(frozen=True, slots=True)
class Joining:
    """How phrases are learned. A candidate is two words side by side, or with connectors between.

    passes: each joins what the one before has joined, so that two make phrases of up to four
    words. scoring: "counts", (n(ab) - min_count) / (n(a) · n(b)) · N with N words in all
    (word2vec's), or "npmi", log(p(ab) / (p(a) · p(b))) / -log p(ab), from -1 to 1. threshold: the
    score a phrase is above; None: 100 for counts, 0.5 for npmi. min_count: what is rarer is no
    phrase. connectors: words that may stand inside a phrase, four in a row at most, and neither
    begin nor end one; "english" names gensim's. memory: bytes for the counts of candidates.
    Raises SettingError.
    """

    passes: int = 1
    scoring: str = "counts"
    threshold: float | None = None
    min_count: int = 5
    connectors: tuple[str, ...] | str = ()
    delimiter: str = "_"
    memory: int = 1 << 30

    def __post_init__(self) -> None:
        for name, high in (("passes", 10), ("min_count", 10**9)):
            value = getattr(self, name)
            whole = isinstance(value, int) and not isinstance(value, bool)
            wanted = f"a whole number from 1 to {high}"
            SettingError.unless(whole and 1 <= value <= high, name, value, wanted)
        names = " or ".join(SCORINGS)
        SettingError.unless(self.scoring in SCORINGS, "scoring", self.scoring, names)
        score = SCORINGS[self.scoring] if self.threshold is None else self.threshold
        number = isinstance(score, (int, float)) and not isinstance(score, bool)
        SettingError.unless(number and score == score, "threshold", score, "a number")
        object.__setattr__(self, "threshold", float(score))
        text = isinstance(self.delimiter, str) and bool(self.delimiter)
        SettingError.unless(text, "delimiter", self.delimiter, "text, a character at least")
        enough = isinstance(self.memory, int) and self.memory >= 1 << 16
        SettingError.unless(enough, "memory", self.memory, "65536 bytes or more")
        object.__setattr__(self, "connectors", _connectors(self.connectors))

    @classmethod
    def of(cls, given: int | Joining) -> Joining:
        """From the number of passes, or as it is. Raises SettingError."""
        return given if isinstance(given, Joining) else cls(passes=given)

    def config(self) -> dict[str, Any]:
        """What decides the result, as data."""
        return {k: v for k, v in asdict(self).items() if k != "memory"}


def _connectors(given: Sequence[str] | str) -> tuple[str, ...]:
    if isinstance(given, str):
        given = ENGLISH if given == "english" else given.split(",")
    words = isinstance(given, Sequence) and all(isinstance(word, str) for word in given)
    wanted = f"a list of at most {MOST_CONNECTORS} words, or 'english'"
    SettingError.unless(words and len(given) <= MOST_CONNECTORS, "connectors", given, wanted)
    return tuple(sorted({word for word in given if word}))


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

        with TemporaryDirectory(prefix="rowspace-") as folder:
            return learned(
                corpus, _joining(settings), Path(folder), reading=reading, progress=progress
            ).phrases

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


def _joining(settings: dict[str, Any]) -> Joining:
    """Raises SettingError for a name that is none."""
    known = [one.name for one in fields(Joining)]
    for name in settings:
        if name not in known:
            raise SettingError(
                f"there is no setting called {name!r}", hint="known: " + ", ".join(known)
            )
    return Joining(**settings)
