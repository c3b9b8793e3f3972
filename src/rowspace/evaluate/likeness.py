"""How much of a model is left in another one made of it: neighbours, cosines, unseen items.

Everything is measured on a sample of items that both know. Axes: `n` items of the sample.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rowspace.evaluate.resample import interval
from rowspace.evaluate.score import Score
from rowspace.random import Stream, bits
from rowspace.vectors import Vectors
from rowspace.vectors.cosine import unit_rows
from rowspace.vectors.derived import PooledRows, SomeRows
from rowspace.vocabulary import Exact, Vocabulary

SAMPLE, PEOPLE = 500, 10
"""Items that are looked at, and neighbours of each."""


def likeness(
    before: Vectors, after: Vectors, *, sample: int = SAMPLE, seed: int = 0
) -> list[Score]:
    """Scores of `after` beside `before`, each a mean over items with a 95 % bootstrap interval.

    "neighbours kept": the share of the 10 nearest that are the same, among the items that both
    know. "cosine": of the old vector and the new one; for vectors of other length, "similarity":
    the correlation of the cosines of pairs, old and new. "unseen cosine" (or similarity): the same
    of items spelled wrong on purpose, where both answer for these.
    """
    tokens = after.vocabulary.items.tokens()
    ids = before.vocabulary.ids(tokens)
    own = np.flatnonzero(ids >= 0)
    ids = ids[own]
    if not len(ids):
        return []
    chosen = np.sort(np.argsort(bits(seed, Stream.SHUFFLE, np.arange(len(ids))))[:sample])
    old, new = before[ids[chosen]], after[own[chosen]]
    found = [_neighbours(before, after, ids, own, chosen)] if len(ids) > 1 else []
    found += _alike("", old, new, seed)
    wrong = [_misspelt(tokens[own[at]]) for at in chosen.tolist()]
    answers = [_answers(before, after, item) for item in wrong]
    pairs = [pair for pair in answers if pair is not None]
    if pairs:
        old, new = (np.stack(side) for side in zip(*pairs, strict=True))
        found += _alike("unseen ", old, new, seed, len(pairs) / len(wrong))
    return found


def _alike(
    name: str, old: np.ndarray, new: np.ndarray, seed: int, coverage: float = 1.0
) -> list[Score]:
    """The mean cosine of old and new; of other lengths, how their cosines go together."""
    a, b = unit_rows(old), unit_rows(new)
    if a.shape[1] == b.shape[1]:
        same = np.where((a == 0).all(axis=1) & (b == 0).all(axis=1), 1, np.einsum("nd,nd->n", a, b))
        return [_mean(f"{name}cosine", same, seed, coverage)]
    if len(a) < 3:
        return []
    upper = np.triu_indices(len(a), 1)
    both = np.corrcoef((a @ a.T)[upper], (b @ b.T)[upper])[0, 1]
    value = float(both) if np.isfinite(both) else 1.0
    return [Score(f"{name}similarity", value, len(a), coverage, value, value)]


def _neighbours(
    before: Vectors, after: Vectors, ids: np.ndarray, own: np.ndarray, chosen: np.ndarray
) -> Score:
    """Which share of the nearest stays, among the items `ids` before and `own` after."""
    k = min(PEOPLE, len(ids) - 1)
    places = [
        _only(vectors, which).nearest_ids(chosen, k)[0]
        for vectors, which in ((before, ids), (after, own))
    ]
    same = (places[0][:, :, None] == places[1][:, None, :]).any(axis=2)
    return _mean("neighbours kept", same.mean(axis=1), 0, 1.0, {"k": k})


def _only(vectors: Vectors, ids: np.ndarray) -> Vectors:
    """The items `ids` by number, with one row each."""
    if len(ids) == len(vectors) and (np.diff(ids) == 1).all():
        return vectors
    rows = PooledRows(vectors)
    names = [str(at) for at in range(len(ids))]
    return Vectors(Vocabulary.of(names, unseen=Exact()), SomeRows(rows, ids))


def _misspelt(item: bytes) -> bytes:
    """Two characters inside are exchanged, or the last is doubled."""
    text = item.decode("utf-8", "surrogateescape")
    middle = len(text) // 2
    if len(text) > 3 and text[middle - 1] != text[middle]:
        text = text[: middle - 1] + text[middle] + text[middle - 1] + text[middle + 1 :]
    else:
        text += text[-1:]
    return text.encode("utf-8", "surrogateescape")


def _answers(before: Vectors, after: Vectors, item: bytes) -> tuple[np.ndarray, np.ndarray] | None:
    """The vectors of an item that neither knows; None where one has no answer, or only one for
    all."""
    vocabularies = (before.vocabulary, after.vocabulary)
    for one in vocabularies:
        if item in one or one.unseen.unknown_item is not None or not one.bag(item):
            return None
    return before.answer(item).vector, after.answer(item).vector


def _mean(
    name: str, values: np.ndarray, seed: int, coverage: float, extra: dict[str, int] | None = None
) -> Score:
    """The mean of values [n], and where 95 % of the means of resamples lie."""
    n = len(values)
    ones = np.ones(n, np.int64)
    low, high = interval(ones, lambda draws: (draws @ values / n)[:, None], seed, resamples=200)
    return Score(
        name, float(values.mean()), n, coverage, float(low[0]), float(high[0]), extra or {}
    )


def told(before: list[Score], after: list[Score]) -> Iterator[tuple[Score, Score, float | None]]:
    """Each score with that of the same name before, and what was lost, a share of it (below 0:
    gained); None where there was nothing to lose."""
    known = {score.name: score for score in before}
    for score in after:
        if score.name in known:
            old = known[score.name]
            lost = (old.value - score.value) / old.value if old.value > 0 else None
            yield old, score, lost
