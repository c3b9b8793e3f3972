"""The instructions of a classifier's row operations: what `cpu_classify_rows` compiles each to.

Whole numbers come as int64, others as float32, arrays as structures; a row is a whole number of
vectors long. Loops over rows lie outside of none but a few vectors of the row, held in registers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from llvmlite import ir
from numba.core import cgutils

from rowspace.kernels.row_ir import _Arrays, _steps
from rowspace.kernels.vector_ir import (
    F32,
    I32,
    I64,
    LANES,
    accumulators,
    constant,
    exp2,
    fma,
    integers,
    load,
    prefetch,
    splat,
    store,
    sums,
)

_WIDTHS = (4, 2, 1)
_GROUP = 4
_LOG2E = 1.4426950408889634
_LEAST = -125.0


def lower(emit: Callable[..., Any], result: Any, *arguments: Any) -> Any:
    """Signature and code generator of an intrinsic with a result."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        arrays = _Arrays(context, builder, signature, args)
        found = emit(builder, arrays, *arrays.values)
        return context.get_dummy_value() if found is None else found

    return result(*arguments), generate


def _row(b: Any, a: _Arrays, table: Any, ids: Any, at: Any) -> tuple[Any, Any]:
    """The number in ids[at], and where that row begins."""
    row = b.load(b.gep(ids.data, [at]))
    if row.type.width < 64:
        row = b.sext(row, I64)
    return row, b.gep(table.data, [b.mul(row, a.stride(table))])


def _columns(b: Any, stride: Any) -> Iterator[list[Any]]:
    """The offsets of four vectors of a row, then of two, then of one: code is emitted for each."""
    start = I64(0)
    for width in _WIDTHS:
        span = I64(width * LANES)
        stop = b.add(start, b.mul(b.sdiv(b.sub(stride, start), span), span))
        with _steps(b, start, stop, width * LANES) as (d, _):
            yield [b.add(d, I64(LANES * k)) for k in range(width)]
        start = stop


def _length(b: Any, array: Any) -> Any:
    return cgutils.unpack_tuple(b, array.shape)[0]


def _unary(b: Any, name: str, value: Any) -> Any:
    signature = ir.FunctionType(value.type, [value.type])
    return b.call(cgutils.get_or_insert_function(b.module, signature, name), [value])


def _reduced(b: Any, vector: Any) -> Any:
    """The sum of the lanes."""
    return b.extract_element(sums(b, [vector]), I32(0))


def emit_pool(
    b: Any, a: _Arrays, table: Any, ids: Any, first: Any, stop: Any, weight: Any, h: Any
) -> None:
    scale = splat(b, weight)
    for parts in _columns(b, a.stride(table)):
        cells = accumulators(b, len(parts))
        with cgutils.for_range_slice(b, first, stop, I64(1), I64) as (at, _):
            _, pointer = _row(b, a, table, ids, at)
            for part, cell in zip(parts, cells, strict=True):
                b.store(b.fadd(b.load(cell), load(b, pointer, part)), cell)
        for part, cell in zip(parts, cells, strict=True):
            store(b, fma(b, b.load(cell), scale, load(b, h.data, part)), h.data, part)


def emit_step(
    b: Any, a: _Arrays, table: Any, squares: Any, frozen: Any, ids: Any, first: Any, stop: Any,
    gradient: Any, adagrad: Any, square: Any, rate: Any, stay: Any, tiny: Any,
) -> None:  # fmt: skip
    kept, some = splat(b, stay), b.icmp_signed(">", _length(b, frozen), I64(0))
    summed = b.icmp_signed("!=", adagrad, I64(0))
    step, still = cgutils.alloca_once(b, F32), cgutils.alloca_once(b, ir.IntType(1))
    b.store(rate, step)
    b.store(ir.IntType(1)(0), still)
    with cgutils.for_range_slice(b, first, stop, I64(1), I64) as (at, _):
        row, pointer = _row(b, a, table, ids, at)
        with b.if_then(some):
            b.store(b.icmp_signed("!=", b.load(b.gep(frozen.data, [row])), ir.IntType(8)(0)), still)
        with b.if_then(b.not_(b.load(still))):
            with b.if_then(summed):
                cell = b.gep(squares.data, [row])
                total = b.fadd(b.load(cell), square)
                b.store(total, cell)
                root = _unary(b, "llvm.sqrt.f32", b.fadd(total, tiny))
                b.store(b.fdiv(rate, root), step)
            by = splat(b, b.fneg(b.load(step)))
            with _steps(b, I64(0), a.stride(table), LANES) as (d, _):
                old = b.fmul(load(b, pointer, d), kept)
                store(b, fma(b, by, load(b, gradient.data, d), old), pointer, d)


