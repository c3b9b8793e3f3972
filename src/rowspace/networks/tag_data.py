"""What a tagger learns from: sentences in rows, batches of them, tags by number.

Axes: `B` sentences, `L` words, `T` tags.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
import torch
from torch import Tensor

from rowspace.corpus.conll import Tagged
from rowspace.corpus.tag_schemes import OUTSIDE, parted, spans_of, tags_of
from rowspace.errors import InputError
from rowspace.networks.tag import Batch
from rowspace.networks.tag_words import UNKNOWN, Forms, Lexicon
from rowspace.random import Stream, bits, uniform

POOL = 32
"""Batches whose sentences are put in order of length together."""
MOST = 1 << 13
"""Words of a batch at most, padding among them, unless a single sentence has more."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Sentences:
    """Sentences in rows: `forms` of all different words; `places`: of each sentence the forms of
    its words, int64 [L]; `tags` int64 [L] of each, or none."""

    forms: Forms
    places: list[np.ndarray]
    tags: list[np.ndarray]

    @classmethod
    def of(
        cls, words: Sequence[Sequence[str]], lexicon: Lexicon, tags: Sequence[np.ndarray] = ()
    ) -> Sentences:
        """Sentences of words; tags as `tag_ids` makes them."""
        numbers: dict[str, int] = {}
        places = [
            np.array([numbers.setdefault(word, len(numbers)) for word in one], np.int64)
            for one in words
        ]
        return cls(lexicon.forms(list(numbers)), places, list(tags))

    def __len__(self) -> int:
        return len(self.places)

    def batch(self, index: Sequence[int], rows: Sequence[np.ndarray] | None = None) -> Batch:
        """Some sentences, the longest first. rows: those of their words, where they are not
        `forms.rows`."""
        lengths = np.array([len(self.places[at]) for at in index], np.int64)
        order = np.argsort(-lengths, kind="stable").tolist()
        there = np.arange(lengths.max()) < lengths[order, None]
        forms, words, tags = (np.zeros(there.shape, np.int64) for _ in range(3))
        places = np.concatenate([self.places[index[at]] for at in order])
        own, forms[there] = np.unique(places, return_inverse=True)
        words[there] = (
            self.forms.rows[places] if rows is None else np.concatenate([rows[at] for at in order])
        )
        if self.tags:
            tags[there] = np.concatenate([self.tags[index[at]] for at in order])
        each = [torch.from_numpy(one) for one in (words, forms, lengths[order], tags)]
        return Batch(each[0], each[1], *self.forms.take(own), each[2], each[3])

    def in_order(self, size: int) -> Iterator[list[int]]:
        """The sentences in batches of like length, each once."""
        by_length = sorted(range(len(self)), key=lambda at: -len(self.places[at]))
        yield from self._cut(by_length, size)

    def shuffled(self, size: int, seed: int, epoch: int) -> list[list[int]]:
        """Batches of an epoch: drawn at random, of like length, in any order."""
        drawn = bits(seed, Stream.SHUFFLE, epoch * len(self) + np.arange(len(self)))
        order = np.argsort(drawn, kind="stable").tolist()
        pool = size * POOL
        found: list[list[int]] = []
        for start in range(0, len(order), pool):
            some = sorted(order[start : start + pool], key=lambda at: -len(self.places[at]))
            found += self._cut(some, size)
        mixed = np.argsort(drawn[: len(found)], kind="stable").tolist()
        return [found[at] for at in mixed]

    def _cut(self, order: list[int], size: int) -> Iterator[list[int]]:
        """Batches of neighbours, the first of each the longest."""
        at = 0
        while at < len(order):
            room = max(1, MOST // max(1, len(self.places[order[at]])))
            yield order[at : at + min(size, room)]
            at += min(size, room)


def hidden_words(
    sentences: Sentences, index: Sequence[int], lexicon: Lexicon, rare: float, *, at: int, seed: int
) -> list[np.ndarray]:
    """The rows of the words of some sentences, some of them hidden behind that of `<unk>`: a word
    that was met c times with the chance rare / (rare + c) (Kiperwasser and Goldberg 2016), so that
    the row learns what to say of a word that was never met. `at`: the position of the first draw.
    """
    unknown, counts = lexicon.words.id(UNKNOWN), lexicon.words.counts
    found = []
    for one in index:
        rows = sentences.forms.rows[sentences.places[one]]
        chance = rare / (rare + np.maximum(counts[rows], 1))
        draw = uniform(seed, Stream.UNSEEN, at + np.arange(len(rows)))
        found.append(np.where(draw < chance, unknown, rows))
        at += len(rows)
    return found


@final
@dataclass(frozen=True, slots=True)
class Tags:
    """The tags a network tells, by number; of spans in BIOES."""

    names: tuple[str, ...]
    spans: bool

    @classmethod
    def of(cls, data: Tagged) -> Tags:
        """Those of the training data. Raises InputError where there is only one."""
        met = {tag for one in data.tags for tag in one}
        if len(met) < 2:
            raise InputError(
                f"{data.source}: every word has the tag {next(iter(met))!r:.40}: there is nothing "
                "to learn",
                hint="give data with other tags too; --tag-column says where tags stand",
            )
        if not data.spans:
            return cls(tuple(sorted(met)), False)
        types = sorted({parted(tag)[1] for tag in met} - {""})
        return cls((OUTSIDE, *(f"{mark}-{type}" for type in types for mark in "BIES")), True)

    def ids(self, data: Tagged) -> list[np.ndarray]:
        """The numbers of each sentence's tags, int64 [L]; of one that is not known, -1."""
        numbers = {name: at for at, name in enumerate(self.names)}
        return [
            np.array([numbers.get(tag, -1) for tag in one], np.int64) for one in self.inner(data)
        ]

    def inner(self, data: Tagged) -> list[list[str]]:
        """The tags of data as the network tells them."""
        if not self.spans:
            return data.tags
        return [tags_of(spans_of(one), len(one), "bioes") for one in data.tags]

    def chains(self) -> tuple[Tensor, Tensor, Tensor]:
        """Which tags may come first, last, and behind each: bool [T], [T], [T, T]."""
        marks = [parted(name) for name in self.names]
        if not self.spans:
            ones = torch.ones(len(marks), dtype=torch.bool)
            return ones, ones, ones.repeat(len(marks), 1)
        opens = torch.tensor([mark in ("B", "I") for mark, _ in marks])
        goes_on = torch.tensor([mark in ("I", "E") for mark, _ in marks])
        same = torch.tensor([[a == b for _, b in marks] for _, a in marks])
        follows = torch.where(opens[:, None], goes_on[None] & same, ~goes_on[None])
        return ~goes_on, ~opens, follows
