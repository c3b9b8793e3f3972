"""What a probe learns from: the mean vector of a text, plain or with frequent words muted; the same
of random vectors; words one-hot.

Axes: `n` texts, `D` dimensions, `F` features.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np

from rowspace.corpus import Reading
from rowspace.corpus.spacing import spaced
from rowspace.errors import InputError
from rowspace.evaluate.design import Dense, Design, Sparse
from rowspace.evaluate.features import learn_tf_idf, words_in
from rowspace.evaluate.searched import CHOICES
from rowspace.ragged import Ragged
from rowspace.random import Stream, uniform
from rowspace.vectors.model import Model
from rowspace.vectors.pooling import pool_weighted
from rowspace.vectors.text_rows import TextRows, reading_of
from rowspace.vectors.text_vectors import PHRASES, TextVectors, sif_weights
from rowspace.vectors.vectors import Vectors
from rowspace.vocabulary.phrases import Phrases

Contestant: TypeAlias = Model | Vectors | TextVectors
DENSE = (0.001, 0.01, 0.1, 1.0)
"""What C is chosen from for vectors, each of whose numbers is brought to one spread."""
MOST_WEIGHTS = 1 << 23
"""Features times labels: beyond it the features of the fewest texts are left out."""
MUTED = 1e-3
"""a of SIF's a / (a + p)."""
LOOKED_AT = 2000
READINGS = (
    Reading(tokenizer="whitespace", lower=False),
    Reading(tokenizer="words"),
    Reading(tokenizer="words", lower=False),
    Reading(tokenizer="marks"),
)
"""How texts may have been cut for vectors that do not say it."""
CUTTING = {"tokenizer": "marks", "lower": True}
"""How texts are cut for one-hot words."""


@final
@dataclass(frozen=True, slots=True)
class Features:
    """One way to see the texts: the designs of several parts of them, and the C to choose from."""

    name: str
    designs: Sequence[Design]
    choices: Sequence[float]


class System(ABC):
    """Something that knows texts by features."""

    name: str
    known: np.ndarray
    """Which texts it knows anything of, bool [n]."""

    @abstractmethod
    def ways(self, parts: Sequence[np.ndarray], seed: int) -> Iterator[Features]:
        """Ways to choose from, for parts of the texts (their places); the first is learned from."""


