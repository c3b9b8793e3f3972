"""The instructions of the row operations: what `cpu_rows` compiles each of them to.

Every `emit_…` writes one operation of `reference` with the vectors of `vector_ir`; its arguments
are those of the operation, arrays as structures, whole numbers as int64, the others as float32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from numba.core import cgutils, types

from rowspace.kernels.reference import OUTPUT_BLOCK
from rowspace.kernels.vector_ir import (
    FLOATS,
    I32,
    I64,
    INTS,
    LANES,
    absolute,
    accumulators,
    constant,
    fma,
    integers,
    load,
    prefetch,
    sigmoid,
    splat,
    store,
    sums,
)

_INPUT_BLOCK = 2
_CHUNK = 4  # vectors of a row held at once while its partners pass by


class _Arrays:
    """The arguments of an intrinsic: arrays by data pointer, whole numbers as int64."""

    def __init__(self, context: Any, builder: Any, signature: Any, args: Any) -> None:
        self.builder, self.values = builder, []
        for kind, value in zip(signature.args, args, strict=True):
            if isinstance(kind, types.Array):
                self.values.append(context.make_array(kind)(context, builder, value=value))
            elif isinstance(kind, types.Integer):
                self.values.append(context.cast(builder, value, kind, types.int64))
            else:
                self.values.append(context.cast(builder, value, kind, types.float32))

    def stride(self, table: Any) -> Any:
        return cgutils.unpack_tuple(self.builder, table.shape)[1]

    def row(self, table: Any, rows: Any, index: Any) -> Any:
        """Pointer to table[rows[index]]; the product row · stride is 64-bit."""
        builder = self.builder
        row = builder.load(builder.gep(rows.data, [index]))
        if row.type.width < 64:
            row = builder.sext(row, I64)
        return builder.gep(table.data, [builder.mul(row, self.stride(table))])

    @contextmanager
    def unless(self, frozen: Any, rows: Any, index: Any) -> Iterator[None]:
        """Code that runs where frozen[rows[index]] is 0; always, where `frozen` is None."""
        if frozen is None:
            yield
            return
        builder = self.builder
        flag = builder.load(
            builder.gep(frozen.data, [builder.load(builder.gep(rows.data, [index]))])
        )
        with builder.if_then(builder.icmp_unsigned("==", flag, flag.type(0))):
            yield


def _steps(builder: Any, start: Any, stop: Any, step: int) -> Any:
    return cgutils.for_range_slice(builder, start, stop, I64(step), I64)


def lower(emit: Callable[..., None], *arguments: Any) -> Any:
    """Signature and code generator of an intrinsic without a result."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        arrays = _Arrays(context, builder, signature, args)
        emit(builder, arrays, *arrays.values)
        return context.get_dummy_value()

    return types.void(*arguments), generate


def emit_gather(b: Any, a: _Arrays, table: Any, rows: Any, n: Any, weight: Any, h: Any) -> None:
    scale = splat(b, weight)
    with _steps(b, I64(0), a.stride(table), LANES) as (d, _):
        (total,) = accumulators(b, 1)
        with cgutils.for_range(b, n, intp=I64) as loop:
            value = load(b, a.row(table, rows, loop.index), d)
            b.store(b.fadd(b.load(total), value), total)
        store(b, b.fmul(b.load(total), scale), h.data, d)


def emit_scatter(
    b: Any, a: _Arrays, table: Any, rows: Any, n: Any, gradient: Any, frozen: Any = None
) -> None:
    with cgutils.for_range(b, n, intp=I64) as loop, a.unless(frozen, rows, loop.index):
        row = a.row(table, rows, loop.index)
        with _steps(b, I64(0), a.stride(table), LANES) as (d, _):
            store(b, b.fadd(load(b, row, d), load(b, gradient.data, d)), row, d)


def emit_prefetch(b: Any, a: _Arrays, table: Any, row: Any) -> None:
    offset = b.mul(row, a.stride(table))
    with _steps(b, I64(0), a.stride(table), LANES) as (d, _):
        prefetch(b, table.data, b.add(offset, d))


def _emit_loss(b: Any, loss: Any, p: Any) -> None:
    """Multiply p into the sixteen mantissas and move the exponents aside."""
    value = b.fmul(load(b, loss.data, I64(0)), p)
    product = b.bitcast(value, INTS)
    exponent = b.sub(b.lshr(product, integers(23)), integers(127))
    bits = b.or_(b.and_(product, integers(0x007FFFFF)), integers(0x3F800000))
    # A NaN is kept, so that one bad pair is seen however many good ones follow.
    mantissa = b.select(b.fcmp_unordered("uno", value, value), value, b.bitcast(bits, FLOATS))
    store(b, mantissa, loss.data, I64(0))
    before = b.bitcast(load(b, loss.data, I64(LANES)), INTS)
    store(b, b.add(before, exponent), loss.data, I64(LANES))


def _emit_step(b: Any, f: Any, positive: Any, valid: Any, rate: Any, loss: Any) -> Any:
    """rate · (label - σ(f)) in the valid lanes, 0 elsewhere; the loss is booked."""
    label = b.select(positive, constant(1), constant(0))
    wrong = b.fsub(label, sigmoid(b, f))
    p = b.fsub(constant(1), absolute(b, wrong))
    _emit_loss(b, loss, b.select(valid, p, constant(1)))
    return b.select(valid, b.fmul(wrong, rate), constant(0))


