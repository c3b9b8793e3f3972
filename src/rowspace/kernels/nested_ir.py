"""The instructions of the nested row operations: what `cpu_nested` compiles each of them to.

A block of numbers may begin or end inside a vector of sixteen; there its other lanes are taken as
zeros, and the vector is passed once for each block that has a part of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core import cgutils

from rowspace.kernels.reference import OUTPUT_BLOCK
from rowspace.kernels.row_ir import _INPUT_BLOCK, _Arrays, _emit_loss, _steps
from rowspace.kernels.vector_ir import (
    I32,
    I64,
    LANES,
    absolute,
    accumulators,
    constant,
    fma,
    integers,
    load,
    sigmoid,
    splat,
    store,
    sums,
)

Body = Callable[[Any, Callable[[Any], Any]], None]
_INDEX = list(range(LANES))


def _floor(b: Any, value: Any) -> Any:
    return b.and_(value, I64(-LANES))


def _ceil(b: Any, value: Any) -> Any:
    return _floor(b, b.add(value, I64(LANES - 1)))


def _spans(b: Any, lo: Any, hi: Any, body: Body) -> None:
    """body(d, part) for each vector of columns lo to hi; `part` clears lanes that are outside."""

    def masked(d: Any) -> None:
        index = b.add(integers(_INDEX), splat(b, b.trunc(d, I32)))
        inside = b.and_(
            b.icmp_signed(">=", index, splat(b, b.trunc(lo, I32))),
            b.icmp_signed("<", index, splat(b, b.trunc(hi, I32))),
        )
        body(d, lambda value: b.select(inside, value, constant(0)))

    start, stop = _ceil(b, lo), _floor(b, hi)
    with b.if_then(b.icmp_signed("<", lo, start), likely=False):
        masked(_floor(b, lo))
    with _steps(b, start, stop, LANES) as (d, _):
        body(d, lambda value: value)
    tail = b.and_(b.icmp_signed("<", stop, hi), b.icmp_signed(">=", stop, start))
    with b.if_then(tail, likely=False):
        masked(stop)


def _block(b: Any, ends: Any, p: Any) -> tuple[Any, Any]:
    """The first and the last but one column of block p."""
    first = b.icmp_signed("==", p, I64(0))
    before = b.select(first, I64(0), b.sub(p, I64(1)))
    lo = b.select(first, I64(0), b.load(b.gep(ends.data, [before])))
    return lo, b.load(b.gep(ends.data, [p]))


def _combine(b: Any, own: Any, carry: Any, rate: Any, g: Any, at: Any, count: Any) -> None:
    """What is wrong with each prefix, from g[at], becomes the step of each block."""
    (after,) = accumulators(b, 1)
    with cgutils.for_range(b, count, intp=I64) as loop:
        p = b.sub(b.sub(count, I64(1)), loop.index)
        place = b.add(at, b.mul(p, I64(LANES)))
        scaled = b.fmul(splat(b, b.load(b.gep(own.data, [p]))), load(b, g.data, place))
        value = fma(b, splat(b, b.load(b.gep(carry.data, [p]))), b.load(after), scaled)
        b.store(value, after)
        store(b, b.fmul(value, rate), g.data, place)


def _book(b: Any, f: Any, positive: Any, valid: Any, last: Any, loss: Any) -> Any:
    """label - σ(f) in the valid lanes, 0 elsewhere; the last prefix's loss is booked."""
    label = b.select(positive, constant(1), constant(0))
    wrong = b.fsub(label, sigmoid(b, f))
    with b.if_then(last):
        p = b.fsub(constant(1), absolute(b, wrong))
        _emit_loss(b, loss, b.select(valid, p, constant(1)))
    return b.select(valid, wrong, constant(0))


