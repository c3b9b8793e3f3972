"""Texts to the bags of their features, and the features that many texts have.

Axes: `B` texts, `F` = 4 families of rows a text (`cpu_features.FAMILIES`), `C` other columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rowspace.kernels.features_reference import BEGIN
from rowspace.kernels.text_reference import words_of
from rowspace.ragged import Ragged
from rowspace.vocabulary.features import Features, slots_of
from rowspace.vocabulary.items import to_bytes
from rowspace.vocabulary.lines import Lines
from rowspace.vocabulary.unseen import row_dtype
from rowspace.vocabulary.vocabulary import Vocabulary

if TYPE_CHECKING:
    from rowspace.kernels.cpu_features import Slots

FAMILIES = 4
BLOCK = 1 << 20
"""Bytes of text taken apart at a time."""
# Below so many bytes of text Python costs less than loading the compiled twin.
FEW = 1 << 14


def no_cells(n: int) -> np.ndarray:
    """Cells of no columns, int64 [n, 0]."""
    return np.zeros((n, 0), np.int64)


def families(
    vocabulary: Vocabulary, texts: Sequence[bytes] | Lines, cells: np.ndarray | None = None
) -> Ragged:
    """The four bags of each text, one after another: 4 B bags of rows. `cells`: int64 [B, C], the
    rows of other columns' cells, -1 for none."""
    features = vocabulary.unseen
    if not isinstance(features, Features):
        raise TypeError(f"a vocabulary of features was wanted, not of {features!r}")
    lines = Lines.of(texts)
    cells = no_cells(len(lines)) if cells is None else cells
    if len(lines.data) >= FEW:
        return _compiled(vocabulary, features, lines, cells)
    bags: list[Sequence[int]] = []
    for text, beside in zip(lines.listed(), cells.tolist(), strict=True):
        bags += features.families(vocabulary.items, words_of(text))
        bags.append([row for row in beside if row >= 0])
    ragged = Ragged.of(bags)
    return Ragged(ragged.ids.astype(row_dtype(vocabulary.n_rows)), ragged.offsets)


def joined(bags: Ragged) -> Ragged:
    """The 4 B bags as B whose rows weigh 1/sqrt(n), n rows of their own family."""
    lengths = bags.lengths
    weights = (1 / np.sqrt(np.maximum(lengths, 1))).astype(np.float32)
    return Ragged(bags.ids, bags.offsets[::FAMILIES], np.repeat(weights, lengths))


class Cut(NamedTuple):
    """Texts cut into words: word w is data[starts[w]:stops[w]], text t has firsts[t] on."""

    data: np.ndarray
    starts: np.ndarray
    stops: np.ndarray
    firsts: np.ndarray
    hashes: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[bytes] | Lines) -> Cut:
        """The words of each text as `words_of` cuts them, `<s>` before them."""
        from rowspace.kernels import cpu_features, cpu_text

        begin, lines = BEGIN + b" ", Lines.of(texts)
        lines = Lines(begin + lines.data.replace(b"\n", b"\n" + begin), len(lines))
        data = np.frombuffer(lines.data + b"</s>", np.uint8)
        most = len(data) // 2 + 2 * len(lines) + 1
        starts, stops = np.empty(most, np.int64), np.empty(most, np.int64)
        firsts = np.empty(len(lines) + 1, np.int64)
        cpu_text.cut_texts(data, lines.cuts, starts, stops, firsts)
        n = firsts[-1]
        hashes = np.empty(n, np.uint64)
        cpu_features.hash_words(data, starts, stops, hashes)
        return cls(data, starts[:n], stops[:n], firsts, hashes)

    @property
    def word_keys(self) -> np.ndarray:
        """The key of each word, int64 [W]."""
        return _keys(self.hashes)

    def runs(self, features: Features) -> tuple[np.ndarray, np.ndarray]:
        """Keys of each text's runs, int64, and where each text's begin, int64 [B + 1]."""
        from rowspace.kernels.cpu_features import run_keys

        keys = np.empty(len(self.hashes) * (features.words - 1 + features.gaps), np.int64)
        cuts = np.empty(len(self.firsts), np.int64)
        run_keys(self.hashes, self.firsts, features.words, features.gaps, keys, cuts)
        return keys[: cuts[-1]], cuts

    def grams(self, features: Features) -> tuple[np.ndarray, np.ndarray]:
        """Keys of each word's n-grams, int64, and where each word's begin, int64 [W + 1]."""
        from rowspace.kernels.cpu_features import gram_keys

        cuts = np.zeros(len(self.hashes) + 1, np.int64)
        if not features.maxn:
            return np.zeros(0, np.int64), cuts
        span = features.maxn - max(1, features.minn) + 1
        size = int((self.stops - self.starts).sum()) + 2 * len(self.hashes)
        keys = np.empty(span * size, np.int64)
        gram_keys(self.data, self.starts, self.stops, features.minn, features.maxn, keys, cuts)
        return keys[: cuts[-1]], cuts


