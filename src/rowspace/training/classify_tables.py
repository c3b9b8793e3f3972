"""What a classifier is trained on: its vocabulary, texts as bags of rows, tables to begin with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import numpy as np

from rowspace.kernels.cpu_classify import Tables
from rowspace.objectives.labels import Labels
from rowspace.ragged import Ragged
from rowspace.table.table import Table, require_memory
from rowspace.training.classify_course import Examples
from rowspace.training.labelled import Labelled
from rowspace.vectors import Vectors
from rowspace.vocabulary import Vocabulary, to_text
from rowspace.vocabulary.cells import cell_item, cell_rows
from rowspace.vocabulary.count import usable_cores
from rowspace.vocabulary.families import families, in_blocks, learn_features
from rowspace.vocabulary.features import Features

TINY = np.float32(1e-12)
START_NORM = 2.0
"""The length that the vectors a run starts from have in the middle."""


def vocabulary_of(train: Labelled, objective: Labels) -> Vocabulary:
    """The words, runs, n-grams and cells of the texts."""
    cells: Counter[str] = Counter()
    for name, values in train.cells.items():
        cells.update(to_text(cell_item(name, value)) for value in values)
    features = Features(objective.words, objective.gaps, objective.minn, objective.maxn)
    return learn_features(
        (train.texts[a:b] for a, b in in_blocks(train.texts)),
        features,
        min_count=objective.min_count,
        min_grams=objective.min_grams,
        max_grams=objective.max_grams,
        cells=cells.items(),
    )


def bags_of(texts: Labelled, vocabulary: Vocabulary) -> Ragged:
    """The four bags of each text, one after another."""
    cells = cell_rows(vocabulary, texts.cells) if texts.cells else None  # type: ignore[arg-type]
    places = list(in_blocks(texts.texts))

    def bags(place: tuple[int, int]) -> Ragged:
        first, last = place
        beside = None if cells is None else cells[first:last]
        return families(vocabulary, texts.texts[first:last], beside)

    blocks = [bags(place) for place in places[:1]]  # what a vocabulary is looked up by is made once
    with ThreadPoolExecutor(usable_cores()) as pool:
        blocks += pool.map(bags, places[1:])
    offsets = np.concatenate([np.zeros(1, np.int64), *(block.lengths for block in blocks)])
    return Ragged(np.concatenate([block.ids for block in blocks]), np.cumsum(offsets))


def label_bags(rows: Sequence[Sequence[bytes]], labels: Vocabulary) -> Ragged:
    """The labels of each text, -1 for one that is not known."""
    flat = labels.items.find_many(list(chain.from_iterable(rows)))
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, rows), np.int64, len(rows)), out=offsets[1:])
    return Ragged(flat.astype(np.int64), offsets)


def examples_of(texts: Labelled, vocabulary: Vocabulary, labels: Vocabulary) -> Examples:
    """Texts to learn from."""
    return Examples(
        bags_of(texts, vocabulary), label_bags(texts.labels, labels), texts.weights.copy()
    )


def started(
    vocabulary: Vocabulary, size: int, dim: int, start: Vectors | None, *, seed: int, freeze: bool
) -> tuple[Tables, dict[str, Any]]:
    """Tables to begin with, for `size` labels, and what came from the start: rows by chance, heads
    of zeros."""
    n = vocabulary.n_rows
    require_memory(2 * n + 2 * size, dim)  # the best epoch is kept beside the present one
    rows = Table.uniform(n, dim, seed=seed, bound=1 / dim)
    frozen, found = np.zeros(0, np.uint8), {}
    if start is not None:
        known, vectors = _known(vocabulary, start)
        rows.rows[known] = vectors
        found = {"known": len(known), "of": len(vocabulary)}
        if freeze:
            frozen = np.zeros(n, np.uint8)
            frozen[known] = 1
    heads = Table(size, dim)
    sums = np.zeros(n, np.float32), np.zeros(size, np.float32)
    return Tables(rows.data, heads.data, *sums, frozen), found


def _known(vocabulary: Vocabulary, start: Vectors) -> tuple[np.ndarray, np.ndarray]:
    """The words that the start knows, and their vectors: of length log(n / count), n the count of
    the most frequent item (what half the texts have tells little), and all to a middle length."""
    words = vocabulary.items.tokens()
    places = start.vocabulary.ids(words)
    known = np.flatnonzero(places >= 0)
    vectors = start[[to_text(words[at]) for at in known.tolist()]].astype(np.float32)
    counts = np.maximum(vocabulary.counts, 1)
    rare = np.log((counts.max(initial=1) + 1) / counts[known]).astype(np.float32)
    vectors *= (rare / np.maximum(np.linalg.norm(vectors, axis=1), TINY))[:, None]
    lengths = np.linalg.norm(vectors, axis=1)
    middle = float(np.median(lengths[lengths > 0])) if (lengths > 0).any() else 1.0
    return known, vectors * np.float32(START_NORM / middle)
