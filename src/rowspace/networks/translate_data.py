"""Pairs of sentences as ids, and batches of them: counted in subwords, of like length, shuffled.

Axes: `n` pairs, `B` of a batch, `S` and `T` subwords of its longest source and target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np
import torch
from torch import Tensor

from rowspace.corpus.parallel import Parallel
from rowspace.corpus.subwords import BEGIN, END, Subwords
from rowspace.ragged import Ragged


class Batch(NamedTuple):
    """int64, `PAD` behind what is shorter. source [B, S] ends with the id that ends; before [B, T]
    begins with the one that begins; after [B, T] is the same a place later, and ends."""

    source: Tensor
    before: Tensor
    after: Tensor


@final
@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """sources, targets: ids of n sentences, without the ids around them. dropped: pairs left out
    for their length, and the line of the first of them."""

    sources: Sequence[np.ndarray]
    targets: Sequence[np.ndarray]
    dropped: int = 0
    first_dropped: int = 0

    @classmethod
    def of(cls, data: Parallel, subwords: Subwords, longest: int) -> Pairs:
        """Cut into subwords; pairs with more than `longest` of them on a side are left out."""
        sides = [
            [np.array(ids, np.int32) for ids in subwords.ids(side)]
            for side in (data.sources, data.targets)
        ]
        kept, first = [], 0
        for at, (source, target) in enumerate(zip(*sides, strict=True)):
            if max(len(source), len(target)) <= longest:
                kept.append((source, target))
            elif not first:
                first = int(data.lines[at])
        count = len(data) - len(kept)
        return cls([one for one, _ in kept], [one for _, one in kept], count, first)

    def __len__(self) -> int:
        return len(self.sources)

    @property
    def lengths(self) -> np.ndarray:
        """int64 [n, 2]: of sources and targets, with the id that ends."""
        each = [
            (len(one), len(other)) for one, other in zip(self.sources, self.targets, strict=True)
        ]
        return np.array(each, np.int64).reshape(-1, 2) + 1

    def shuffled(self, size: int, seed: int, epoch: int) -> list[np.ndarray]:
        """The pairs of each batch, int64 [B]: of `size` subwords at most, both sides and what fills
        them up included; a longer pair is a batch of its own. A function of seed and epoch."""
        chance = np.random.default_rng((seed, epoch))
        order = chance.permutation(len(self))
        lengths = self.lengths[order]
        order = order[np.lexsort((lengths[:, 0], lengths[:, 1]))]
        batches = cut(self.lengths[order], size)
        found = [order[a:b] for a, b in batches]
        return [found[at] for at in chance.permutation(len(found))]

    def batch(self, index: np.ndarray) -> Batch:
        """The pairs of `index` int64 [B]."""
        at = index.tolist()
        sources, targets = [self.sources[i] for i in at], [self.targets[i] for i in at]
        return Batch(
            padded(sources, ends=True), padded(targets, begins=True), padded(targets, ends=True)
        )


def cut(lengths: np.ndarray, size: int) -> list[tuple[int, int]]:
    """Runs of rows of `lengths` int64 [n, M] that together, each filled up to the longest of its
    column, take at most `size`; at least one row each."""
    found, start = [], 0
    longest = np.zeros(lengths.shape[1], np.int64)
    for at, own in enumerate(lengths):
        grown = np.maximum(longest, own)
        if at > start and int(grown.sum()) * (at + 1 - start) > size:
            found.append((start, at))
            start, grown = at, own
        longest = grown
    return [*found, (start, len(lengths))] if len(lengths) else found


def padded(sentences: Sequence[np.ndarray], *, begins: bool = False, ends: bool = False) -> Tensor:
    """Ids as one tensor int64 [B, L], with the ids that begin and end put around them."""
    first, last = [BEGIN] * begins, [END] * ends
    whole = [np.concatenate([first, ids, last]).astype(np.int64) for ids in sentences]
    lengths = np.array([len(ids) for ids in whole], np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    ids = np.concatenate([np.zeros(0, np.int64), *whole])
    filled: np.ndarray = Ragged(ids, offsets).padded()
    return torch.from_numpy(filled)