def _compiled(
    vocabulary: Vocabulary, features: Features, texts: Sequence[bytes] | Lines, cells: np.ndarray
) -> Ragged:
    from rowspace.kernels.cpu_features import as_sets, find_keys

    cut = Cut.of(texts)
    size, first = len(vocabulary), len(vocabulary) + len(features.runs)
    run_slots, gram_slots = features.slots
    ids = cut.word_keys
    find_keys(ids, word_slots(vocabulary, features), 0)
    runs, run_cuts = cut.runs(features)
    find_keys(runs, run_slots, size)
    grams, gram_cuts = cut.grams(features)
    find_keys(grams, gram_slots, first)
    rows = np.empty(len(ids) + len(runs) + len(grams) + cells.size, row_dtype(vocabulary.n_rows))
    offsets = np.empty(FAMILIES * (len(cut.firsts) - 1) + 1, np.int64)
    as_sets(ids, cut.firsts, runs, run_cuts, grams, gram_cuts, cells, rows, offsets)
    return Ragged(rows[: offsets[-1]], offsets)


def word_slots(vocabulary: Vocabulary, features: Features) -> Slots:
    """A table of the words' keys, made once for a vocabulary."""
    from rowspace.kernels.cpu_features import hash_words

    kept = features.__dict__.get("words_of")
    if kept is None or kept[0] is not vocabulary.items:
        items = vocabulary.items
        hashes = np.empty(len(items), np.uint64)
        data, cuts = np.asarray(items.bytes), np.asarray(items.offsets)
        hash_words(data.copy(), cuts[:-1].copy(), cuts[1:].copy(), hashes)
        kept = features.__dict__["words_of"] = (items, slots_of(_keys(hashes)))
    return kept[1]


def _keys(hashes: np.ndarray) -> np.ndarray:
    """The keys of words, int64 [W]."""
    return (hashes & np.uint64((1 << 63) - 1)).view(np.int64)


class _Counted:
    """Distinct keys with their counts and, of words, their bytes."""

    def __init__(self) -> None:
        self.n = 0
        self.counts = np.empty(1 << 15, np.int64)
        self.slots = slots_of(np.zeros(0, np.int64))
        self.words: list[bytes] = []
        self._grow(len(self.counts))

    def _grow(self, size: int) -> None:
        from rowspace.kernels.cpu_features import Slots, place_keys

        kept = self.kept()
        self.counts = np.resize(self.counts, size)
        self.slots = Slots(np.full(2 * size, -1, np.int64), np.empty(2 * size, np.int32))
        place_keys(kept, self.slots)

    def kept(self) -> np.ndarray:
        """The distinct keys, int64 [n]."""
        there = np.flatnonzero(self.slots.keys >= 0)
        kept = np.empty(self.n, np.int64)
        kept[self.slots.places[there]] = self.slots.keys[there]
        return kept

    def add(self, keys: np.ndarray, cut: Cut | None = None) -> None:
        """Count keys; with `cut` they are its words', whose bytes are kept."""
        from rowspace.kernels.cpu_features import count_keys

        done = 0
        while True:
            before, firsts = self.n, np.empty(len(self.counts), np.int64)
            done, self.n = count_keys(keys, done, self.n, self.slots, self.counts, firsts)
            if cut is not None:
                new, data = firsts[before : self.n], cut.data.tobytes()
                bounds = zip(cut.starts[new].tolist(), cut.stops[new].tolist(), strict=True)
                self.words += [data[start:stop] for start, stop in bounds]
            if done == len(keys):
                return
            self._grow(2 * len(self.counts))

    def best(self, least: int, most: int) -> np.ndarray:
        """The keys met `least` times and more, at most the `most` frequent of them, rising."""
        counts = self.counts[: self.n]
        order = np.argsort(-counts, kind="stable")
        order = order[: min(most, int(np.count_nonzero(counts >= least)))]
        return np.sort(self.kept()[order])


def learn_features(
    texts: Iterable[Sequence[bytes]],
    features: Features,
    *,
    min_count: int,
    min_grams: int,
    max_grams: int,
    cells: Iterable[tuple[str, int]] = (),
) -> Vocabulary:
    """The vocabulary of blocks of texts: words met `min_count` times, runs and n-grams met
    `min_grams` times, of each kind the `max_grams` most frequent; and `cells`, items of other
    columns with their counts."""
    words, runs, grams = _Counted(), _Counted(), _Counted()
    for block in texts:
        cut = Cut.of(block)
        words.add(cut.word_keys, cut)
        runs.add(cut.runs(features)[0])
        grams.add(cut.grams(features)[0])
    counts = words.counts[: words.n].tolist()
    pairs = [pair for pair in zip(words.words, counts, strict=True) if pair[1] >= min_count]
    unseen = Features(
        features.words, features.gaps, features.minn, features.maxn,
        runs.best(min_grams, max_grams), grams.best(min_grams, max_grams),
    )  # fmt: skip
    listed = [*pairs, *((to_bytes(item), count) for item, count in cells)]
    return Vocabulary.from_counts(listed, unseen=unseen)


def in_blocks(texts: Sequence[bytes], size: int = BLOCK) -> Iterator[tuple[int, int]]:
    """Stretches of texts, first and the one after the last, of about `size` bytes each."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 64
    ends = np.cumsum(lengths)
    first = 0
    while first < len(texts):
        base = ends[first - 1] if first else 0
        last = int(np.searchsorted(ends, base + size, side="right"))
        last = max(first + 1, last)
        yield first, last
        first = last