def emit_ask(b: Any, a: _Arrays, array: Any, at: Any) -> None:
    byte = ir.IntType(8).as_pointer()
    signature = ir.FunctionType(ir.VoidType(), [byte, I32, I32, I32])
    function = cgutils.get_or_insert_function(b.module, signature, "llvm.prefetch.p0")
    pointer = b.bitcast(b.gep(array.data, [at]), byte)
    b.call(function, [pointer, I32(0), I32(3), I32(1)])


def emit_prefetch(b: Any, a: _Arrays, table: Any, ids: Any, first: Any, stop: Any) -> None:
    with cgutils.for_range_slice(b, first, stop, I64(1), I64) as (at, _):
        _, pointer = _row(b, a, table, ids, at)
        with _steps(b, I64(0), a.stride(table), LANES) as (d, _):
            prefetch(b, pointer, d)


def emit_score(b: Any, a: _Arrays, table: Any, nodes: Any, n: Any, h: Any, scores: Any) -> None:
    with _steps(b, I64(0), n, LANES) as (i, _):
        cells = accumulators(b, LANES)
        for group in range(0, LANES, _GROUP):
            start = b.add(i, I64(group))
            with b.if_then(b.icmp_signed("<", start, n)):
                pointers = [
                    _row(b, a, table, nodes, b.add(start, I64(k)))[1] for k in range(_GROUP)
                ]
                with _steps(b, I64(0), a.stride(table), LANES) as (d, _):
                    x = load(b, h.data, d)
                    for pointer, cell in zip(pointers, cells[group:], strict=False):
                        b.store(fma(b, load(b, pointer, d), x, b.load(cell)), cell)
        store(b, sums(b, [b.load(cell) for cell in cells]), scores.data, i)


def emit_softmax(b: Any, a: _Arrays, scores: Any, n: Any) -> None:
    lanes = integers(list(range(LANES)))
    (high, total) = accumulators(b, 2)
    b.store(constant(-3e38), high)
    count = splat(b, b.trunc(n, I32))
    with _steps(b, I64(0), n, LANES) as (i, _):
        there = b.icmp_signed("<", b.add(lanes, splat(b, b.trunc(i, I32))), count)
        value = b.select(there, load(b, scores.data, i), constant(-3e38))
        store(b, value, scores.data, i)
        before = b.load(high)
        b.store(b.select(b.fcmp_ordered(">", value, before), value, before), high)
    best = b.load(high)
    width = LANES
    while width > 1:  # the best of all lanes in each of them
        width //= 2
        turned = b.shuffle_vector(best, best, integers([k ^ width for k in range(LANES)]))
        best = b.select(b.fcmp_ordered(">", turned, best), turned, best)
    with _steps(b, I64(0), n, LANES) as (i, _):
        power = b.fmul(b.fsub(load(b, scores.data, i), best), constant(_LOG2E))
        low = b.fcmp_ordered("<", power, constant(_LEAST))
        value = exp2(b, b.select(low, constant(_LEAST), power))
        value = b.select(low, constant(0), value)
        store(b, value, scores.data, i)
        b.store(b.fadd(b.load(total), value), total)
    share = splat(b, b.fdiv(F32(1), _reduced(b, b.load(total))))
    with _steps(b, I64(0), n, LANES) as (i, _):
        store(b, b.fmul(load(b, scores.data, i), share), scores.data, i)


def emit_learn(
    b: Any, a: _Arrays, table: Any, nodes: Any, n: Any, slopes: Any, steps: Any, h: Any,
    gradient: Any,
) -> None:  # fmt: skip
    for parts in _columns(b, a.stride(table)):
        x = [load(b, h.data, part) for part in parts]
        cells = accumulators(b, len(parts))
        with cgutils.for_range(b, n, intp=I64) as loop:
            _, pointer = _row(b, a, table, nodes, loop.index)
            slope = splat(b, b.load(b.gep(slopes.data, [loop.index])))
            step = splat(b, b.fneg(b.load(b.gep(steps.data, [loop.index]))))
            for part, cell, there in zip(parts, cells, x, strict=True):
                old = load(b, pointer, part)
                b.store(fma(b, slope, old, b.load(cell)), cell)
                store(b, fma(b, step, there, old), pointer, part)
        for part, cell in zip(parts, cells, strict=True):
            store(b, b.load(cell), gradient.data, part)


def emit_square(b: Any, a: _Arrays, x: Any) -> Any:
    (cell,) = accumulators(b, 1)
    with _steps(b, I64(0), _length(b, x), LANES) as (d, _):
        value = load(b, x.data, d)
        b.store(fma(b, value, value, b.load(cell)), cell)
    return _reduced(b, b.load(cell))


def emit_clear(b: Any, a: _Arrays, x: Any) -> None:
    with _steps(b, I64(0), _length(b, x), LANES) as (d, _):
        store(b, constant(0), x.data, d)


def emit_take(b: Any, a: _Arrays, counter: Any, amount: Any) -> Any:
    return b.atomic_rmw("add", counter.data, amount, "monotonic")
