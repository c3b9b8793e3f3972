"""`TextRows`: texts to weighted bags of rows, a block of texts at a time.

A distinct piece of text (`corpus.Tokenizer`) is cut into words and looked up once; what a text then
costs is a look-up of each of its pieces in a dictionary, and arrays.

Axes: `V` known items, `B` texts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count, islice
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.corpus import END, TOKENIZERS, Reading, Tokenizer, tokenizer
from rowspace.errors import InputError
from rowspace.ragged import Ragged
from rowspace.vectors.vectors import Vectors
from rowspace.vocabulary import to_bytes, to_text
from rowspace.vocabulary.phrases import Phrases

Text: TypeAlias = str | bytes | Sequence[str]
BLOCK = 4096  # texts worked on at a time
KEPT = 1 << 20  # distinct pieces of text remembered


def reading_of(config: Mapping[str, Any]) -> Reading:
    """How the texts of a model were cut; at white space, as they are, where that is not known.

    Raises InputError for a trained tokenizer, which a model does not hold itself.
    """
    trained = config.get("training")
    if not isinstance(trained, Mapping):
        return Reading(tokenizer="whitespace", lower=False)
    names = {"tokenizer", "lower", "normalize"} & trained.keys()
    settings = {name: trained[name] for name in names}
    if settings.get("tokenizer", "words") not in TOKENIZERS:
        raise InputError(
            f"the texts of this model were cut by {settings['tokenizer']!r:.60}",
            hint="say where it is: reading=Reading(tokenizer='MODEL/tokenizer.json')",
        )
    return Reading(**settings)


@final
class TextRows:
    """The rows of texts: those of each word, weighted. `weights` float32 [V] for known words (None:
    1 for all); an unseen one counts 1, where the policy has rows for it."""

    def __init__(
        self,
        vectors: Vectors,
        reading: Reading,
        phrases: Phrases | None = None,
        weights: np.ndarray | None = None,
    ) -> None:
        self.vocabulary, self.phrases, self.weights = vectors.vocabulary, phrases, weights
        # A policy that cuts texts itself has its own tokenizer.
        self._cutter = None if self.vocabulary.unseen.cuts_texts else tokenizer(reading)
        self._known = _Known()

    def bags(self, texts: Sequence[Text]) -> tuple[Ragged, np.ndarray]:
        """A bag a text with weights float32, and its words that have rows, int64 [B]."""
        if self._cutter is None:
            return self._by_policy(texts)
        numbers = self._numbered(self._cutter, texts)
        known = self._known
        ends = np.flatnonzero(numbers == END_NUMBER) + 1
        rows, weights, sizes = known.bags.take(numbers)
        offsets = np.concatenate([[0], np.cumsum(sizes)])[np.concatenate([[0], ends])]
        words = np.concatenate([[0], np.cumsum(known.words[numbers])])[ends]
        return Ragged(rows, offsets, weights), np.diff(words, prepend=0)

    def ids(self, texts: Sequence[Text]) -> np.ndarray:
        """The ids of the known words of the texts, int64."""
        if self._cutter is None:
            return self._by_policy(texts)[0].ids
        numbers = self._numbered(self._cutter, texts)
        return self._known.ids.take(numbers)[0]

    def _by_policy(self, texts: Sequence[Text]) -> tuple[Ragged, np.ndarray]:
        """The policy cuts texts itself, and gives rows that are items."""
        vocabulary = self.vocabulary
        bags = Ragged.of([
            vocabulary.unseen.rows_of(vocabulary.items, to_bytes(text))
            if isinstance(text, (str, bytes))
            else [row for token in _given(text) for row in vocabulary.bag(token)]
            for text in texts
        ])  # fmt: skip
        weights = np.ones(len(bags.ids), np.float32)
        if self.weights is not None:
            weights = self.weights[bags.ids]
        return Ragged(bags.ids, bags.offsets, weights), bags.lengths

    def _numbered(self, cutter: Tokenizer, texts: Sequence[Text]) -> np.ndarray:
        """The numbers of all pieces, int64, END_NUMBER after each text; new ones are looked up."""
        if len(self._known.numbers) > KEPT:
            self._known = _Known()
        keys: list[bytes | str] = []
        if self.phrases is None and all(isinstance(text, (str, bytes)) for text in texts):
            keys += cutter.cutting.pieces(cutter.prepare(_lines(texts)))  # type: ignore[arg-type]
        else:
            for text in texts:
                tokens = cutter.tokens(_text(text)) if isinstance(text, (str, bytes)) else text
                given = [to_text(token) for token in _given(tokens)]
                keys += given if self.phrases is None else self.phrases.join(given)
                keys.append(END)
        known = self._known
        before = len(known.numbers)
        numbers = np.fromiter(map(known.numbers.__getitem__, keys), np.int64, len(keys))
        if len(known.numbers) > before:
            self._look_up(cutter, list(islice(known.numbers, before, None)))
        return numbers

    def _look_up(self, cutter: Tokenizer, keys: list[bytes | str]) -> None:
        """The rows and ids of new pieces. Bytes are still to be spelled; text is a token."""
        spelled = [
            [to_bytes(key)] if isinstance(key, str) or key.isascii() else cutter.spell(key)
            for key in keys
        ]
        words = [word for one in spelled for word in one]
        lengths = np.fromiter(map(len, spelled), np.int64, len(spelled))
        ids, rows = self.vocabulary.items.find_many(words), self.vocabulary.rows(words)
        sizes = rows.lengths
        weights = np.ones(len(words), np.float32)
        if self.weights is not None:
            weights[ids >= 0] = self.weights[ids[ids >= 0]]
        if self.vocabulary.pool == "mean":
            weights /= np.maximum(sizes, 1)
        places = np.repeat(np.arange(len(keys)), lengths)
        count = len(keys)
        known = self._known
        known.bags.add(rows.ids, np.repeat(weights, sizes), _sums(places, sizes, count))
        there = ids >= 0
        known.ids.add(ids[there], weights[there], _sums(places, there, count))
        known.words = np.append(known.words, _sums(places, sizes > 0, count))


END_NUMBER = 0


@final
class _Flat:
    """Numbers and their weights for each piece, one piece after the other."""

    def __init__(self) -> None:
        self.values, self.weights = np.zeros(0, np.int64), np.zeros(0, np.float32)
        self.offsets = np.zeros(2, np.int64)  # END has none

    def add(self, values: np.ndarray, weights: np.ndarray, sizes: np.ndarray) -> None:
        self.values = np.append(self.values, values.astype(np.int64))
        self.weights = np.append(self.weights, weights)
        self.offsets = np.append(self.offsets, self.offsets[-1] + np.cumsum(sizes))

    def take(self, pieces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Those of some pieces, in their order, and how many each has."""
        starts = self.offsets[pieces]
        sizes = self.offsets[pieces + 1] - starts
        first = np.cumsum(sizes) - sizes
        places = np.arange(int(sizes.sum())) + np.repeat(starts - first, sizes)
        return self.values[places], self.weights[places], sizes


@final
class _Known:
    """Pieces met so far: their numbers, rows, ids of known words, and words that have rows."""

    def __init__(self) -> None:
        self.numbers: defaultdict[bytes | str, int] = defaultdict(count(1).__next__)
        self.numbers[END] = END_NUMBER
        self.bags, self.ids, self.words = _Flat(), _Flat(), np.zeros(1, np.int64)


def _sums(places: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    return np.bincount(places, values, size).astype(np.int64)


def _text(text: str | bytes) -> str:
    return text if isinstance(text, str) else to_text(text)


def _lines(texts: Sequence[str | bytes]) -> bytes:
    """Each text on a line of its own."""
    lines = [_text(text).replace("\n", " ") for text in texts]
    return "".join(line + "\n" for line in lines).encode("utf-8", "replace")


def _given(text: Iterable[str]) -> list[bytes]:
    if not isinstance(text, Iterable):
        raise InputError(f"a text must be text or a list of tokens, not {type(text).__name__}")
    return [to_bytes(token) for token in text]
