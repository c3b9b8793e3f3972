"""Learned vectors against random ones, on pairs that the training never saw as pairs.

A word and its plural mean nearly the same. For each pair we ask how many words of about the
plural's frequency lie farther from the word than the plural does: vectors that know nothing get
half of them right, whatever the vocabulary. Frequency is held equal because frequent words lie
nearer to everything. The interval is a 95 % bootstrap over the pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rowspace.vectors import Vectors

Estimate = tuple[float, float, float]  # value, low, high
RIVALS = 50  # to each side of the plural, in order of frequency
RESAMPLED = 2000
SHORTEST = 4  # letters; shorter words and an "s" are often unrelated


@dataclass(frozen=True, slots=True)
class Comparison:
    """The share of rivals that lie farther than the plural, learned and random."""

    pairs: int
    learned: Estimate
    random: Estimate


def compare(vectors: Vectors, *, seed: int = 0) -> Comparison:
    """Score `vectors`, and random ones of the same shape."""
    items = list(vectors.vocabulary)
    pairs = plurals(items)
    draw = np.random.default_rng(seed)
    noise = draw.standard_normal((len(items), vectors.dim), dtype=np.float32)
    learned = estimate(nearer(np.asarray(vectors.matrix, np.float32), pairs), draw)
    random = estimate(nearer(noise, pairs), draw)
    return Comparison(len(pairs), learned, random)


def plurals(items: list[str]) -> list[tuple[int, int]]:
    """Ids of every known word whose form with an "s" is known too."""
    ids = {item: id for id, item in enumerate(items)}
    return [
        (id, ids[item + "s"])
        for id, item in enumerate(items)
        if len(item) >= SHORTEST and item.isalpha() and item + "s" in ids
    ]


def nearer(matrix: np.ndarray, pairs: list[tuple[int, int]]) -> np.ndarray:
    """For each pair, the share of the plural's rivals that lie farther from the word, [pairs].

    Rows lie in order of frequency, so the plural's rivals are its neighbours in the matrix [V, D].
    """
    unit = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
    shares = np.empty(len(pairs))
    for place, (word, plural) in enumerate(pairs):
        low, high = max(0, plural - RIVALS), min(len(unit), plural + RIVALS + 1)
        rivals = np.array([id for id in range(low, high) if id not in (word, plural)])
        scores = unit[rivals] @ unit[word]
        own = float(unit[plural] @ unit[word])
        shares[place] = np.mean(scores < own) + 0.5 * np.mean(scores == own)
    return shares


def estimate(shares: np.ndarray, draw: np.random.Generator) -> Estimate:
    """The mean and its 95 % bootstrap interval."""
    if not len(shares):
        return float("nan"), float("nan"), float("nan")
    picked = draw.integers(0, len(shares), (RESAMPLED, len(shares)))
    low, high = np.quantile(shares[picked].mean(axis=1), [0.025, 0.975])
    return float(shares.mean()), float(low), float(high)
