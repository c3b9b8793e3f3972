"""Candidates of phrases in a text of ids, and their joining, in plain Python: the definition.

A candidate is a word, up to `MOST` connectors ("of", "the"), and a word: a tuple of ids. Ids below
0 end a sentence. `connector` int32 [V] numbers the connectors from 1; 0 marks every other word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

MOST = 4
"""Connectors in a row inside a phrase, at most."""


def count_phrases(
    ids: np.ndarray, connector: np.ndarray, frequent: np.ndarray
) -> Counter[tuple[int, ...]]:
    """How often each candidate of two `frequent` words (uint8 [V]) occurs.

    A word that ends one candidate begins the next.
    """
    counts: Counter[tuple[int, ...]] = Counter()
    held: list[int] = []
    for item in ids.tolist():
        if item < 0:
            held = []
        elif not connector[item]:
            if held and frequent[held[0]] and frequent[item]:
                counts[(*held, item)] += 1
            held = [item]
        elif held:
            held = [*held, item] if len(held) <= MOST else []
    return counts


def join_phrases(
    ids: np.ndarray, connector: np.ndarray, phrases: Mapping[tuple[int, ...], int]
) -> np.ndarray:
    """The ids, int32, each phrase replaced by its own; from left to right, none overlapping."""
    out: list[int] = []
    held: list[int] = []
    for item in ids.tolist():
        if item >= 0 and not connector[item]:
            if held and (*held, item) in phrases:
                out.append(phrases[(*held, item)])
                held = []
                continue
            out += held
            held = [item]
        elif item >= 0 and held and len(held) <= MOST:
            held.append(item)
        else:
            out += [*held, item]
            held = []
    return np.array([*out, *held], np.int32)
