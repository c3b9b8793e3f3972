"""The compiled twin of `search_reference`: scores are looked at while they lie in a cache."""

# ruff: noqa: PLW0108 - Numba wants a Python function, not the intrinsic itself

from __future__ import annotations

import numpy as np
from numba.extending import intrinsic, overload

from rowspace.kernels import search_ir
from rowspace.kernels.jit import exact, inlined, kernel
from rowspace.kernels.layer_ir import lower
from rowspace.kernels.layer_reference import decoded

BLOCK = 512  # rows whose products are worked out before they are looked at
CHUNK = 64  # scores that are compared with the worst of a heap at once


def dots(data, dim, first, last, units, query, out):
    """out[0, i - first] = row(i) · units[query], i from `first` to `last`."""
    with np.errstate(invalid="ignore", over="ignore"):
        out[0, : last - first] = decoded(data[first:last, :dim]) @ units[query, :dim]


@intrinsic
def _dots(typing, data, dim, first, last, units, query, out):
    arguments = (data, dim, first, last, units, query, out)
    return lower(search_ir.emit_dots, *arguments)


@overload(dots, jit_options={"forceinline": True})
def _dots_overload(data, dim, first, last, units, query, out):
    return lambda data, dim, first, last, units, query, out: _dots(
        data, dim, first, last, units, query, out
    )


def dots_of(data, dim, first, last, units, query, out, ids):
    """out[0, i - first] = row(ids[i]) · units[query], i from `first` to `last`."""
    with np.errstate(invalid="ignore", over="ignore"):
        out[0, : last - first] = decoded(data[ids[first:last], :dim]) @ units[query, :dim]


@intrinsic
def _dots_of(typing, data, dim, first, last, units, query, out, ids):
    arguments = (data, dim, first, last, units, query, out, ids)
    return lower(search_ir.emit_dots, *arguments)


@overload(dots_of, jit_options={"forceinline": True})
def _dots_of_overload(data, dim, first, last, units, query, out, ids):
    return lambda data, dim, first, last, units, query, out, ids: _dots_of(
        data, dim, first, last, units, query, out, ids
    )


def decode_rows(data, dim, first, last, out):
    """out[i - first] = row(i) as float32, i from `first` to `last`."""
    out[: last - first, :dim] = decoded(data[first:last, :dim])


@intrinsic
def _decode(typing, data, dim, first, last, out):
    return lower(search_ir.emit_decode, data, dim, first, last, out)


@overload(decode_rows, jit_options={"forceinline": True})
def _decode_overload(data, dim, first, last, out):
    return lambda data, dim, first, last, out: _decode(data, dim, first, last, out)


@inlined
def _worse(a, id, b, other):
    """Whether (a, id) ranks behind (b, other)."""
    return a < b or (a == b and id > other)


@inlined
def _sink(ids, values, query, count, id, value):
    """(id, value) in place of the root of a heap of `count`, whose root is the worst."""
    at = 0
    while 2 * at + 1 < count:
        child = 2 * at + 1
        if child + 1 < count and _worse(
            values[query, child + 1], ids[query, child + 1], values[query, child], ids[query, child]
        ):
            child += 1
        if not _worse(values[query, child], ids[query, child], value, id):
            break
        ids[query, at], values[query, at] = ids[query, child], values[query, child]
        at = child
    ids[query, at], values[query, at] = id, value


@inlined
def _offer(scores, row, inverse_norms, base, count, start, exclude, query, ids, values):
    """scores[row, :count] times inverse_norms[base:base + count] to the heap of `query`."""
    least, k = values[query, 0], ids.shape[1]
    for chunk in range(0, count, CHUNK):
        stop = min(chunk + CHUNK, count)
        some, norms = scores[row, chunk:stop], inverse_norms[base + chunk : base + stop]
        hits = np.int32(0)
        for j in range(stop - chunk):
            hits += np.int32((some[j] * norms[j] > least) | (norms[j] == 0))
        if hits == 0:
            continue
        for j in range(stop - chunk):
            value = some[j] * norms[j] if norms[j] != 0 else np.float32(0)
            if value > least:
                id, apart = start + chunk + j, False
                for e in range(exclude.shape[1]):
                    apart |= exclude[query, e] == id
                if not apart:
                    _sink(ids, values, query, k, id, value)
                    least = values[query, 0]


@exact
def take(
    first: int,
    last: int,
    scores: np.ndarray,
    inverse_norms: np.ndarray,
    start: int,
    exclude: np.ndarray,
    ids: np.ndarray,
    values: np.ndarray,
) -> None:
    """As in the reference."""
    for query in range(first, last):
        _offer(
            scores, query, inverse_norms, 0, scores.shape[1], start, exclude, query, ids, values
        )  # fmt: skip


@kernel
def near(
    first: int,
    last: int,
    rows: np.ndarray,
    inverse_norms: np.ndarray,
    units: np.ndarray,
    exclude: np.ndarray,
    ids: np.ndarray,
    values: np.ndarray,
) -> None:
    """As in the reference."""
    products = np.empty((1, BLOCK), np.float32)
    for start in range(first, last, BLOCK):
        stop = min(start + BLOCK, last)
        for query in range(len(units)):
            dots(rows, rows.shape[1], start, stop, units, query, products)
            _offer(
                products, 0, inverse_norms, start, stop - start, start, exclude, query, ids, values
            )  # fmt: skip


@kernel
def rank(
    first: int,
    last: int,
    rows: np.ndarray,
    inverse_norms: np.ndarray,
    units: np.ndarray,
    candidates: np.ndarray,
    exclude: np.ndarray,
    ids: np.ndarray,
    values: np.ndarray,
) -> None:
    """As in the reference."""
    k, many = ids.shape[1], candidates.shape[1]
    products = np.empty((1, many), np.float32)
    for query in range(first, last):
        some = candidates[query]
        free = 0
        while free < many and some[free] < 0:
            free += 1
        dots_of(rows, rows.shape[1], free, many, units, query, products, some)
        for j in range(free, many):
            id = some[j]
            value = products[0, j - free] * inverse_norms[id]
            if inverse_norms[id] == 0:
                value = np.float32(0)
            if value > values[query, 0]:
                apart = False
                for e in range(exclude.shape[1]):
                    apart |= exclude[query, e] == id
                if not apart:
                    _sink(ids, values, query, k, id, value)


@kernel
def decode(rows: np.ndarray, first: int, last: int, out: np.ndarray) -> None:
    """As in the reference."""
    decode_rows(rows, rows.shape[1], first, last, out[first:])


@exact
def settle(ids: np.ndarray, values: np.ndarray) -> None:
    """As in the reference."""
    for query in range(len(ids)):
        for rest in range(ids.shape[1] - 1, 0, -1):  # the worst goes last
            id, value = ids[query, rest], values[query, rest]
            ids[query, rest], values[query, rest] = ids[query, 0], values[query, 0]
            _sink(ids, values, query, rest, id, value)
