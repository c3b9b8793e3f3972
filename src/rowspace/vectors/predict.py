"""Texts to labels: a text's rows pooled, then the head's best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, pairwise
from typing import Any, TypeAlias

import numpy as np

from rowspace.corpus.spacing import spaced
from rowspace.errors import InputError
from rowspace.ragged import Ragged
from rowspace.vectors.head import Head
from rowspace.vectors.pooling import pool, pool_weighted
from rowspace.vectors.quantized import QuantizedRows
from rowspace.vectors.stored import Rows
from rowspace.vectors.vectors import Vectors
from rowspace.vocabulary import to_bytes
from rowspace.vocabulary.count import usable_cores
from rowspace.vocabulary.families import families, joined
from rowspace.vocabulary.features import Features
from rowspace.vocabulary.texts import text_bags

Prediction = list[tuple[str, float]]
"""Labels and their probabilities, best first."""

Block: TypeAlias = tuple[int, Sequence[bytes]]
"""Some texts, and the number of the first."""

BLOCK = 1 << 18
"""Bytes of texts worked on at a time, at least one text."""
SMALL = 64
"""What an empty text counts for."""
# From so many numbers on, loading the compiled sums is worth its half second.
MANY = 1 << 18


def predicted(
    vectors: Vectors,
    head: Head,
    texts: Iterable[str | bytes],
    k: int,
    threshold: float,
    *,
    cutting: Mapping[str, Any] | None = None,
    cells: np.ndarray | None = None,
) -> Iterator[Prediction]:
    """The answers for each text, in blocks; [] for a text of which nothing is known.

    cutting: how the model's texts were cut (`corpus.spacing`); {}: at white space, as they are.
    cells int64 [B, C]: `cell_rows` of the columns beside the texts.
    """
    for found in answers(vectors, head, texts, k, threshold, cutting=cutting, cells=cells):
        probabilities = np.zeros(0) if found.weights is None else found.weights
        names = [head.names[label] for label in found.ids.tolist()]
        pairs = list(zip(names, probabilities.tolist(), strict=True))
        yield from (pairs[a:b] for a, b in pairwise(found.offsets.tolist()))


def answers(
    vectors: Vectors,
    head: Head,
    texts: Iterable[str | bytes],
    k: int,
    threshold: float,
    *,
    cutting: Mapping[str, Any] | None = None,
    cells: np.ndarray | None = None,
) -> Iterator[Ragged]:
    """The same as bags of labels, a block of texts each; blocks are worked on every core."""
    if isinstance(texts, (str, bytes)):
        raise InputError("texts must be a list of them, not one text", hint="put it into [ ]")

    def work(at: tuple[int, Sequence[bytes]]) -> Ragged:
        first, block = at
        beside = None if cells is None else cells[first : first + len(block)]
        hidden, known = text_vectors(vectors, spaced(block, cutting or {}), head, beside)
        there = np.flatnonzero(known)
        found = head.top(hidden[there], k, threshold)
        sizes = np.zeros(len(block) + 1, np.int64)
        sizes[there + 1] = found.lengths
        return Ragged(found.ids, np.cumsum(sizes), found.weights)

    blocks = _blocks(texts)
    first = list(islice(blocks, 2))
    if len(first) < 2:  # not worth a thread
        yield from map(work, first)
        return
    yield from _in_threads(work, first, blocks)


def _in_threads(
    work: Callable[[Block], Ragged], first: list[Block], rest: Iterator[Block]
) -> Iterator[Ragged]:
    """`work` of each block, in order; a few blocks ahead of who asks."""
    cores = usable_cores()
    with ThreadPoolExecutor(cores) as threads:
        waiting = [threads.submit(work, block) for block in first]
        try:
            waiting += [threads.submit(work, block) for block in islice(rest, cores)]
            while waiting:
                yield waiting.pop(0).result()
                waiting += [threads.submit(work, block) for block in islice(rest, 1)]
        finally:
            for one in waiting:
                one.cancel()


def text_vectors(
    vectors: Vectors, texts: Sequence[bytes], head: Head, cells: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The vector of each text, float32 [B, D], and whether anything of it is known, bool [B].

    `cells` int64 [B, C]: rows of other columns' cells, for a model that learned with them.
    """
    if isinstance(vectors.vocabulary.unseen, Features):
        bags = joined(families(vectors.vocabulary, texts, cells))
        return weighed(vectors.rows, bags), bags.lengths > 0
    bags = text_bags(vectors.vocabulary, texts, head.labels.items)
    return means(vectors.rows, bags), bags.lengths > 0


def weighed(rows: Rows, bags: Ragged) -> np.ndarray:
    """The weighted sum of each bag's rows, float32 [B, D], in the calling thread."""
    if len(bags.ids) * rows.shape[1] < MANY or not _plain(rows):
        return pool_weighted(rows, bags)
    return _sums(rows, bags, mean=False)


def _sums(rows: Rows, bags: Ragged, *, mean: bool) -> np.ndarray:
    from rowspace.kernels.cpu_layer import pool as sums

    out = np.empty((len(bags), rows.shape[1]), np.float32)
    table, ids = _frozen(np.asarray(rows)), bags.ids.astype(np.int64, copy=False)
    sums(table, rows.shape[1], ids, bags.offsets, 0, len(bags), bags.weights, None, mean, None, out)
    return out


def _plain(rows: Rows) -> bool:
    """Whether the rows lie as numbers in memory or in a file, one after another."""
    if not isinstance(rows, np.ndarray) or rows.dtype != np.float32:
        return False
    return rows.flags.c_contiguous and rows.flags.aligned


def means(rows: Rows, bags: Ragged) -> np.ndarray:
    """The mean of each bag's rows, float32 [B, D]; zeros for an empty one."""
    if len(bags.ids) * rows.shape[1] >= MANY and _plain(rows):
        return _sums(rows, bags, mean=True)
    if not isinstance(rows, QuantizedRows) or len(bags.ids) * rows.shape[1] < MANY:
        return pool(rows, bags, "mean", many=MANY)
    from rowspace.kernels.cpu_codes import mean_codes

    nothing = np.zeros(0, np.uint8)
    scaled = rows.scales is not None and rows.scale_codes is not None
    out = np.empty((len(bags), rows.shape[1]), np.float32)
    mean_codes(
        _frozen(rows.codes),
        _frozen(rows.centroids),
        rows.dsub,
        _frozen(rows.scales if rows.scales is not None and scaled else np.zeros(0, np.float32)),
        _frozen(rows.scale_codes if rows.scale_codes is not None and scaled else nothing),
        bags.ids,
        bags.offsets,
        out,
    )
    return out


def _frozen(array: np.ndarray) -> np.ndarray:
    """Read-only in every case: one compilation."""
    view = array.view()
    view.flags.writeable = False
    return view


def _blocks(texts: Iterable[str | bytes]) -> Iterator[Block]:
    first, block, size = 0, [], 0
    for text in texts:
        block.append(to_bytes(text))
        size += len(block[-1]) + SMALL
        if size >= BLOCK:
            yield first, block
            first, block, size = first + len(block), [], 0
    if block:
        yield first, block
