"""The instructions of one step of GloVe: the twin of `glove_reference.meet`."""

from __future__ import annotations

from typing import Any

from numba.core import cgutils

from rowspace.kernels.layer_ir import row_at
from rowspace.kernels.vector_ir import (
    F32,
    FLOATS,
    I32,
    I64,
    INTS,
    LANES,
    accumulators,
    constant,
    fma,
    integers,
    load,
    splat,
    store,
    sums,
)

_MAGIC = 0x5F3759DF


def root_of_one_over(b: Any, x: Any) -> Any:
    """1 / √x for x in 1e-30 … 1e30, to 1e-6: a guess from the exponent, three times Newton's step.

    A root and a division for sixteen numbers take the processor twice as long.
    """
    half = b.fmul(x, constant(-0.5))
    bits = b.sub(integers(_MAGIC), b.lshr(b.bitcast(x, INTS), integers(1)))
    y = b.bitcast(bits, FLOATS)
    for _ in range(3):
        y = b.fmul(y, fma(b, b.fmul(half, y), y, constant(1.5)))
    return y


def _held(b: Any, x: Any, limit: Any, low: Any) -> Any:
    """x held to [low, limit]; NaN stays NaN."""
    x = b.select(b.fcmp_ordered(">", x, limit), limit, x)
    return b.select(b.fcmp_ordered("<", x, low), low, x)


def emit_meet(
    b: Any, inputs: Any, i: Any, outputs: Any, j: Any, input_sums: Any, output_sums: Any,
    input_rates: Any, output_rates: Any, target: Any, weight: Any, clip: Any, scale: Any, out: Any,
) -> None:  # fmt: skip
    x, y = row_at(b, inputs, i), row_at(b, outputs, j)
    x_sum, y_sum = row_at(b, input_sums, i), row_at(b, output_sums, j)
    (total,) = accumulators(b, 1)
    with cgutils.for_range_slice(b, I64(0), inputs.stride, I64(LANES), I64) as (d, _):
        b.store(fma(b, load(b, x, d), load(b, y, d), b.load(total)), total)
    product = b.extract_element(sums(b, [b.load(total)]), I32(0))
    wrong = b.fsub(product, target)
    b.store(wrong, out.data)
    pull, limit, low = splat(b, b.fmul(weight, wrong)), splat(b, clip), splat(b, b.fneg(clip))
    step = splat(b, b.fsub(F32(0), scale))
    with cgutils.for_range_slice(b, I64(0), inputs.stride, I64(LANES), I64) as (d, _):
        was, met = load(b, x, d), load(b, y, d)
        for row, own, other, kept, rates in (
            (x, was, met, x_sum, input_rates),
            (y, met, was, y_sum, output_rates),
        ):
            gradient = _held(b, b.fmul(pull, other), limit, low)
            g = b.fmul(gradient, load(b, rates.data, d))
            before = load(b, kept, d)
            moved = b.fmul(g, root_of_one_over(b, before))
            store(b, fma(b, moved, step, own), row, d)
            store(b, fma(b, g, g, before), kept, d)
