"""Texts to labels: a text's rows pooled, then the head's best."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice, pairwise
from typing import Any, TypeAlias

import numpy as np

from rowspace.corpus.spacing import spaced_lines
from rowspace.errors import InputError
from rowspace.ragged import Ragged
from rowspace.vectors.head import Head
from rowspace.vectors.pooling import packed_rows, pool, pool_weighted
from rowspace.vectors.quantized import QuantizedRows
from rowspace.vectors.stored import Rows
from rowspace.vectors.vectors import Vectors
from rowspace.vocabulary.count import usable_cores
from rowspace.vocabulary.families import families, joined
from rowspace.vocabulary.features import Features
from rowspace.vocabulary.lines import Lines
from rowspace.vocabulary.texts import text_bags

Prediction = list[tuple[str, float]]
"""Labels and their probabilities, best first."""

Block: TypeAlias = tuple[int, Lines]
"""Some texts, and the number of the first."""

READ, BLOCK = 8192, 1 << 19
"""Texts read at a time, and bytes of those worked on at a time, at least one text."""
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
    names = np.array([*head.names, None], object)[:-1]  # an array however few there are
    blocks = answers(vectors, head, texts, k, threshold, cutting=cutting, cells=cells)
    return chain.from_iterable(_pairs(names, found) for found in blocks)


def _pairs(names: np.ndarray, found: Ragged) -> list[Prediction]:
    weights = np.zeros(0) if found.weights is None else found.weights
    with _uncollected():
        pairs = zip(names[found.ids].tolist(), weights.tolist(), strict=True)
        if (found.lengths == 1).all():
            return [[pair] for pair in pairs]
        flat = list(pairs)
        return [flat[a:b] for a, b in pairwise(found.offsets.tolist())]


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Python does not look for cycles among some thousand new lists, which have none: a third of
    the time that short texts take."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


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

    def work(at: Block) -> Ragged:
        first, block = at
        beside = None if cells is None else cells[first : first + len(block)]
        lines = Lines(spaced_lines(block.data, cutting or {}), len(block))
        hidden, known = text_vectors(vectors, lines, head, beside)
        if known.all():
            return head.top(hidden, k, threshold)
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
    vectors: Vectors, texts: Sequence[bytes] | Lines, head: Head, cells: np.ndarray | None = None
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
    found = _sums(rows, bags, mean=False)
    return pool_weighted(rows, bags) if found is None else found


def _sums(rows: Rows, bags: Ragged, *, mean: bool) -> np.ndarray | None:
    """None: for few numbers, or rows that do not lie one after another as float32."""
    packed = packed_rows(rows) if len(bags.ids) * rows.shape[1] >= MANY else None
    if packed is None:
        return None
    from rowspace.kernels.cpu_layer import pool as sums

    out = np.empty((len(bags), rows.shape[1]), np.float32)
    table, ids = _frozen(packed.view(np.float32)), bags.ids.astype(np.int64, copy=False)
    sums(table, rows.shape[1], ids, bags.offsets, 0, len(bags), bags.weights, None, mean, None, out)
    return out


def means(rows: Rows, bags: Ragged) -> np.ndarray:
    """The mean of each bag's rows, float32 [B, D]; zeros for an empty one."""
    found = _sums(rows, bags, mean=True)
    if found is not None:
        return found
    if not isinstance(rows, QuantizedRows) or len(bags.ids) * rows.shape[1] < MANY:
        return pool(rows, bags, "mean")
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
    given, first, most = iter(texts), 0, READ
    if isinstance(texts, Sized):  # so that no small rest is left
        most = max(1, -(-len(texts) // max(1, len(texts) // READ)))
    count = most
    while some := list(islice(given, count)):
        lines = Lines.of(some)
        for part in lines.parts(BLOCK):
            yield first, part
            first += len(part)
        # Of long texts fewer are read ahead.
        count = min(most, max(1, 8 * BLOCK * len(some) // (1 + len(lines.data))))
