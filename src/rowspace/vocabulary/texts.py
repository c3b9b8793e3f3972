"""Texts to bags of rows, as fastText's classifiers see them: the rows of each word, of `</s>` at
the end, and of runs of words. Labels that stand in the text do not count.

Axes: `B` texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from rowspace.kernels.text_reference import LABEL, words_of
from rowspace.ragged import Ragged
from rowspace.vocabulary.exact import Exact
from rowspace.vocabulary.grams import Grams
from rowspace.vocabulary.items import Items
from rowspace.vocabulary.lines import Lines
from rowspace.vocabulary.subword import Subwords
from rowspace.vocabulary.unseen import row_dtype
from rowspace.vocabulary.vocabulary import Vocabulary

if TYPE_CHECKING:
    from rowspace.kernels import cpu_text
    from rowspace.kernels.cpu_items import Placed

# Below so many bytes of text Python costs less than loading the compiled twin.
FEW = 1 << 16
FIRST_ROWS = 1 << 16


def text_bags(vocabulary: Vocabulary, texts: Sequence[bytes] | Lines, labels: Items) -> Ragged:
    """The rows of each text, a bag a text; [] for one of which nothing is known.

    A word is parted from the next by a space, tab, line end, form feed or zero byte. `</s>` ends
    a text wherever it stands.
    """
    grams, lines = _as_grams(vocabulary), Lines.of(texts)
    if grams is not None and len(lines.data) >= FEW:
        return _compiled(vocabulary, grams, lines, labels)
    bags = Ragged.of([_rows(vocabulary, text, labels) for text in lines.listed()])
    return Ragged(bags.ids.astype(row_dtype(vocabulary.n_rows)), bags.offsets)


def _rows(vocabulary: Vocabulary, text: bytes, labels: Items) -> list[int]:
    rows, words = [], []
    for word in words_of(text):
        if vocabulary.find(word) < 0 and (word.startswith(LABEL) or labels.find(word) >= 0):
            continue
        rows += vocabulary.bag(word)
        words.append(word)
    if isinstance(vocabulary.unseen, Grams) and vocabulary.unseen.words > 1:
        rows += vocabulary.unseen.phrases(vocabulary.items, words)
    return rows


def _as_grams(vocabulary: Vocabulary) -> Grams | None:
    """The policy in the form the kernel knows; None for one it does not."""
    unseen = vocabulary.unseen
    if isinstance(unseen, Grams):
        return None if unseen.end else unseen
    if isinstance(unseen, Subwords) and unseen.buckets < 2**31:
        return Grams(unseen.minn, unseen.maxn, 1, unseen.buckets)
    return Grams(buckets=0) if unseen == Exact() else None


def _compiled(vocabulary: Vocabulary, grams: Grams, lines: Lines, labels: Items) -> Ragged:
    from rowspace.kernels import cpu_text

    data = np.frombuffer(lines.data + b"</s>", np.uint8)
    most = len(data) // 2 + 2 * len(lines) + 1
    starts, stops = np.empty(most, np.int64), np.empty(most, np.int64)
    firsts = np.empty(len(lines) + 1, np.int64)
    cpu_text.cut_texts(data, lines.cuts, starts, stops, firsts)
    words = _Words(data, starts[: firsts[-1]], stops[: firsts[-1]])
    ids = words.find(vocabulary.items)
    found = np.zeros(0, np.int32) if _begin_alike(labels) else words.find(labels)
    cpu_text.drop_labels(*words, found, ids)
    settings, size = _settings(grams), len(vocabulary)
    dtype = row_dtype(vocabulary.n_rows)
    rows, offsets = words.rows(ids, settings, size, dtype)
    if grams.words == 1 or not grams.n_rows(0):
        return Ragged(rows, offsets[firsts])
    hashes = np.empty(len(ids), np.int64)
    cpu_text.hash_words(*words, hashes)
    runs, run_cuts = np.empty(len(ids) * (grams.words - 1), dtype), np.empty_like(firsts)
    cpu_text.run_rows(ids, hashes, firsts, settings, size, runs, run_cuts)
    out, ends = np.empty(len(rows) + int(run_cuts[-1]), dtype), np.zeros_like(firsts)
    cpu_text.interleave(rows, offsets, firsts, runs, run_cuts, out, ends)
    return Ragged(out, ends)


def _begin_alike(labels: Items) -> bool:
    """Whether each label begins with `LABEL`."""
    mark, starts = np.frombuffer(LABEL, np.uint8), labels.offsets[:-1]
    if (np.diff(labels.offsets) < len(mark)).any():
        return False
    return all(bool((labels.bytes[starts + at] == byte).all()) for at, byte in enumerate(mark))


def _settings(grams: Grams) -> cpu_text.Grams:
    """The policy for the kernel, with a table of the buckets kept, made once for a policy."""
    from rowspace.kernels import cpu_text

    made = grams.__dict__.get("settings")
    if made is not None:
        return cast(cpu_text.Grams, made)
    kept, rows = grams.table
    slots = np.full(1 << (2 * len(kept) + 1).bit_length(), -1, np.int32)
    pruned = grams.kept is not None
    settings = cpu_text.Grams(
        grams.minn, grams.maxn, grams.words, grams.buckets, pruned, kept, rows, slots
    )
    cpu_text.place_kept(settings)
    grams.__dict__["settings"] = settings
    return settings


class _Words(NamedTuple):
    """Word w is data[starts[w]:stops[w]]."""

    data: np.ndarray
    starts: np.ndarray
    stops: np.ndarray

    def find(self, items: Items) -> np.ndarray:
        """The id of each, int32, -1 where it is not an item."""
        from rowspace.kernels.cpu_text import find_words

        ids = np.empty(len(self.starts), np.int32)
        find_words(*self, placed(items), ids)
        return ids

    def rows(
        self, ids: np.ndarray, settings: cpu_text.Grams, size: int, dtype: type
    ) -> tuple[np.ndarray, np.ndarray]:
        """The rows of each, and offsets int64 [W + 1]."""
        from rowspace.kernels.cpu_text import word_rows

        rows: np.ndarray = np.empty(max(FIRST_ROWS, 4 * len(self.data)), dtype)
        cuts = np.zeros(len(ids) + 1, np.int64)
        done = 0
        while (done := word_rows(*self, ids, done, settings, size, rows, cuts)) < len(ids):
            rows = np.concatenate([rows, np.empty(len(rows), dtype)])
        return rows[: cuts[-1]], cuts


def placed(items: Items) -> Placed:
    """The arrays of `items` for the kernel, read-only in every case: one compilation."""
    from rowspace.kernels.cpu_items import TABLE, Placed

    text, offsets, slots = (one.view() for one in (items.bytes, items.offsets, items.slots))
    for array in (text, offsets, slots):
        array.flags.writeable = False
    return Placed(text, offsets, slots, TABLE)
