"""Exact search in compiled code, on all threads: few queries go straight over the rows as they
lie; many go by BLAS, and a block's products are looked at while a cache holds them.

Axes: `V` rows, `D` dimensions, `n` queries.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any, TypeAlias

import numpy as np

from rowspace.threads import spread

FEW = 12
"""Queries up to which reading the rows for each of them beats BLAS."""
PRODUCTS = 1 << 20
"""Products of a block: they stay in a cache."""
WORTH = 1 << 27
"""Products whose way through NumPy costs as much time as loading the compiler."""
_ROWS, _QUERIES = 1 << 14, 16  # below so many a thread is not worth waking
_KERNELS = "rowspace.kernels.cpu_search"

Heaps: TypeAlias = tuple[np.ndarray, np.ndarray]
"""ids int64 [n, k] and scores float32 [n, k]."""

# Rebound: how many products have gone through NumPy in this process.
_gone = 0


def known(rows: np.ndarray) -> bool:
    """Whether the kernels can read rows that lie so."""
    return rows.dtype in (np.float32, np.float16, np.int8) and rows.flags.c_contiguous


def pays(rows: np.ndarray, n: int) -> bool:
    """Whether compiled code is worth loading for `n` queries against `rows` [V, D].

    It is, once as much time has gone the slower way as loading takes: then neither one question
    nor many cost more than twice what they must. False for what the kernels do not know.
    """
    global _gone
    if not known(rows) or not n or not len(rows):
        return False
    _gone += n * len(rows) + (0 if rows.dtype == np.float32 else rows.size)
    return _gone >= WORTH or _KERNELS in sys.modules


def search_rows(
    rows: np.ndarray, inverse_norms: np.ndarray, units: np.ndarray, k: int, exclude: np.ndarray
) -> Heaps:
    """The k best of all `rows` [V, D], float32, float16 or int8; `Search.search` says the rest.

    Rows are short enough (`search.TOO_LONG`) for their products to stay in float32.
    """
    data = _fixed(rows.view(np.uint16) if rows.dtype == np.float16 else rows)
    asked = _fixed(units.astype(np.float32, copy=False))
    given = data, _fixed(inverse_norms), asked, k, _fixed(exclude.astype(np.int64))
    return _few(*given) if len(units) <= FEW else _many(*given)


def rank_rows(
    rows: np.ndarray, inverse_norms: np.ndarray, units: np.ndarray, candidates: np.ndarray,
    exclude: np.ndarray, k: int,
) -> Heaps:  # fmt: skip
    """The k best of the rows `candidates` int64 [n, m] of each query, ascending; -1: none."""
    from rowspace.kernels.cpu_search import rank, settle

    data = _fixed(rows.view(np.uint16) if rows.dtype == np.float16 else rows)
    asked = _fixed(units.astype(np.float32, copy=False))
    given = data, _fixed(inverse_norms), asked, _fixed(candidates)
    apart, best = _fixed(exclude.astype(np.int64)), _free(len(units), k)

    def some(first: int, last: int) -> None:
        rank(first, last, *given, apart, *best)
        settle(*(part[first:last] for part in best))

    spread(some, len(units), _QUERIES)
    return best


def _few(
    rows: np.ndarray, inverse_norms: np.ndarray, units: np.ndarray, k: int, exclude: np.ndarray
) -> Heaps:
    """Every thread finds the best of its rows; of these the best are kept."""
    from rowspace.kernels.cpu_search import near

    found: list[Heaps] = []
    lock = Lock()

    def some(first: int, last: int) -> None:
        heaps = _free(len(units), min(k, last - first))
        near(first, last, rows, inverse_norms, units, exclude, *heaps)
        with lock:
            found.append(heaps)

    spread(some, len(rows), _ROWS)
    ids = np.concatenate([ids for ids, _ in found], axis=1)
    scores = np.concatenate([scores for _, scores in found], axis=1)
    order = np.lexsort((ids, -scores), axis=1)[:, :k]
    best = _free(len(units), k)
    for all_of, kept in zip((ids, scores), best, strict=True):
        kept[:, : order.shape[1]] = np.take_along_axis(all_of, order, 1)
    return best


def _many(
    rows: np.ndarray, inverse_norms: np.ndarray, units: np.ndarray, k: int, exclude: np.ndarray
) -> Heaps:
    """Every thread looks at the products of its queries."""
    from rowspace.kernels.cpu_search import settle, take

    best = _free(len(units), k)
    step = max(1, PRODUCTS // len(units))
    decoded = np.empty((0 if rows.dtype == np.float32 else step, rows.shape[1]), np.float32)
    for start in range(0, len(rows), step):
        block = _decoded(rows[start : start + step], decoded)
        norms = inverse_norms[start : start + step]
        with np.errstate(invalid="ignore", over="ignore"):
            scores = units @ block.T

        look = partial(_look, take, (scores, norms, start, exclude, *best))
        spread(look, len(units), _QUERIES)
    spread(lambda first, last: settle(*(part[first:last] for part in best)), len(units), _QUERIES)
    return best


def _look(take: Callable[..., None], given: tuple[Any, ...], first: int, last: int) -> None:
    take(first, last, *given)


def _decoded(block: np.ndarray, room: np.ndarray) -> np.ndarray:
    """The block as float32: itself, or in `room`."""
    from rowspace.kernels.cpu_search import decode

    if block.dtype == np.float32:
        return block
    spread(lambda first, last: decode(block, first, last, room), len(block), _ROWS >> 4)
    return room[: len(block)]


def _free(n: int, k: int) -> Heaps:
    """Places for k ids and scores of n queries, none of them taken."""
    return np.full((n, k), -1, np.int64), np.full((n, k), -np.inf, np.float32)


def _fixed(array: np.ndarray) -> np.ndarray:
    """Read-only and in one piece, so that a kernel is compiled once for all."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view
