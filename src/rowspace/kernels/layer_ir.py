"""The instructions of the layer's row operations: a weighted sum of rows, and rows copied.

A block of up to sixteen vectors of the result stays in registers while the rows of a bag pass by;
each row is asked for some rows before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from numba.core import cgutils, types

from rowspace.kernels.number_ir import SIZE, kind_of, lanes_below, load, prefetch, store, stream
from rowspace.kernels.vector_ir import I64, LANES, accumulators, fma, splat

AHEAD = 24  # rows between asking for one and using it
LINE = 64  # bytes of a cache line
_BLOCKS = (16, 8, 4, 2, 1)  # vectors of a result held at once


@dataclass(frozen=True, slots=True)
class Array:
    """An array argument: pointer to its numbers, its length, the length of a row, their kind."""

    data: Any
    length: Any
    stride: Any
    kind: str


def _argument(context: Any, b: Any, kind: Any, value: Any) -> Any:
    """An array as `Array`, a whole number as int64, another as float32, None as None."""
    if isinstance(kind, types.Array):
        if kind.layout != "C":
            raise TypeError(f"rows must lie one after another in memory, not as {kind}")
        array = context.make_array(kind)(context, b, value=value)
        shape = cgutils.unpack_tuple(b, array.shape)
        return Array(array.data, shape[0], shape[-1], kind_of(kind))
    if isinstance(kind, types.Integer):
        return context.cast(b, value, kind, types.int64)
    if isinstance(kind, types.Float):
        return context.cast(b, value, kind, types.float32)
    return None


def lower(emit: Callable[..., None], *arguments: Any) -> Any:
    """Signature and code generator of an intrinsic without a result."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pairs = zip(signature.args, args, strict=True)
        emit(builder, *(_argument(context, builder, kind, value) for kind, value in pairs))
        return context.get_dummy_value()

    return types.void(*arguments), generate


def row_at(b: Any, array: Any, row: Any) -> Any:
    """Pointer to array[row]; the product row · stride is 64-bit."""
    return b.gep(array.data, [b.mul(row, array.stride)])


def item(b: Any, array: Any, index: Any) -> Any:
    """array[index] of a flat array."""
    return b.load(b.gep(array.data, [index]))


def columns(b: Any, dim: Any, widths: tuple[int, ...], body: Callable[..., None]) -> None:
    """`body(d, width, mask)` for all `dim` columns: whole blocks of vectors, then the rest."""
    start = I64(0)
    for width in widths:
        span = I64(width * LANES)
        stop = b.add(start, b.mul(b.sdiv(b.sub(dim, start), span), span))
        with cgutils.for_range_slice(b, start, stop, span, I64) as (d, _):
            body(d, width, None)
        start = stop
    with b.if_then(b.icmp_signed("<", start, dim)):
        body(start, 1, lanes_below(b, b.sub(dim, start)))


def at_most(b: Any, value: Any, limit: Any) -> Any:
    return b.select(b.icmp_signed("<", value, limit), value, limit)


@contextmanager
def unless_equal(b: Any, value: Any, other: Any) -> Iterator[None]:
    """Code that runs where the two differ; always, where `other` is None."""
    if other is None:
        yield
        return
    with b.if_then(b.icmp_signed("!=", value, other)):
        yield


def prefetch_columns(b: Any, array: Any, pointer: Any, d: Any, width: int) -> None:
    """Ask for the lines of `width` vectors from column `d` of the row at `pointer`."""
    step = LINE // SIZE[array.kind]
    for column in range(0, width * LANES, step):
        prefetch(b, pointer, b.add(d, I64(column)))


