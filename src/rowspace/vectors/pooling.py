"""Bags of rows to vectors: y[b] = sum or mean of rows[ids of bag b]."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Literal

import numpy as np

from rowspace.ragged import Ragged
from rowspace.vectors.stored import PackedRows, Rows
from rowspace.vocabulary.count import usable_cores

# Numbers gathered at once: 16 MB of float32.
GATHERED = 1 << 22
# From so many numbers on, loading the compiled sum is worth its half second.
MANY = 1 << 27


def pool(rows: Rows, bags: Ragged, how: Literal["sum", "mean"], *, many: int = MANY) -> np.ndarray:
    """float32 [B, D] from `rows` [R, D]; an empty bag gives zeros.

    From `many` numbers on the sum is compiled.
    """
    packed = packed_rows(rows)
    if packed is None or len(bags.ids) * rows.shape[1] < many:
        return _pool_few(rows, bags, how)
    out = _pool_many(packed, bags)
    if how == "mean":
        out /= np.maximum(bags.lengths, 1).astype(np.float32)[:, None]
    return out


def pool_weighted(rows: Rows, bags: Ragged, *, many: int = MANY) -> np.ndarray:
    """y[b] = Σ weights[i] · rows[ids[i]] over bag b, float32 [B, D]; an empty bag gives zeros."""
    weights = np.ones(len(bags.ids), np.float32) if bags.weights is None else bags.weights
    packed = packed_rows(rows)
    if packed is None or len(bags.ids) * rows.shape[1] < many:
        return _weigh_few(rows, bags, weights)
    from rowspace.kernels.cpu_pool import sum_weighted

    def work(start: int, stop: int, out: np.ndarray) -> None:
        sum_weighted(packed, bags.ids, weights, bags.offsets, start, stop, out)

    return _on_every_core(work, len(bags), rows.shape[1])


def _weigh_few(rows: Rows, bags: Ragged, weights: np.ndarray) -> np.ndarray:
    out = np.zeros((len(bags), rows.shape[1]), np.float32)
    ends, step = bags.offsets, max(1, GATHERED // rows.shape[1])
    first = 0
    while first < len(bags):
        last = max(first + 1, int(np.searchsorted(ends, ends[first] + step, "right")) - 1)
        a, b = int(ends[first]), int(ends[last])
        some = rows[bags.ids[a:b]].astype(np.float32, copy=False) * weights[a:b, None]
        full = np.flatnonzero(np.diff(ends[first : last + 1]))
        if len(full):
            out[first + full] = np.add.reduceat(some, ends[first + full] - a, axis=0)
        first = last
    return out


def packed_rows(rows: Rows) -> np.ndarray | None:
    """The bytes of float32 rows where they lie, uint8 [R, 4 D]; None for rows of another kind."""
    if isinstance(rows, PackedRows):
        return rows.packed
    if isinstance(rows, np.ndarray) and rows.dtype == np.float32 and rows.flags.c_contiguous:
        return rows.view(np.uint8)
    return None


def _pool_many(packed: np.ndarray, bags: Ragged) -> np.ndarray:
    """Sums, float32 [B, D], on every core."""
    from rowspace.kernels.cpu_pool import sum_bags

    def work(start: int, stop: int, out: np.ndarray) -> None:
        sum_bags(packed, bags.ids, bags.offsets, start, stop, out)

    return _on_every_core(work, len(bags), packed.shape[1] // 4)


def _on_every_core(work: Callable[[int, int, np.ndarray], None], size: int, dim: int) -> np.ndarray:
    """float32 [B, D] of zeros, filled by `work` from bag to bag."""
    out = np.zeros((size, dim), np.float32)
    cores = usable_cores()
    cuts = np.linspace(0, size, 8 * cores + 1).astype(np.int64).tolist()
    with ThreadPoolExecutor(cores) as threads:
        parts = [threads.submit(work, a, b, out) for a, b in pairwise(cuts)]
    for one in parts:
        one.result()
    return out


def _pool_few(rows: Rows, bags: Ragged, how: Literal["sum", "mean"]) -> np.ndarray:
    """Bags of one length are gathered together, as [n, length, D], each step one NumPy call."""
    out = np.zeros((len(bags), rows.shape[1]), np.float32)
    lengths = bags.lengths
    for length in np.unique(lengths[lengths > 0]).tolist():
        where = np.flatnonzero(lengths == length)
        step = max(1, GATHERED // (length * rows.shape[1]))
        for at in range(0, len(where), step):
            some = where[at : at + step]
            ids = bags.ids[bags.offsets[some][:, None] + np.arange(length)]
            out[some] = pool_equal(rows, ids, how)
    return out


def pool_equal(rows: Rows, ids: np.ndarray, how: Literal["sum", "mean"]) -> np.ndarray:
    """float32 [..., D] from bags of equal length, ids [..., length]; zeros if that is 0."""
    if ids.shape[-1] == 1:
        return rows[ids[..., 0]].astype(np.float32, copy=False)
    total: np.ndarray = rows[ids].sum(axis=-2, dtype=np.float32)
    return total / np.float32(max(1, ids.shape[-1])) if how == "mean" else total
