"""Building blocks of vector machine code: sixteen float32 lanes, written as LLVM instructions.

Numba's loop vectoriser does not keep a dozen accumulators in registers; these few functions,
called while an intrinsic is lowered, do. A machine with narrower registers gets the same code
split by LLVM.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

LANES = 16
F32, I32, I64 = ir.FloatType(), ir.IntType(32), ir.IntType(64)
FLOATS, INTS = ir.VectorType(F32, LANES), ir.VectorType(I32, LANES)

Builder = Any
Value = Any


def constant(value: float) -> Value:
    """The same float in every lane."""
    return ir.Constant(FLOATS, [float(value)] * LANES)


def integers(values: int | list[int]) -> Value:
    """Integers in the lanes, one for all or one each."""
    lanes = [values] * LANES if isinstance(values, int) else values
    return ir.Constant(INTS, lanes)


def load(builder: Builder, base: Value, offset: Value) -> Value:
    """Sixteen floats from `base + offset` (in floats); 4-byte alignment is enough."""
    pointer = builder.gep(base, [offset])
    value = builder.load(builder.bitcast(pointer, FLOATS.as_pointer()))
    value.align = 4
    return value


def store(builder: Builder, value: Value, base: Value, offset: Value) -> None:
    """Write sixteen lanes to `base + offset`."""
    pointer = builder.gep(base, [offset])
    builder.store(value, builder.bitcast(pointer, value.type.as_pointer())).align = 4


def splat(builder: Builder, scalar: Value) -> Value:
    """One scalar, float32 or int32, in every lane."""
    vector = FLOATS if scalar.type == F32 else INTS
    empty = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(empty, scalar, I32(0))
    return builder.shuffle_vector(first, empty, integers(0))


def fma(builder: Builder, x: Value, y: Value, z: Value) -> Value:
    """x·y + z, fused where the processor can."""
    signature = ir.FunctionType(FLOATS, [FLOATS] * 3)
    function = cgutils.get_or_insert_function(builder.module, signature, "llvm.fmuladd.v16f32")
    return builder.call(function, [x, y, z])


def accumulators(builder: Builder, count: int) -> list[Value]:
    """`count` zeroed vectors that live in registers once LLVM has promoted them."""
    cells = [cgutils.alloca_once(builder, FLOATS) for _ in range(count)]
    for cell in cells:
        builder.store(constant(0), cell)
    return cells


def _merge(builder: Builder, x: Value, y: Value, width: int) -> Value:
    """Fold each group of `width` lanes to half; x's groups come first, then y's."""
    half = width // 2
    low: list[int] = []
    high: list[int] = []
    for source in (0, LANES):
        for group in range(source, source + LANES, width):
            low += range(group, group + half)
            high += range(group + half, group + width)
    left = builder.shuffle_vector(x, y, integers(low))
    return builder.fadd(left, builder.shuffle_vector(x, y, integers(high)))


def sums(builder: Builder, vectors: list[Value]) -> Value:
    """Lane `k` of the result is the sum over the lanes of `vectors[k]` (at most sixteen)."""
    width = LANES
    vectors = vectors + [constant(0)] * (LANES - len(vectors))
    while len(vectors) > 1:
        pairs = zip(vectors[::2], vectors[1::2], strict=True)
        vectors = [_merge(builder, x, y, width) for x, y in pairs]
        width //= 2
    return vectors[0]


def exp2(builder: Builder, t: Value) -> Value:
    """2^t for |t| < 126: 2^round(t) by its exponent bits times a polynomial on [-½, ½]."""
    # Not by adding 1.5 · 2²³: a kernel's fast-math flags reach these instructions too, and with
    # leave to reassociate the compiler cancels that.
    signature = ir.FunctionType(FLOATS, [FLOATS])
    nearest = cgutils.get_or_insert_function(builder.module, signature, "llvm.rint.v16f32")
    whole = builder.call(nearest, [t])
    rest = builder.fsub(t, whole)
    coefficients = (
        1.3333558146428443e-3,
        9.618129107628477e-3,
        5.550410866482158e-2,
        2.4022650695910072e-1,
        6.931471805599453e-1,
        1.0,
    )
    power = constant(coefficients[0])
    for coefficient in coefficients[1:]:
        power = fma(builder, power, rest, constant(coefficient))
    exponent = builder.shl(builder.fptosi(whole, INTS), integers(23))
    return builder.bitcast(builder.add(builder.bitcast(power, INTS), exponent), FLOATS)


def sigmoid(builder: Builder, x: Value) -> Value:
    """1 / (1 + e^-x), x held to ±30; relative error below 3e-6; NaN stays NaN."""
    for limit, sign in ((30.0, ">"), (-30.0, "<")):
        beyond = builder.fcmp_ordered(sign, x, constant(limit))
        x = builder.select(beyond, constant(limit), x)
    power = exp2(builder, builder.fmul(x, constant(-1.4426950408889634)))
    return builder.fdiv(constant(1), builder.fadd(constant(1), power))


def absolute(builder: Builder, x: Value) -> Value:
    """|x|, by clearing the sign bit."""
    bits = builder.and_(builder.bitcast(x, INTS), integers(0x7FFFFFFF))
    return builder.bitcast(bits, FLOATS)


def prefetch(builder: Builder, base: Value, offset: Value) -> None:
    """Ask for the cache line at `base + offset`, to be written soon."""
    byte = ir.IntType(8).as_pointer()
    signature = ir.FunctionType(ir.VoidType(), [byte, I32, I32, I32])
    function = cgutils.get_or_insert_function(builder.module, signature, "llvm.prefetch.p0")
    pointer = builder.bitcast(builder.gep(base, [offset]), byte)
    builder.call(function, [pointer, I32(1), I32(3), I32(1)])