def emit_sum(
    b: Any, data: Any, dim: Any, ids: Any, first: Any, last: Any, scale: Any, out: Any, at: Any,
    weights: Any, scales: Any, padding: Any,
) -> None:  # fmt: skip
    """out[at] = scale · Σ weights[i] · scales[id] · row(id), i from `first` to `last`."""
    end = b.sub(ids.length, I64(1))
    target = row_at(b, out, at)

    def body(d: Any, width: int, mask: Any) -> None:
        parts = [b.add(d, I64(LANES * k)) for k in range(width)]
        cells = accumulators(b, width)
        with cgutils.for_range_slice(b, first, last, I64(1), I64) as (i, _):
            later = row_at(b, data, item(b, ids, at_most(b, b.add(i, I64(AHEAD)), end)))
            prefetch_columns(b, data, later, d, width)
            id = item(b, ids, i)
            with unless_equal(b, id, padding):
                factor = None if weights is None else item(b, weights, i)
                if scales is not None:
                    own = item(b, scales, id)
                    factor = own if factor is None else b.fmul(factor, own)
                _add_row(b, data, row_at(b, data, id), parts, cells, mask, factor)
        whole = splat(b, scale)
        for part, cell in zip(parts, cells, strict=True):
            store(b, out.kind, b.fmul(b.load(cell), whole), target, part, mask)

    columns(b, dim, _BLOCKS, body)


def _add_row(
    b: Any, data: Any, pointer: Any, parts: list, cells: list, mask: Any, factor: Any
) -> None:
    spread = None if factor is None else splat(b, factor)
    for part, cell in zip(parts, cells, strict=True):
        value = load(b, data.kind, pointer, part, mask)
        if spread is None:
            b.store(b.fadd(b.load(cell), value), cell)
        else:
            b.store(fma(b, value, spread, b.load(cell)), cell)


def emit_gradient(
    b: Any, values: Any, dim: Any, words: Any, low: Any, first: Any, last: Any, out: Any, at: Any,
    bags: Any, weights: Any,
) -> None:  # fmt: skip
    """out[at] = Σ weights[p] · values[bags[p]] over the contributions p of one row.

    p is the low bits of words[first:last]; without `bags` it is itself the row of `values`.
    """
    end, target = b.sub(words.length, I64(1)), row_at(b, out, at)

    def source(i: Any) -> tuple[Any, Any]:
        p = b.and_(item(b, words, i), low)
        return p, (p if bags is None else item(b, bags, p))

    def body(d: Any, width: int, mask: Any) -> None:
        parts = [b.add(d, I64(LANES * k)) for k in range(width)]
        cells = accumulators(b, width)
        with cgutils.for_range_slice(b, first, last, I64(1), I64) as (i, _):
            later = row_at(b, values, source(at_most(b, b.add(i, I64(AHEAD)), end))[1])
            prefetch_columns(b, values, later, d, width)
            p, row = source(i)
            factor = None if weights is None else item(b, weights, p)
            _add_row(b, values, row_at(b, values, row), parts, cells, mask, factor)
        for part, cell in zip(parts, cells, strict=True):
            store(b, "f32", b.load(cell), target, part, mask)

    columns(b, dim, _BLOCKS, body)


def emit_copy(b: Any, data: Any, dim: Any, ids: Any, i: Any, out: Any) -> None:
    """out[i] = row(ids[i])."""
    _copy(b, data, dim, ids, i, out)


def emit_stream(b: Any, data: Any, dim: Any, ids: Any, i: Any, out: Any) -> None:
    """`emit_copy` past the caches: for float32 rows of whole vectors, and lines of `out`."""
    _copy(b, data, dim, ids, i, out, past=True)


def _copy(b: Any, data: Any, dim: Any, ids: Any, i: Any, out: Any, past: bool = False) -> None:
    end = b.sub(ids.length, I64(1))
    source, target = row_at(b, data, item(b, ids, i)), row_at(b, out, i)
    later = row_at(b, data, item(b, ids, at_most(b, b.add(i, I64(AHEAD)), end)))

    def body(d: Any, width: int, mask: Any) -> None:
        prefetch_columns(b, data, later, d, width)
        for k in range(width):
            part = b.add(d, I64(LANES * k))
            value = load(b, data.kind, source, part, mask)
            if past and mask is None:
                stream(b, value, b.gep(target, [part]))
            else:
                store(b, out.kind, value, target, part, mask)

    columns(b, dim, (4, 1), body)