def emit_predict(
    b: Any, a: _Arrays, table: Any, rows: Any, n: Any, positives: Any, h: Any, lr: Any,
    negative_weight: Any, g: Any, loss: Any,
) -> None:  # fmt: skip
    lanes = integers(list(range(LANES)))
    rate, negative_rate = splat(b, lr), splat(b, b.fmul(lr, negative_weight))
    count, first = splat(b, b.trunc(n, I32)), splat(b, b.trunc(positives, I32))
    with _steps(b, I64(0), n, LANES) as (j, _):
        cells = accumulators(b, LANES)
        for part in range(0, LANES, 4):
            start = b.add(j, I64(part))
            with b.if_then(b.icmp_signed("<", start, n)):
                pointers = [a.row(table, rows, b.add(start, I64(k))) for k in range(4)]
                with _steps(b, I64(0), a.stride(table), LANES) as (d, _):
                    x = load(b, h.data, d)
                    for pointer, cell in zip(pointers, cells[part:], strict=False):
                        b.store(fma(b, load(b, pointer, d), x, b.load(cell)), cell)
        f = sums(b, [b.load(cell) for cell in cells])
        index = b.add(lanes, splat(b, b.trunc(j, I32)))
        positive = b.icmp_signed("<", index, first)
        chosen = b.select(positive, rate, negative_rate)
        step = _emit_step(b, f, positive, b.icmp_signed("<", index, count), chosen, loss)
        store(b, step, g.data, j)


def emit_learn(
    b: Any, a: _Arrays, table: Any, rows: Any, n: Any, g: Any, h: Any, gradient: Any
) -> None:
    def columns(d: Any, width: int) -> None:
        """`width` vectors of every row, from float `d` on."""
        parts = [b.add(d, I64(LANES * k)) for k in range(width)]
        x = [load(b, h.data, part) for part in parts]
        cells = accumulators(b, width)
        with cgutils.for_range(b, n, intp=I64) as loop:
            pointer = a.row(table, rows, loop.index)
            step = splat(b, b.load(b.gep(g.data, [loop.index])))
            for k, part in enumerate(parts):
                old = load(b, pointer, part)
                b.store(fma(b, step, old, b.load(cells[k])), cells[k])
                store(b, fma(b, step, x[k], old), pointer, part)
        for part, cell in zip(parts, cells, strict=True):
            store(b, b.load(cell), gradient.data, part)

    stride, start = a.stride(table), I64(0)
    for width in (_CHUNK, _CHUNK // 2, 1):
        span = I64(width * LANES)
        stop = b.add(start, b.mul(b.sdiv(b.sub(stride, start), span), span))
        with _steps(b, start, stop, width * LANES) as (d, _):
            columns(d, width)
        start = stop


def emit_window(
    b: Any, a: _Arrays, inputs: Any, context: Any, n: Any, outputs: Any, rows: Any, m: Any,
    positives: Any, lr: Any, g: Any, loss: Any, frozen: Any = None,
) -> None:  # fmt: skip
    """Two passes over blocks of (2 inputs x 6 outputs), twelve lanes of sixteen used."""
    idle = [1 << 20] * (LANES - _INPUT_BLOCK * OUTPUT_BLOCK)
    lane_i = integers([i for i in range(_INPUT_BLOCK) for _ in range(OUTPUT_BLOCK)] + idle)
    lane_j = integers(list(range(OUTPUT_BLOCK)) * _INPUT_BLOCK + idle)
    stride, rate = a.stride(inputs), splat(b, lr)
    pairs = b.sdiv(b.add(n, I64(1)), I64(_INPUT_BLOCK))

    def block_of(j: Any, i: Any) -> Any:
        """Where in g the sixteen lanes of block (i, j) lie."""
        block = b.add(b.mul(b.sdiv(j, I64(OUTPUT_BLOCK)), pairs), b.sdiv(i, I64(_INPUT_BLOCK)))
        return b.mul(block, I64(LANES))

    def below(lane: Any, start: Any, stop: Any) -> Any:
        index = b.add(lane, splat(b, b.trunc(start, I32)))
        return b.icmp_signed("<", index, splat(b, b.trunc(stop, I32)))

    with _steps(b, I64(0), m, OUTPUT_BLOCK) as (j, _):
        out = [a.row(outputs, rows, b.add(j, I64(k))) for k in range(OUTPUT_BLOCK)]
        with _steps(b, I64(0), n, _INPUT_BLOCK) as (i, _):
            into = [a.row(inputs, context, b.add(i, I64(k))) for k in range(_INPUT_BLOCK)]
            cells = accumulators(b, _INPUT_BLOCK * OUTPUT_BLOCK)
            with _steps(b, I64(0), stride, LANES) as (d, _):
                x = [load(b, pointer, d) for pointer in into]
                for k, pointer in enumerate(out):
                    y = load(b, pointer, d)
                    for row in range(_INPUT_BLOCK):
                        cell = cells[row * OUTPUT_BLOCK + k]
                        b.store(fma(b, x[row], y, b.load(cell)), cell)
            f = sums(b, [b.load(cell) for cell in cells])
            positive = below(lane_j, j, positives)
            valid = b.and_(below(lane_i, i, n), below(lane_j, j, m))
            step = _emit_step(b, f, positive, valid, rate, loss)
            store(b, step, g.data, block_of(j, i))

    with _steps(b, I64(0), m, OUTPUT_BLOCK) as (j, _):
        out = [a.row(outputs, rows, b.add(j, I64(k))) for k in range(OUTPUT_BLOCK)]
        first = block_of(j, I64(0))
        with _steps(b, I64(0), stride, LANES) as (d, _):
            old = [load(b, pointer, d) for pointer in out]
            cells = accumulators(b, OUTPUT_BLOCK)
            for value, cell in zip(old, cells, strict=True):
                b.store(value, cell)
            with cgutils.for_range(b, n, intp=I64) as loop:
                row = a.row(inputs, context, loop.index)
                new = x = load(b, row, d)
                pair = b.mul(b.lshr(loop.index, I64(1)), I64(LANES))
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
