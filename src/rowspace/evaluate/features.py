"""Texts as bags of words and pairs of words, weighted by TF-IDF; the same for cases never seen.

tf-idf = count · (ln((1 + n) / (1 + texts with it)) + 1), each text's values scaled to length one:
scikit-learn's definition. Axes: `B` texts, `W` words, `F` features.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np

from rowspace.kernels.subword_reference import END_OF_SENTENCE
from rowspace.kernels.text_reference import words_of
from rowspace.ragged import Ragged
from rowspace.vocabulary import to_bytes

Text: TypeAlias = str | bytes | Sequence[str] | Sequence[bytes]
Cut: TypeAlias = Callable[[bytes], Sequence[str] | Sequence[bytes]]


def words(text: bytes) -> list[bytes]:
    """The words of a text as fastText parts them, without the end of the line."""
    found = words_of(text)
    return found[:-1] if found[-1] == END_OF_SENTENCE else found


@final
@dataclass(frozen=True, slots=True)
class Words:
    """The words of the training texts: `ids` by word, as a text gets its number."""

    ids: dict[str | bytes, int]
    cut: Cut

    def bags(self, texts: Sequence[Text]) -> Ragged:
        """The words of each text in their order, -1 for one that training never saw."""
        lists = [self._tokens(text) for text in texts]
        offsets = np.zeros(len(lists) + 1, np.int64)
        np.cumsum([len(one) for one in lists], out=offsets[1:])
        found = (self.ids.get(word, -1) for one in lists for word in one)
        return Ragged(np.fromiter(found, np.int64, int(offsets[-1])), offsets)

    def _tokens(self, text: Text) -> Sequence[str] | Sequence[bytes]:
        return self.cut(to_bytes(text)) if isinstance(text, (str, bytes)) else text


def words_in(texts: Sequence[Text], cut: Cut = words) -> Words:
    """Numbers for the words of these texts, in the order in which they come."""
    made = Words({}, cut)
    for text in texts:
        for word in made._tokens(text):
            made.ids.setdefault(word, len(made.ids))
    return made


@final
@dataclass(frozen=True, slots=True)
class TfIdf:
    """`keys` int64 [F], rising: a word's is its number, a pair's W + first · W + second; `idf`
    float64 [F]. `size`: W."""

    size: int
    keys: np.ndarray
    idf: np.ndarray

    def features(self, bags: Ragged) -> Ragged:
        """The features of each bag of words and their values; length one, or empty."""
        cases, keys = keys_of(bags, self.size)
        place = np.minimum(np.searchsorted(self.keys, keys), max(0, len(self.keys) - 1))
        known = self.keys[place] == keys if len(self.keys) else np.zeros(len(keys), bool)
        width = max(1, len(self.keys))
        both, counts = np.unique(cases[known] * width + place[known], return_counts=True)
        cases, ids = np.divmod(both, width)
        values = counts * self.idf[ids]
        lengths = np.sqrt(np.bincount(cases, values * values, minlength=len(bags)))
        ends = np.append(0, np.cumsum(np.bincount(cases, minlength=len(bags))))
        return Ragged(ids, ends, values / lengths[cases])


def learn_tf_idf(bags: Ragged, size: int, most: int) -> TfIdf:
    """From the training texts' words; the `most` features that the most texts have are kept."""
    cases, keys = keys_of(bags, size)
    distinct, places = np.unique(keys, return_inverse=True)
    pairs = np.unique(cases * max(1, len(distinct)) + places)
    texts = np.bincount(pairs % max(1, len(distinct)), minlength=len(distinct))
    if len(distinct) > most:
        kept = np.sort(np.argsort(-texts, kind="stable")[:most])
        distinct, texts = distinct[kept], texts[kept]
    idf = np.log((1 + len(bags)) / (1 + texts)) + 1
    return TfIdf(size, distinct, idf)


def keys_of(bags: Ragged, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Case and key of every known word, and of every two known words that stand together."""
    cases = np.repeat(np.arange(len(bags)), bags.lengths)
    ids = bags.ids
    known = ids >= 0
    together = (cases[1:] == cases[:-1]) & known[1:] & known[:-1]
    pairs = size + ids[:-1][together] * size + ids[1:][together]
    return np.concatenate([cases[known], cases[:-1][together]]), np.concatenate([ids[known], pairs])