@final
class Means(System):
    """The mean of a text's vectors; and one in which frequent words count less, a / (a + p)
    (Arora, Liang and Ma 2017). `random`: vectors drawn by the seed instead, as many and as long."""

    def __init__(self, name: str, bags: Mapping[str, Ragged], rows: np.ndarray | int) -> None:
        self.name, self._bags, self._rows = name, bags, rows
        first = next(iter(bags.values()))
        self.known = first.lengths > 0
        self._features = {} if isinstance(rows, int) else self._pooled(rows)

    def ways(self, parts: Sequence[np.ndarray], seed: int) -> Iterator[Features]:
        """The plain mean, then the other."""
        features = self._features or self._pooled(self._drawn(seed))
        for name, x in features.items():
            learned = x[parts[0]].astype(np.float64)
            middle, spread = learned.mean(axis=0), learned.std(axis=0)
            spread[spread < 1e-12] = 1
            designs = [Dense((x[part] - middle) / spread) for part in parts]
            yield Features(name, designs, DENSE)

    def _pooled(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        found = {name: pool_weighted(rows, bags) for name, bags in self._bags.items()}
        if not all(np.isfinite(one).all() for one in found.values()):
            raise InputError(
                f"{self.name}: the vectors of these texts are not finite",
                hint="`rowspace info --verify` says which row",
            )
        return found

    def _drawn(self, seed: int) -> np.ndarray:
        """Rows of the same shape, float32 [R, D]."""
        ids, dim = next(iter(self._bags.values())).ids, self._rows
        assert isinstance(dim, int)  # noqa: S101 - the other case has its features
        places = np.arange(int(ids.max(initial=0)) + 1)[:, None] * dim + np.arange(dim)
        return uniform(seed, Stream.BASELINE, places, low=-1.0, high=1.0)


@final
class Words(System):
    """Words and pairs of words, one-hot with the weights of TF-IDF."""

    name = "one-hot"

    def __init__(self, texts: Sequence[str], outputs: int) -> None:
        cut = spaced([text.encode("utf-8", "replace") for text in texts], CUTTING)
        vocabulary = words_in(cut)
        self._bags, self._size = vocabulary.bags(cut), len(vocabulary.ids)
        self._most = MOST_WEIGHTS // outputs
        self.known = self._bags.lengths > 0

    def ways(self, parts: Sequence[np.ndarray], seed: int) -> Iterator[Features]:
        """One."""
        bags = [taken(self._bags, part) for part in parts]
        learned = learn_tf_idf(bags[0], self._size, self._most)
        width = len(learned.keys)
        designs = [Sparse(learned.features(one), width) for one in bags]
        yield Features("words and pairs of words", designs, CHOICES)


def means(name: str, given: Contestant, texts: Sequence[str]) -> tuple[Means, Means]:
    """The system of some vectors, and that of random ones of the same shape."""
    found = _opened(given, texts)
    vectors = found.source.vectors
    kept = found.source.arrays.get(PHRASES)
    phrases = None if kept is None else Phrases.from_array(kept)
    cut = _whole_items(vectors, texts)
    bags = {"mean": _bags(TextRows(vectors, found.reading, phrases), cut)}
    if not vectors.vocabulary.unseen.cuts_texts and (bags["mean"].lengths > 1).any():
        counts = vectors.counts
        if not counts.any():
            ids = TextRows(vectors, found.reading, phrases).ids(cut)
            counts = np.bincount(ids[ids >= 0], minlength=len(vectors))
        weights = sif_weights(counts, MUTED)
        if vectors.vocabulary.unseen.own_rows:
            plain = bags["mean"]
            muted = Ragged(plain.ids, plain.offsets, plain.weights * weights[plain.ids])
        else:
            muted = _bags(TextRows(vectors, found.reading, phrases, weights), cut)
        bags["frequent words muted"] = muted
    rows, few = _only(bags)
    own = np.asarray(vectors.rows[rows], np.float32) if len(rows) else np.zeros((1, vectors.dim))
    return Means(name, few, own), Means("random vectors", few, vectors.dim)


def taken(bags: Ragged, which: np.ndarray) -> Ragged:
    """Some of the bags."""
    lengths = bags.lengths[which]
    ends = np.append(0, np.cumsum(lengths))
    places = np.arange(int(ends[-1])) + np.repeat(bags.offsets[which] - ends[:-1], lengths)
    weights = None if bags.weights is None else bags.weights[places]
    return Ragged(bags.ids[places], ends, weights)


def _opened(given: Contestant, texts: Sequence[str]) -> TextVectors:
    """With the way the texts are to be cut: the model's own; where it has none, the one by which
    the most words are known."""
    if isinstance(given, TextVectors):
        return given
    model = Model(given) if isinstance(given, Vectors) else given
    vectors = model.vectors
    if vectors.vocabulary.unseen.cuts_texts:
        return TextVectors.of(model)
    if isinstance(cutting := model.config.get("cutting"), Mapping) and cutting:
        return TextVectors(model, Reading(**cutting))  # a classifier's
    if "training" in model.config:
        return TextVectors(model, reading_of(model.config))
    step = max(1, len(texts) // LOOKED_AT)
    some = texts[::step]
    best = max(READINGS, key=lambda reading: _share_known(vectors, reading, some))
    return TextVectors(model, best)


def _share_known(vectors: Vectors, reading: Reading, texts: Sequence[str]) -> float:
    """The share of the texts' letters that stand in words with rows."""
    cutting = {"tokenizer": reading.tokenizer, "lower": reading.lower}
    cut = spaced([text.encode("utf-8", "replace") for text in texts], cutting)
    words = [word for text in cut for word in text.split()]
    known = vectors.vocabulary.items.find_many(words) >= 0
    sizes = np.fromiter(map(len, words), np.int64, len(words))
    return float(sizes[known].sum() / max(1, sum(map(len, texts))))


def _whole_items(vectors: Vectors, texts: Sequence[str]) -> Sequence[str | list[str]]:
    """Where most texts are items as they stand (`New York`, a user), these are one word each."""
    there = vectors.vocabulary.ids(list(texts)) >= 0
    if 2 * np.count_nonzero(there) <= len(texts):
        return texts
    return [[text] if whole else text for text, whole in zip(texts, there.tolist(), strict=True)]


def _bags(rows: TextRows, texts: Sequence[str | list[str]]) -> Ragged:
    """Rows whose weighted sum is the mean vector of a text."""
    bags, words = rows.bags(texts)
    assert bags.weights is not None  # noqa: S101 - TextRows gives them
    each = np.repeat(np.maximum(words, 1), bags.lengths)
    return Ragged(bags.ids, bags.offsets, (bags.weights / each).astype(np.float32))


def _only(bags: Mapping[str, Ragged]) -> tuple[np.ndarray, dict[str, Ragged]]:
    """The rows that are needed, and the bags with the places among them as ids."""
    rows = np.unique(np.concatenate([one.ids for one in bags.values()]))
    few = {
        name: Ragged(np.searchsorted(rows, one.ids), one.offsets, one.weights)
        for name, one in bags.items()
    }
    return rows, few
