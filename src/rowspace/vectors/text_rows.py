"""`TextRows`: texts to weighted bags of rows, a block of texts at a time.

Axes: `V` known items, `B` texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
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
KEPT = 1 << 20  # distinct words remembered


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
        self._forget()

    def _forget(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._ids = np.empty(0, np.int64)
        self._bags = Ragged.of([])
        self._pieces: dict[bytes, list[bytes]] = {}

    def bags(self, texts: Sequence[Text]) -> tuple[Ragged, np.ndarray]:
        """A bag a text with weights float32, and its words that have rows, int64 [B]."""
        if self._cutter is None:
            return self._by_policy(texts)
        words, lengths = self._words(texts)
        numbers = self._numbered(words)
        sizes = self._bags.lengths[numbers]
        rows = _gathered(self._bags.ids, self._bags.offsets[numbers], sizes)
        weights = np.ones(len(numbers), np.float32)
        if self.weights is not None:
            ids = self._ids[numbers]
            weights[ids >= 0] = self.weights[ids[ids >= 0]]
        if self.vocabulary.pool == "mean":
            weights /= np.maximum(sizes, 1)
        ends = np.cumsum(lengths)
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        answered = np.concatenate([[0], np.cumsum(sizes > 0)])
        count = answered[ends] - answered[ends - lengths]
        bounds = offsets[np.concatenate([[0], ends])]
        return Ragged(rows, bounds, np.repeat(weights, sizes)), count

    def ids(self, texts: Sequence[Text]) -> np.ndarray:
        """The ids of all words of the texts, int64; -1 for one that is not known."""
        if self._cutter is None:
            return self._by_policy(texts)[0].ids
        words, _ = self._words(texts)
        numbers = self._numbered(words)
        return self._ids[numbers]

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

    def _words(self, texts: Sequence[Text]) -> tuple[list[bytes], np.ndarray]:
        """The words of all texts, and how many each has, int64 [B]."""
        whole = [text for text in texts if isinstance(text, (str, bytes))]
        cut = self._cut(self._cutter, whole) if self._cutter is not None and whole else iter(())
        listed = [next(cut) if isinstance(text, (str, bytes)) else _given(text) for text in texts]
        if self.phrases is not None:
            listed = [[*map(to_bytes, self.phrases.join(map(to_text, one)))] for one in listed]
        return list(chain.from_iterable(listed)), np.fromiter(map(len, listed), np.int64)

    def _cut(self, cutter: Tokenizer, texts: list[str | bytes]) -> Iterator[list[bytes]]:
        lines = (text if isinstance(text, str) else to_text(text) for text in texts)
        data = "\n".join(line.replace("\n", " ") for line in lines).encode("utf-8", "replace")
        found: list[bytes] = []
        for piece in cutter.cutting.pieces(cutter.prepare(data)):
            if piece == END:
                yield found
                found = []
            elif piece.isascii():
                found.append(piece)
            else:
                if piece not in self._pieces:
                    self._pieces[piece] = cutter.spell(piece)
                found += self._pieces[piece]
        yield found

    def _numbered(self, words: list[bytes]) -> np.ndarray:
        """The number of each word; new ones are looked up together."""
        if len(self._numbers) + len(self._pieces) > KEPT:
            self._forget()
        new = [word for word in dict.fromkeys(words) if word not in self._numbers]
        if new:
            first = len(self._numbers)
            self._numbers.update(zip(new, range(first, first + len(new)), strict=True))
            self._ids = np.append(self._ids, self.vocabulary.items.find_many(new))
            rows = self.vocabulary.rows(new)
            offsets = np.append(self._bags.offsets, self._bags.offsets[-1] + rows.offsets[1:])
            self._bags = Ragged(np.append(self._bags.ids, rows.ids.astype(np.int64)), offsets)
        return np.fromiter(map(self._numbers.__getitem__, words), np.int64, len(words))


def _given(text: Sequence[str]) -> list[bytes]:
    if not isinstance(text, Iterable):
        raise InputError(f"a text must be text or a list of tokens, not {type(text).__name__}")
    return [to_bytes(token) for token in text]


def _gathered(ids: np.ndarray, starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """ids[starts[i]:starts[i] + sizes[i]] for every i, one after the other."""
    first = np.cumsum(sizes) - sizes
    within = np.arange(int(sizes.sum())) - np.repeat(first, sizes)
    return ids[np.repeat(starts, sizes) + within]
