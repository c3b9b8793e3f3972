"""Which items are shown with their neighbours: some frequent, some middling, some rare.

Of words those that say something: the most frequent ones of any language are its grammar, and
marks and numbers have neighbours that tell little.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rowspace.errors import InputError
from rowspace.random import Stream, bits
from rowspace.reports.kinds import Shown
from rowspace.vectors import Vectors

BANDS = ("frequent", "middle", "rare")
EACH = 4
"""Items of each band."""
SHORTEST = 4
"""Letters of a word that is chosen."""
GRAMMAR = 200
"""So many of the most frequent words are passed over, in a vocabulary large enough."""
TRIED = 400
"""Items of a band that are looked at."""
NEIGHBOURS = 8
SMALL = 60
"""Items up to which the first ones are shown: bands of so few mean nothing."""


def chosen(table: Shown, usable: np.ndarray, *, each: int = EACH, seed: int = 0) -> list[Any]:
    """(band, id) of some items whose vectors are usable; of a small table its first ones."""
    vectors = table.vectors
    order = np.argsort(-vectors.counts, kind="stable") if vectors.counts.any() else None
    ranked = np.arange(len(vectors)) if order is None else order
    ranked = ranked[usable[ranked]]
    if len(ranked) <= SMALL:
        named = [id for id in ranked.tolist() if not _apart(vectors.vocabulary.item(id))]
        return [("all", id) for id in named[: each * len(BANDS)]]
    first = min(GRAMMAR, len(ranked) // 10) if table.worded else 0
    found = []
    cuts = _cuts(first, len(ranked))
    for band, low, high in zip(BANDS, cuts[:-1], cuts[1:], strict=True):
        found += [(band, id) for id in _of_band(table, ranked[low:high], each, seed)]
    return found


def _cuts(first: int, size: int) -> list[int]:
    """Where the bands of ranks begin and end: a tenth, then half of what is left."""
    left = size - first
    return [first, first + max(1, left // 10), first + max(2, left // 2), size]


def _of_band(table: Shown, ids: np.ndarray, each: int, seed: int) -> list[int]:
    """Some of `ids` drawn by lot, those first that say something; in order of rank."""
    drawn = np.argsort(bits(seed, Stream.MAPS, ids), kind="stable")[:TRIED]
    if not table.worded:
        return ids[np.sort(drawn[:each])].tolist()
    telling = [at for at in drawn.tolist() if tells(table.vectors.vocabulary.item(int(ids[at])))]
    rest = [at for at in drawn.tolist() if at not in telling]
    return [int(ids[at]) for at in sorted((telling + rest)[:each])]


def tells(word: str) -> bool:
    """Whether a word is made of letters, and of some length: in scripts whose words are short two
    letters are enough."""
    letters = word.replace("-", "").replace("_", "")
    if not letters.isalpha():
        return False
    return len(letters) >= (SHORTEST if letters.isascii() else 2)


def _apart(item: str) -> bool:
    """Whether it is one of the items that every column or network has: `<unseen>`."""
    return item.startswith("<") and item.endswith(">") and item[1:-1].isalpha()


def asked(vectors: Vectors, words: Sequence[str]) -> list[tuple[str, Any]]:
    """("asked", item) of the words given. Raises VocabularyError, InputError."""
    if isinstance(words, str):
        raise InputError("words are a list of words, not one text", hint=f"words=[{words!r:.40}]")
    for word in words:
        vectors.answer(word)
    return [("asked", word) for word in words]


def neighbours(vectors: Vectors, some: Sequence[tuple[str, Any]]) -> list[dict[str, Any]]:
    """For each item its band, its count, and its nearest, over all rows."""
    if not some or len(vectors) < 2:
        return []
    k = min(NEIGHBOURS, len(vectors) - 1)
    found = vectors.nearest([one for _, one in some], k)
    told = []
    for (band, one), near in zip(some, found, strict=True):
        id = one if isinstance(one, int) else vectors.vocabulary.find(one)
        count = int(vectors.counts[id]) if id >= 0 and vectors.counts.any() else None
        told.append({
            "item": vectors.vocabulary.item(id) if id >= 0 else one,
            "band": band, "known": id >= 0, "count": count,
            "neighbours": [
                {"item": item, "score": round(float(score), 6)} for item, score in near
            ],
        })  # fmt: skip
    return told
