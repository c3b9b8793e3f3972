"""How well vectors of words tell the words they stand with, and which words are like them.

Axes: `W` words judged, `C` different words near them, `D` dimensions.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.errors import VocabularyError
from rowspace.random import Stream, bits, uniform
from rowspace.training.tune_unseen_words import Parted, Text
from rowspace.vectors import Model, Vectors

WINDOW = 5
THIN = 1e-4
"""Frequent words near a word count less, √(t / share), as in training."""
PAIRS, NOISE = 100, 20
"""Pairs judged of a word at most, and words drawn against each."""
NEIGHBOURS = 10
CANDIDATES = 20_000
LOOKED_UP = 2000


@final
@dataclass(frozen=True, slots=True)
class Near:
    """`near`: the different words that stand near those judged, C of them. Of pair `i` the word is
    number `place[i]` of those judged, what stands near it `right[i]`, what was drawn instead
    `wrong[i]` int64 [NOISE]; `groups`: how many words are judged."""

    near: Sequence[bytes]
    place: np.ndarray
    right: np.ndarray
    wrong: np.ndarray
    groups: int


def pairs_near(parted: Parted, which: np.ndarray, *, min_count: int, seed: int) -> Near:
    """Words and what stands within five words of them in the lines that judge.

    What is drawn against a word comes from the pairs of all, so that how frequent a word is tells
    nothing: a vector that knows nothing comes to one half.
    """
    text, size = parted.judge, len(parted.judge.words)
    place = np.full(size, -1)
    place[which] = np.arange(len(which))
    able = parted.counts >= min_count
    able[parted.held] = False
    words, near = _pairs(text, place, able)
    share = parted.counts[near] / max(1, int(parted.counts.sum()))
    kept = uniform(seed, Stream.PAIRS, np.arange(len(near))) < np.sqrt(THIN / share)
    words, near = words[kept], near[kept]
    order = np.lexsort((bits(seed, Stream.PAIRS, len(text) + np.arange(len(words))), words))
    words, near = words[order], near[order]
    starts = np.searchsorted(words, words)
    first = np.arange(len(words)) - starts < PAIRS
    words, near = words[first], near[first]
    drawn = bits(seed, Stream.NEGATIVES, np.arange(len(near) * NOISE)) % np.uint64(
        max(1, len(near))
    )
    distinct, right = np.unique(near, return_inverse=True)
    right = right.reshape(-1)
    wrong = right[drawn.astype(np.int64)].reshape(len(near), NOISE)
    return Near([text.words[at] for at in distinct.tolist()], words, right, wrong, len(which))


def _pairs(text: Text, place: np.ndarray, able: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places of the words judged, and the numbers of the words near them."""
    at = np.flatnonzero(place[text.ids] >= 0)
    line = np.searchsorted(text.lines, at, side="right") - 1
    first, last = text.lines[line], text.lines[line + 1]
    words, near = [], []
    for step in (*range(-WINDOW, 0), *range(1, WINDOW + 1)):
        there = (at + step >= first) & (at + step < last)
        found = text.ids[at[there] + step]
        kept = able[found]
        words.append(place[text.ids[at[there]]][kept])
        near.append(found[kept])
    return np.concatenate(words), np.concatenate(near).astype(np.int64)


def told_apart(model: Model, words: Sequence[bytes], near: Near) -> np.ndarray:
    """For each word the share of its pairs in which what stands near it scores higher, by v·c, than
    what was drawn; float64 [W], NaN for a word without pairs."""
    context, ids = model.context, model.vectors.vocabulary.ids(near.near)
    assert context is not None  # noqa: S101 - it was just trained
    rows = np.asarray(context[np.maximum(ids, 0)], np.float32) * (ids >= 0)[:, None]
    scores = vectors_of(model.vectors, words) @ rows.T
    right = scores[near.place, near.right]
    wrong = scores[near.place[:, None], near.wrong]
    same = near.wrong == near.right[:, None]
    won = (right[:, None] > wrong) + 0.5 * (right[:, None] == wrong)
    fair = (~same).sum(axis=1)
    each = np.where(same, 0, won).sum(axis=1) / np.maximum(fair, 1)
    kept = fair > 0
    sums = np.bincount(near.place[kept], each[kept], minlength=near.groups)
    counts = np.bincount(near.place[kept], minlength=near.groups)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def shared_neighbours(
    model: Model, full: Model, words: Sequence[bytes], candidates: Sequence[bytes]
) -> np.ndarray:
    """For each word the share of its ten nearest candidates in `full`, which had seen it, that are
    among the ten nearest in `model`; float64 [W]."""
    found = [
        _nearest(vectors_of(one.vectors, words), vectors_of(one.vectors, candidates))
        for one in (model, full)
    ]
    shared = [len(np.intersect1d(a, b)) for a, b in zip(*found, strict=True)]
    return np.array(shared) / NEIGHBOURS


def candidates_of(parted: Parted, min_count: int) -> list[bytes]:
    """The most frequent words that every model knows."""
    order = np.argsort(-parted.counts, kind="stable")
    held = np.zeros(len(parted.counts), bool)
    held[parted.held] = True
    kept = order[(parted.counts[order] >= min_count) & ~held[order]]
    return [parted.learn.words[at] for at in kept[:CANDIDATES].tolist()]


def vectors_of(vectors: Vectors, words: Sequence[bytes]) -> np.ndarray:
    """Float32 [W, D]; zeros where the policy has nothing to go on."""
    try:
        return vectors[list(words)]
    except VocabularyError:
        bags = [vectors.vocabulary.bag(word) for word in words]
        zero = np.zeros(vectors.dim, np.float32)
        return np.stack(
            [vectors.answer(w).vector if bag else zero for w, bag in zip(words, bags, strict=True)]
        )


def look_up_seconds(vectors: Vectors, words: Sequence[bytes]) -> float:
    """Seconds a word, the best of three."""
    some = list(words[:LOOKED_UP])
    found = []
    for _ in range(3):
        began = time.perf_counter()
        vectors_of(vectors, some)
        found.append(time.perf_counter() - began)
    return min(found) / max(1, len(some))


def _nearest(rows: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """The places of the ten candidates with the highest cosine, int64 [W, 10]."""
    lengths = np.linalg.norm(candidates, axis=1, keepdims=True)
    scores = rows @ (candidates / np.where(lengths > 0, lengths, 1)).T
    scores[:, lengths[:, 0] == 0] = -np.inf
    return np.argpartition(-scores, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
