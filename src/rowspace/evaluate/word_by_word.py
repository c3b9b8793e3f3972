"""Translating without a network: word by word, each the one that it stands beside most.

dice(s, t) = 2 · c(s, t) / (c(s) + c(t)): c counts pairs of sentences, c(s, t) those with s in the
source and t in the target (Dice 1945; Melamed 2000). A word never met, and what is no word, stays
as it is. What any learned translation is held against, beside copying the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import regex

WORD = regex.compile(r"[\p{L}\p{M}\p{N}]++")
MOST_WORDS = 100
"""Different words of a sentence that are counted, so that a long one does not cost its square."""
_AT_ONCE = 1 << 24


def dictionary(sources: Sequence[str], targets: Sequence[str]) -> dict[str, str]:
    """For each word of the sources, the word of the targets with the highest dice coefficient; of
    equal ones the one that is met first."""
    known: dict[str, int] = {}
    others: dict[str, int] = {}
    rows = [_ids(text, known) for text in sources]
    columns = [_ids(text, others) for text in targets]
    width = max(1, len(others))
    pairs, counts = _counted(rows, columns, width)
    each, other = _occurrences(rows, len(known)), _occurrences(columns, len(others))
    source, target = pairs // width, pairs % width
    dice = 2 * counts / (each[source] + other[target])
    order = np.lexsort((target, -dice, source))
    source, target = source[order], target[order]
    first = np.flatnonzero(np.diff(source, prepend=-1))
    names, answers = list(known), list(others)
    best = zip(source[first].tolist(), target[first].tolist(), strict=True)
    return {names[s]: answers[t] for s, t in best}


def by_words(texts: Sequence[str], words: dict[str, str]) -> list[str]:
    """Each text with its words replaced; capitals at the beginning of a text stay."""
    return [_capital(text, WORD.sub(lambda found: _of(found[0], words), text)) for text in texts]


def _of(word: str, words: dict[str, str]) -> str:
    return words.get(word) or words.get(word.lower()) or word


def _capital(text: str, answer: str) -> str:
    return answer[:1].upper() + answer[1:] if text[:1].isupper() else answer


def _ids(text: str, known: dict[str, int]) -> np.ndarray:
    """The different words of a text, int64, in the order in which they stand."""
    found = dict.fromkeys(WORD.findall(text))
    return np.array(
        [known.setdefault(word, len(known)) for word in [*found][:MOST_WORDS]], np.int64
    )


def _occurrences(rows: Sequence[np.ndarray], count: int) -> np.ndarray:
    return np.bincount(np.fromiter(chain.from_iterable(rows), np.int64), minlength=count)


def _counted(
    rows: Sequence[np.ndarray], columns: Sequence[np.ndarray], width: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of words, as source · width + target, ascending, and how often each was met."""
    pairs, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
    waiting: list[np.ndarray] = []
    held = 0
    for at, (row, column) in enumerate(zip(rows, columns, strict=True)):
        waiting.append((row[:, None] * width + column).ravel())
        held += waiting[-1].size
        if held < _AT_ONCE and at + 1 < len(rows):
            continue
        some, often = np.unique(np.concatenate(waiting), return_counts=True)
        pairs, place = np.unique(np.concatenate([pairs, some]), return_inverse=True)
        counts = np.bincount(place, np.concatenate([counts, often])).astype(np.int64)
        waiting, held = [], 0
    return pairs, counts
