"""Rows looked up and pooled: serial work on a range, for any number of threads to share.

Each row operation is a plain function with a compiled overload, so that a kernel which calls it
also runs as plain Python, with the JIT off.
"""

# ruff: noqa: PLW0108 - Numba wants a Python function, not the intrinsic itself

from __future__ import annotations

import numpy as np
from numba.extending import intrinsic, overload

from rowspace.kernels import layer_ir
from rowspace.kernels.jit import exact
from rowspace.kernels.layer_reference import decoded, encoded

INLINE = {"forceinline": True}  # a call would pass some thirty numbers over the stack


def sum_rows(data, dim, ids, first, last, scale, out, at, weights, scales, padding):
    """out[at] = scale · Σ weights[i] · scales[id] · row(id) over ids[first:last] but `padding`."""
    total = np.zeros(dim, np.float32)
    for i in range(first, last):
        if padding is None or ids[i] != padding:
            factor = np.float32(1 if weights is None else weights[i])
            factor *= np.float32(1 if scales is None else scales[ids[i]])
            total += factor * decoded(data[ids[i], :dim])
    out[at, :dim] = encoded(total * np.float32(scale), out.dtype)


def copy_row(data, dim, ids, i, out):
    """out[i] = row(ids[i])."""
    out[i, :dim] = encoded(decoded(data[ids[i], :dim]), out.dtype)


def stream_row(data, dim, ids, i, out):
    """`copy_row` past the caches."""
    copy_row(data, dim, ids, i, out)


@intrinsic
def _sum(typing, data, dim, ids, first, last, scale, out, at, weights, scales, padding):
    return layer_ir.lower(
        layer_ir.emit_sum, data, dim, ids, first, last, scale, out, at, weights, scales, padding
    )


@intrinsic
def _copy(typing, data, dim, ids, i, out):
    return layer_ir.lower(layer_ir.emit_copy, data, dim, ids, i, out)


@intrinsic
def _stream(typing, data, dim, ids, i, out):
    return layer_ir.lower(layer_ir.emit_stream, data, dim, ids, i, out)


@overload(sum_rows, jit_options=INLINE)
def _(data, dim, ids, first, last, scale, out, at, weights, scales, padding):
    return lambda data, dim, ids, first, last, scale, out, at, weights, scales, padding: _sum(
        data, dim, ids, first, last, scale, out, at, weights, scales, padding
    )


@overload(copy_row, jit_options=INLINE)
def _(data, dim, ids, i, out):
    return lambda data, dim, ids, i, out: _copy(data, dim, ids, i, out)


@overload(stream_row, jit_options=INLINE)
def _(data, dim, ids, i, out):
    return lambda data, dim, ids, i, out: _stream(data, dim, ids, i, out)


@exact
def first_outside(ids: np.ndarray, n_rows: int) -> int:
    """The position of the first id that is not from 0 to n_rows - 1, else -1."""
    wrong = 0
    limit = np.uint64(n_rows)
    for i in range(len(ids)):
        wrong += np.uint64(ids[i]) >= limit
    if wrong:
        for i in range(len(ids)):
            if ids[i] < 0 or ids[i] >= n_rows:
                return i
    return -1


@exact
def gather(
    data: np.ndarray, dim: int, ids: np.ndarray, first: int, last: int, out: np.ndarray, past: bool
) -> None:
    """out[i] = row(ids[i]) for i from `first` to `last`; `past` the caches, or not."""
    if past:
        for i in range(first, last):
            stream_row(data, dim, ids, i, out)
    else:
        for i in range(first, last):
            copy_row(data, dim, ids, i, out)


@exact
def pool(
    data: np.ndarray,
    dim: int,
    ids: np.ndarray,
    offsets: np.ndarray,
    first: int,
    last: int,
    weights: np.ndarray | None,
    scales: np.ndarray | None,
    mean: bool,
    padding: int | None,
    out: np.ndarray,
) -> None:
    """`layer_reference.pool` for the bags from `first` to `last`; `padding` None: there is none."""
    for b in range(first, last):
        begin, end = offsets[b], offsets[b + 1]
        scale = np.float32(1)
        if mean:
            total = np.float32(0)
            for i in range(begin, end):
                if padding is None or ids[i] != padding:
                    total += np.float32(1) if weights is None else weights[i]
            scale = np.float32(1) / total if total != 0 else np.float32(0)
        sum_rows(data, dim, ids, begin, end, scale, out, b, weights, scales, padding)


@exact
def pool_max(
    data: np.ndarray,
    dim: int,
    ids: np.ndarray,
    offsets: np.ndarray,
    first: int,
    last: int,
    padding: int,
    out: np.ndarray,
    winners: np.ndarray,
) -> None:
    """out[b] = the greatest of each column over the bag's rows, float32, 0 for an empty bag;
    winners[b]: the position in ids it came from, the first of equals, else -1. NaN wins."""
    for b in range(first, last):
        for d in range(dim):
            best, winner = np.float32(0), np.int64(-1)
            for i in range(offsets[b], offsets[b + 1]):
                if ids[i] != padding:
                    value = data[ids[i], d]
                    if winner < 0 or value > best or (value != value and best == best):
                        best, winner = value, np.int64(i)
            out[b, d] = best
            winners[b, d] = winner
