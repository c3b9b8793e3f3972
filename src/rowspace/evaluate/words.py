"""The words of a test list, each looked up once under a protocol."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.evaluate.protocol import Protocol
from rowspace.vectors import Vectors


@final
@dataclass(frozen=True, slots=True)
class Words:
    """`n` distinct words. `ids` int64 [n]: -1 if not known or beyond the limit.

    `vectors` float32 [n, D] of the words with `answered`, zeros else: known ones, and those not
    known where the policy has something to go on and the protocol asks it. Where the protocol
    says so the first item's stand in the place of the zeros.
    """

    place: dict[str, int]
    ids: np.ndarray
    vectors: np.ndarray
    answered: np.ndarray

    def places(self, words: Iterable[str]) -> np.ndarray:
        """Where words stand here, int64."""
        return np.array([self.place[word] for word in words], np.int64)


def look_up(
    vectors: Vectors, words: Iterable[str], rules: Protocol, *, limit: int, unseen: bool
) -> Words:
    """Look words up among the first `limit` items."""
    distinct = list(dict.fromkeys(words))
    ids, absent = _ids(vectors, distinct, rules, limit)
    found = np.zeros((len(distinct), vectors.dim), np.float32)
    known = ids >= 0
    found[known] = vectors[ids[known]]
    answered = known.copy()
    for at in np.flatnonzero(absent).tolist() if unseen else ():
        word = distinct[at] if rules.case in ("exact", "upper") else distinct[at].lower()
        if vectors.vocabulary.bag(word):
            found[at], answered[at] = vectors[word], True
    if rules.missing == "first" and len(vectors):
        found[~answered] = vectors[0]
    place = {word: at for at, word in enumerate(distinct)}
    return Words(place, ids, found, answered)


def _ids(
    vectors: Vectors, words: list[str], rules: Protocol, limit: int
) -> tuple[np.ndarray, np.ndarray]:
    """Ids below `limit`, else -1; and which words are not in the vocabulary at all."""
    vocabulary = vectors.vocabulary
    if rules.case == "upper":
        spelled = upper_ids(vectors, limit)
        ids = np.array([spelled.get(word.upper(), -1) for word in words], np.int64)
        return ids, (ids < 0) & (vocabulary.ids(words) < 0)
    ids = vocabulary.ids([word.lower() if rules.case == "lower" else word for word in words])
    if rules.case == "fallback":
        missing = np.flatnonzero(ids < 0)
        ids[missing] = vocabulary.ids([words[at].lower() for at in missing.tolist()])
    absent = ids < 0
    return np.where(ids < limit, ids, -1), absent


def upper_ids(vectors: Vectors, limit: int) -> dict[str, int]:
    """The first id of every upper-cased spelling among the first `limit` items."""
    spelled: dict[str, int] = {}
    for id, item in zip(range(limit), vectors.vocabulary, strict=False):
        spelled.setdefault(item.upper(), id)
    return spelled
