"""How well vectors tell which words stand together, for every prefix of them at once.

A pair is a word and one that stands near it in a text. Its rank is that of the right word among
words drawn by chance, by u·v; its loss is -log σ(u·v) - Σₖ log σ(-u·vₖ), what training by negative
sampling learns by (Mikolov et al. 2013). Axes: `n` pairs, `P` prefixes, `S` stretches of text, `V`
items, `D` dimensions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from rowspace.evaluate.score import Score

AMONG = 500
"""Words drawn for a stretch, among which the right one is to be found."""
RESAMPLES = 1000
_PAIRS = 8192  # worked on at once

Draw = Callable[[int], np.ndarray]


class Pairs(NamedTuple):
    """`words` and what stands near them, `near`, ids int [n]; the pairs of stretch s are
    `cuts[s]` to `cuts[s + 1]`, int [S + 1]."""

    words: np.ndarray
    near: np.ndarray
    cuts: np.ndarray


class Told(NamedTuple):
    """The mean of each stretch, float64 [S, P]: reciprocal ranks, losses in nats; its pairs."""

    ranks: np.ndarray
    losses: np.ndarray
    sizes: np.ndarray


def tell(
    vectors: np.ndarray,
    context: np.ndarray,
    pairs: Pairs,
    ends: Sequence[int],
    *,
    negative: int,
    draw: Draw,
) -> Told:
    """Ranks and losses of `pairs` by `vectors` and `context` float32 [V, D], by the first `ends`
    numbers of both. `draw(n)` gives n ids of noise words; a loss is against `negative` of them.
    """
    ranks, losses, sizes = [], [], []
    for start, stop in zip(pairs.cuts[:-1].tolist(), pairs.cuts[1:].tolist(), strict=True):
        words, near = pairs.words[start:stop], pairs.near[start:stop]
        noise = draw(AMONG)
        found = np.zeros((2, len(ends)))
        for at in range(0, len(words), _PAIRS):
            some = slice(at, at + _PAIRS)
            found += _of(vectors, context, words[some], near[some], noise, ends, negative)
        ranks.append(found[0] / max(1, len(words)))
        losses.append(found[1] / max(1, len(words)))
        sizes.append(len(words))
    return Told(np.array(ranks), np.array(losses), np.array(sizes))


def _of(
    vectors: np.ndarray, context: np.ndarray, words: np.ndarray, near: np.ndarray,
    noise: np.ndarray, ends: Sequence[int], negative: int,
) -> np.ndarray:  # fmt: skip
    """Sums of reciprocal ranks and of losses, float64 [2, P]."""
    x, y, drawn = vectors[words], context[near], context[noise]
    right = np.zeros(len(words), np.float32)
    wrong = np.zeros((len(words), len(noise)), np.float32)
    taken = noise[None] == near[:, None]
    out, lo = np.empty((2, len(ends))), 0
    for p, hi in enumerate(ends):
        right += np.einsum("nd,nd->n", x[:, lo:hi], y[:, lo:hi])
        wrong += x[:, lo:hi] @ drawn[:, lo:hi].T
        above = ((wrong >= right[:, None]) & ~taken).sum(axis=1)
        out[0, p] = (1 / (1 + above)).sum()
        noisy = np.where(taken, 0, np.logaddexp(0, wrong)).sum(axis=1)
        mean = noisy / np.maximum(1, (~taken).sum(axis=1))
        out[1, p] = (np.logaddexp(0, -right) + negative * mean).sum()
        lo = hi
    return out


def scores(told: Told, ends: Sequence[int], *, seed: int = 0) -> list[tuple[Score, Score]]:
    """For each prefix the mean reciprocal rank and the loss, with an interval over stretches.

    Words of one stretch are of one subject: it is stretches that are drawn, not pairs.
    """
    kept = told.sizes > 0
    sizes, n = told.sizes[kept], int(told.sizes.sum())
    random = np.random.default_rng(seed)
    drawn = random.integers(0, max(1, len(sizes)), (RESAMPLES, len(sizes)))
    out = []
    for p in range(len(ends)):
        both = []
        for name, of, better in (("mrr", told.ranks, "higher"), ("loss", told.losses, "lower")):
            values = of[kept, p]
            if not n:
                both.append(Score(name, np.nan, 0, 1.0, np.nan, np.nan, {"better": better}))
                continue
            again = (values[drawn] * sizes[drawn]).sum(axis=1) / sizes[drawn].sum(axis=1)
            low, high = np.percentile(again, [2.5, 97.5])
            value = float((values * sizes).sum() / n)
            extra = {"metric": name, "better": better}
            both.append(Score(name, value, n, 1.0, float(low), float(high), extra))
        out.append((both[0], both[1]))
    return out
