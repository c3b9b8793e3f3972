"""A translator in the loop: the parts of its data, its batches, its judge."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, final

import numpy as np
import torch
from torch import Tensor

from rowspace.corpus.parallel import Parallel, ParallelReading, parallel
from rowspace.corpus.splits import split
from rowspace.corpus.subwords import Subwords, learn_subwords
from rowspace.errors import InputError
from rowspace.evaluate.translation import bleu
from rowspace.networks.device import moved
from rowspace.networks.settings import Run
from rowspace.networks.start import started
from rowspace.networks.task import Task
from rowspace.networks.translate import TranslateSettings, Translator
from rowspace.networks.translate_answers import Answers, vocabulary_of
from rowspace.networks.translate_data import Batch, Pairs
from rowspace.nn import Dropout, Embedding
from rowspace.vectors import Vectors

JUDGED = 500
"""Sentences whose translation judges an epoch, at most: a tenth of an epoch's time, where the whole
validation part is only looked at in the end."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The pairs to learn from, those that judge epochs and those that judge the end. empty: pairs
    left out for an empty side; told: what was left out of each file, in words."""

    train: Parallel
    valid: Parallel | None
    test: Parallel | None
    reading: ParallelReading
    empty: int
    told: tuple[str, ...]

    @classmethod
    def of(cls, data: Any, test: Any, reading: ParallelReading, run: Run) -> Parts:
        """Read, or divided. Raises InputError."""
        whole = train = parallel(data, reading)
        valid = None
        if not isinstance(run.valid, (int, float)):
            valid = parallel(run.valid, reading)
        elif run.valid:
            if len(whole) < 2:
                raise InputError(f"{whole.name}: one pair cannot be divided", hint="--valid 0")
            learn, judge = split(len(whole), run.valid, seed=run.seed)
            train, valid = whole.take(learn), whole.take(judge)
        tested = None if test is None else parallel(test, reading)
        told = [one.warning() for one in (whole, valid, tested) if one is not None]
        return cls(train, valid, tested, reading, whole.empty, tuple(filter(None, told)))

    def mark(self) -> str:
        """What tells the data apart, hexadecimal."""
        known = hashlib.blake2b(str(self.reading.longest).encode(), digest_size=12)
        for one in (self.train, self.valid):
            for side in () if one is None else (one.sources, one.targets):
                known.update("\n".join(side).encode("utf-8", "replace") + b"\0")
        return known.hexdigest()


@final
@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The data as ids: learned subwords, the pairs cut into them."""

    parts: Parts
    subwords: Subwords
    train: Pairs
    valid: Pairs | None

    @classmethod
    def of(cls, parts: Parts, size: int) -> Prepared:
        """Learn subwords from both sides together, and cut. Raises InputError."""
        lines = chain(parts.train.sources, parts.train.targets)
        subwords = Subwords.of(learn_subwords(lines, size))
        longest = parts.reading.longest
        train = Pairs.of(parts.train, subwords, longest)
        if not len(train):
            raise InputError(
                f"{parts.train.name}: every pair has a side with more than {longest} subwords, "
                f"that of line {train.first_dropped} the first",
                hint="--longest allows more; one sentence a line is what is wanted",
            )
        valid = None if parts.valid is None else Pairs.of(parts.valid, subwords, longest)
        return cls(parts, subwords, train, valid)

    def warnings(self) -> Iterator[str]:
        """What was left out, in words."""
        yield from self.parts.told
        if self.train.dropped:
            yield (
                f"{self.parts.train.name}: {self.train.dropped:,} pairs have a side with more than "
                f"{self.parts.reading.longest} subwords and are left out of training, the first in "
                f"line {self.train.first_dropped}"
            )

    def about(self) -> dict[str, int]:
        """The data in numbers."""
        sizes = self.train.lengths.sum(0).tolist()
        return {
            "pairs": len(self.train), "subwords": len(self.subwords), "source_tokens": sizes[0],
            "target_tokens": sizes[1], "empty_sides": self.parts.empty,
            "too_long": self.train.dropped,
        }  # fmt: skip


@final
class TranslateTask(Task):
    """A translator in the loop."""

    counted = "tokens"

    def __init__(
        self, data: Prepared, settings: TranslateSettings, run: Run, start: Vectors | None
    ) -> None:
        self.data, self.settings, self.run = data, settings, run
        dropped = Dropout(run.embedding_dropout, run.embedding_dropout_of)  # type: ignore[arg-type]
        size = len(data.subwords)
        self.network: Translator = Translator(size, settings, dropped)
        # Only what begins a word has a word's vector; text has no word between these brackets.
        words = [word or f"<{id}>" for id, word in enumerate(data.subwords.words)]
        self.found = started(self.network.embedding, words, start, run)
        self.vocabulary = vocabulary_of(
            data.subwords, chain(data.train.sources, data.train.targets)
        )

    def tables(self) -> list[Embedding]:
        """The one there is."""
        return [self.network.embedding]

    def steps(self) -> int:
        """Batches of the first epoch."""
        return len(self.data.train.shuffled(self.run.batch, self.run.seed, 0))

    def batches(self, epoch: int) -> Iterator[tuple[Batch, int]]:
        """Pairs of like length; subwords of both sides are counted."""
        train = self.data.train
        lengths = train.lengths.sum(1)
        for index in train.shuffled(self.run.batch, self.run.seed, epoch):
            yield train.batch(index), int(lengths[index].sum())

    def loss(self, batch: Batch) -> Tensor:
        """Of the next subwords."""
        return self.network.loss(*batch, self.settings.smoothing)

    def judge(self) -> dict[str, float]:
        """BLEU of the likeliest subword each, without a search, on `JUDGED` sentences; and the loss
        a subword. The loss begins to rise while translations still get better, so it is BLEU that
        chooses."""
        parts = self.data.parts
        if parts.valid is None or self.data.valid is None:
            return {}
        sources, targets = parts.valid.sources[:JUDGED], parts.valid.targets[:JUDGED]
        return {"BLEU": bleu(self.answers().several(sources, beam=1), targets),
                "valid_loss": self._loss(self.data.valid)}  # fmt: skip

    def answers(self) -> Answers:
        """The network as it is, to be asked."""
        reading = self.data.parts.reading
        return Answers(self.network, self.data.subwords, self.settings, reading.longest)

    def _loss(self, pairs: Pairs) -> float:
        """The mean over all subwords, without smoothing."""
        device = next(self.network.parameters()).device
        total = count = 0.0
        for index in pairs.shuffled(self.run.batch, 0, 0):
            batch = pairs.batch(index)
            size = float(np.count_nonzero(batch.after))
            with torch.no_grad():
                source, before, after = moved(batch, device)
                total += size * float(self.network.loss(source, before, after, 0.0))
            count += size
        return total / max(1.0, count)