def emit_window_nested(
    b: Any, a: _Arrays, inputs: Any, context: Any, n: Any, outputs: Any, rows: Any, m: Any,
    lr: Any, ends: Any, own: Any, carry: Any, g: Any, loss: Any, frozen: Any = None,
) -> None:  # fmt: skip
    """`row_ir.emit_window`, whose two passes go block by block of columns."""
    idle = [1 << 20] * (LANES - _INPUT_BLOCK * OUTPUT_BLOCK)
    lane_i = integers([i for i in range(_INPUT_BLOCK) for _ in range(OUTPUT_BLOCK)] + idle)
    lane_j = integers(list(range(OUTPUT_BLOCK)) * _INPUT_BLOCK + idle)
    rate = splat(b, lr)
    count = cgutils.unpack_tuple(b, ends.shape)[0]
    pairs = b.sdiv(b.add(n, I64(1)), I64(_INPUT_BLOCK))
    room = b.mul(count, I64(LANES))  # of a block of pairs in g

    def block_of(j: Any, i: Any) -> Any:
        block = b.add(b.mul(b.sdiv(j, I64(OUTPUT_BLOCK)), pairs), b.sdiv(i, I64(_INPUT_BLOCK)))
        return b.mul(block, room)

    def below(lane: Any, start: Any, stop: Any) -> Any:
        index = b.add(lane, splat(b, b.trunc(start, I32)))
        return b.icmp_signed("<", index, splat(b, b.trunc(stop, I32)))

    with _steps(b, I64(0), m, OUTPUT_BLOCK) as (j, _):
        out = [a.row(outputs, rows, b.add(j, I64(k))) for k in range(OUTPUT_BLOCK)]
        with _steps(b, I64(0), n, _INPUT_BLOCK) as (i, _):
            into = [a.row(inputs, context, b.add(i, I64(k))) for k in range(_INPUT_BLOCK)]
            cells = accumulators(b, _INPUT_BLOCK * OUTPUT_BLOCK)

            def dots(
                d: Any, part: Any, into: Any = into, out: Any = out, cells: Any = cells
            ) -> None:
                x = [part(load(b, pointer, d)) for pointer in into]
                for k, pointer in enumerate(out):
                    y = load(b, pointer, d)
                    for row in range(_INPUT_BLOCK):
                        cell = cells[row * OUTPUT_BLOCK + k]
                        b.store(fma(b, x[row], y, b.load(cell)), cell)

            positive = below(lane_j, j, I64(1))
            valid = b.and_(below(lane_i, i, n), below(lane_j, j, m))
            at = block_of(j, i)
            with cgutils.for_range(b, count, intp=I64) as loop:
                _spans(b, *_block(b, ends, loop.index), dots)
                f = sums(b, [b.load(cell) for cell in cells])
                last = b.icmp_signed("==", loop.index, b.sub(count, I64(1)))
                wrong = _book(b, f, positive, valid, last, loss)
                store(b, wrong, g.data, b.add(at, b.mul(loop.index, I64(LANES))))
            _combine(b, own, carry, rate, g, at, count)

    with _steps(b, I64(0), m, OUTPUT_BLOCK) as (j, _):
        out = [a.row(outputs, rows, b.add(j, I64(k))) for k in range(OUTPUT_BLOCK)]
        with cgutils.for_range(b, count, intp=I64) as blocks:
            first = b.add(block_of(j, I64(0)), b.mul(blocks.index, I64(LANES)))

            def learn(d: Any, part: Any, out: Any = out, first: Any = first) -> None:
                raw = [load(b, pointer, d) for pointer in out]
                old = [part(value) for value in raw]
                cells = accumulators(b, OUTPUT_BLOCK)
                for value, cell in zip(raw, cells, strict=True):
                    b.store(value, cell)
                with cgutils.for_range(b, n, intp=I64) as loop:
                    row = a.row(inputs, context, loop.index)
                    new = load(b, row, d)
                    x = part(new)
                    pair = b.mul(b.lshr(loop.index, I64(1)), room)
                    lane = b.mul(b.and_(loop.index, I64(1)), I64(OUTPUT_BLOCK))
                    base = b.add(first, b.add(pair, lane))
                    for k in range(OUTPUT_BLOCK):
                        step = splat(b, b.load(b.gep(g.data, [b.add(base, I64(k))])))
                        new = fma(b, step, old[k], new)
                        b.store(fma(b, step, x, b.load(cells[k])), cells[k])
                    with a.unless(frozen, context, loop.index):
                        store(b, new, row, d)
                for pointer, cell in zip(out, cells, strict=True):
                    store(b, b.load(cell), pointer, d)

            _spans(b, *_block(b, ends, blocks.index), learn)


