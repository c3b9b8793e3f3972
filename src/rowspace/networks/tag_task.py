"""A tagger in the loop: the parts of its data, its batches, its judge."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, final

from torch import Tensor

from rowspace.corpus.conll import Tagged, TagReading
from rowspace.corpus.conll import tagged as read
from rowspace.corpus.splits import split
from rowspace.errors import InputError
from rowspace.evaluate.spans import quick_figures
from rowspace.networks.settings import Run
from rowspace.networks.start import started
from rowspace.networks.tag import Batch, Tagger, TagSettings
from rowspace.networks.tag_answers import Answers, tables_of
from rowspace.networks.tag_data import Sentences, Tags, hidden_words
from rowspace.networks.tag_words import Lexicon
from rowspace.networks.task import Task
from rowspace.nn import Dropout, Embedding, EmbeddingBag
from rowspace.vectors import Vectors


@final
@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The sentences to learn from, those that judge epochs and those that judge the end."""

    train: Tagged
    valid: Tagged | None
    test: Tagged | None
    reading: TagReading

    @classmethod
    def of(cls, data: Any, test: Any, reading: TagReading, run: Run) -> Parts:
        """Read, or divided. Raises InputError."""
        whole, valid = _data(data, reading), None
        if isinstance(run.valid, (int, float)):
            if run.valid and len(whole) < 2:
                raise InputError(
                    f"{whole.source}: one sentence cannot be divided", hint="--valid 0"
                )
            if run.valid:
                learn, judge = split(len(whole), run.valid, seed=run.seed)
                whole, valid = whole.take(learn.tolist()), whole.take(judge.tolist())
        else:
            valid = _data(run.valid, reading)
        tested = None if test is None else _data(test, reading)
        for one in (valid, tested):
            if one is not None:
                require_kind(one, whole.spans)
        return cls(whole, valid, tested, reading)

    def mark(self) -> str:
        """What tells the data apart, hexadecimal."""
        known = hashlib.blake2b(digest_size=12)
        for one in (self.train, self.valid):
            for sentences in () if one is None else (one.words, one.tags):
                known.update("\n".join(map("\t".join, sentences)).encode("utf-8", "replace"))
        return known.hexdigest()


STEP, STEPS = 0.5, 8
"""By how much, and how often, the score of no entity is lowered."""


@final
class TagTask(Task):
    """A tagger in the loop."""

    counted = "tokens"

    def __init__(
        self, parts: Parts, settings: TagSettings, run: Run, start: Vectors | None
    ) -> None:
        met = Counter(word for one in parts.train.words for word in one)
        beside = _beside(start, settings)
        self.tags = Tags.of(parts.train)
        self.lexicon = Lexicon.of(
            met, beside, lower=bool(settings.lower), longest=settings.pieces,
            least=settings.min_count,
        )  # fmt: skip
        self.run, self.rare, self.valid = run, settings.rare, parts.valid
        dropped = Dropout(run.embedding_dropout, run.embedding_dropout_of)  # type: ignore[arg-type]
        self.network: Tagger = Tagger(self.lexicon.sizes, self.tags.chains(), settings, dropped)
        self.found = started(self.network.words, list(self.lexicon.words), start, run)
        if start is not None:
            self.found |= _known(self.lexicon, start)
        for table in self.tables()[1:] if run.tune == "random" else ():
            started(table, [], None, run)  # type: ignore[arg-type]
        self.train = Sentences.of(parts.train.words, self.lexicon, self.tags.ids(parts.train))
        self.tokens = parts.train.tokens

    def tables(self) -> list[Embedding | EmbeddingBag]:
        """Words, letters, pieces, shapes."""
        return [layer for layer, _ in tables_of(self.network, self.lexicon).values()]

    def steps(self) -> int:
        """Batches of the first epoch."""
        return len(self.train.shuffled(self.run.batch, self.run.seed, 0))

    def batches(self, epoch: int) -> Iterator[tuple[Batch, int]]:
        """Sentences of like length, rare words hidden at times."""
        at, seed = epoch * self.tokens, self.run.seed
        for index in self.train.shuffled(self.run.batch, seed, epoch):
            rows = hidden_words(self.train, index, self.lexicon, self.rare, at=at, seed=seed)
            count = sum(map(len, rows))
            at += count
            yield self.train.batch(index, rows), count

    def loss(self, batch: Batch) -> Tensor:
        """Of the tags together."""
        return self.network.loss(batch)

    def judge(self) -> dict[str, float]:
        """F1 first, or the accuracy of single words."""
        if self.valid is None:
            return {}
        return quick_figures(self.valid.tags, self.answer(self.valid), spans=self.tags.spans)

    def settle(self, figures: dict[str, float]) -> dict[str, float]:
        """Lower the score of no entity at all (O) for as long as F1 gets better: a chain is learned
        as the likeliest, and where entities are rare it is likelier to name too few."""
        if not figures or not self.tags.spans:
            return figures
        bias, best = self.network.scores.bias, figures
        lowered, start = 0.0, float(bias[0])
        for step in range(1, STEPS + 1):
            bias[0] = start - step * STEP
            found = self.judge()
            if found["f1"] > best["f1"]:
                best, lowered = found, step * STEP
        bias[0] = start - lowered
        return best

    def answer(self, data: Tagged) -> list[list[str]]:
        """The tags of sentences, as the network is."""
        return Answers(self.network, self.lexicon, self.tags).tagged(data.words)


def _data(data: Any, reading: TagReading) -> Tagged:
    return data if isinstance(data, Tagged) else read(data, reading)


def require_kind(data: Tagged, spans: bool) -> None:
    """Raises InputError unless data mark spans, or do not, as those of the training."""
    if data.spans != spans:
        wanted = "tags of entities (B-PER, I-PER, O)" if spans else "a tag for each word, no spans"
        raise InputError(
            f"{data.source}: wanted {wanted}, as the training data have, came "
            f"{'spans' if data.spans else 'plain tags'}",
            hint="--tag-column says where tags stand, --scheme what they are",
        )


def _beside(start: Vectors | None, settings: TagSettings) -> Sequence[str]:
    """Words that only the vectors know, the most frequent first."""
    if start is None:
        return ()
    names = (name.lower() if settings.lower else name for name in start.vocabulary)
    return list(dict.fromkeys(names))[: settings.more_words]


def _known(lexicon: Lexicon, start: Vectors) -> dict[str, Any]:
    """How many of the words of the training, and what share of its text, start from a vector."""
    counts = lexicon.words.counts
    words = [word for word, count in zip(lexicon.words, counts.tolist(), strict=True) if count]
    there = start.vocabulary.ids(words) >= 0
    there |= start.vocabulary.ids([word.lower() for word in words]) >= 0
    share = float(counts[counts > 0][there].sum() / counts.sum())
    return {"known": int(there.sum()), "of": len(words), "tokens": round(share, 6)}