def emit_predict_nested(
    b: Any, a: _Arrays, table: Any, rows: Any, n: Any, positives: Any, h: Any, lr: Any,
    ends: Any, own: Any, carry: Any, g: Any, loss: Any,
) -> None:  # fmt: skip
    """`row_ir.emit_predict`, block by block of columns."""
    lanes, rate = integers(_INDEX), splat(b, lr)
    valid_to, first = splat(b, b.trunc(n, I32)), splat(b, b.trunc(positives, I32))
    count = cgutils.unpack_tuple(b, ends.shape)[0]
    with _steps(b, I64(0), n, LANES) as (j, _):
        cells = accumulators(b, LANES)
        index = b.add(lanes, splat(b, b.trunc(j, I32)))
        positive = b.icmp_signed("<", index, first)
        valid = b.icmp_signed("<", index, valid_to)
        at = b.mul(j, count)
        with cgutils.for_range(b, count, intp=I64) as loop:
            lo, hi = _block(b, ends, loop.index)
            for part in range(0, LANES, 4):
                start = b.add(j, I64(part))
                with b.if_then(b.icmp_signed("<", start, n)):
                    pointers = [a.row(table, rows, b.add(start, I64(k))) for k in range(4)]
                    own_cells = cells[part : part + 4]

                    def dots(
                        d: Any, inside: Any, pointers: Any = pointers, cells: Any = own_cells
                    ) -> None:
                        x = inside(load(b, h.data, d))
                        for pointer, cell in zip(pointers, cells, strict=True):
                            b.store(fma(b, load(b, pointer, d), x, b.load(cell)), cell)

                    _spans(b, lo, hi, dots)
            f = sums(b, [b.load(cell) for cell in cells])
            last = b.icmp_signed("==", loop.index, b.sub(count, I64(1)))
            wrong = _book(b, f, positive, valid, last, loss)
            store(b, wrong, g.data, b.add(at, b.mul(loop.index, I64(LANES))))
        _combine(b, own, carry, rate, g, at, count)


def emit_learn_nested(
    b: Any, a: _Arrays, table: Any, rows: Any, n: Any, ends: Any, g: Any, h: Any, gradient: Any
) -> None:
    """`row_ir.emit_learn`, block by block of columns."""
    count = cgutils.unpack_tuple(b, ends.shape)[0]
    with _steps(b, I64(0), a.stride(table), LANES) as (d, _):
        store(b, constant(0), gradient.data, d)
    with cgutils.for_range(b, count, intp=I64) as blocks:
        own = b.mul(blocks.index, I64(LANES))

        def columns(d: Any, inside: Any) -> None:
            x = inside(load(b, h.data, d))
            (cell,) = accumulators(b, 1)
            b.store(load(b, gradient.data, d), cell)
            with cgutils.for_range(b, n, intp=I64) as loop:
                pointer = a.row(table, rows, loop.index)
                group = b.mul(b.and_(loop.index, I64(-LANES)), count)
                place = b.add(b.add(group, own), b.and_(loop.index, I64(LANES - 1)))
                step = splat(b, b.load(b.gep(g.data, [place])))
                old = load(b, pointer, d)
                b.store(fma(b, step, inside(old), b.load(cell)), cell)
                store(b, fma(b, step, x, old), pointer, d)
            store(b, b.load(cell), gradient.data, d)

        _spans(b, *_block(b, ends, blocks.index), columns)
