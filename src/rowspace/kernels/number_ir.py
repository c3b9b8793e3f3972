"""Sixteen numbers of a row at a time, whatever they are stored as, and only those that count.

What `vector_ir` is for padded float32 rows, for rows of any length and of float32, float16 (uint16
bits), bfloat16 (int16 bits) or int8: all are float32 in registers.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from rowspace.kernels.vector_ir import (
    F32,
    FLOATS,
    I32,
    INTS,
    LANES,
    Builder,
    Value,
    constant,
    integers,
    splat,
)

I1, I8, I16 = ir.IntType(1), ir.IntType(8), ir.IntType(16)
MASK = ir.VectorType(I1, LANES)
HALVES, WORDS = ir.VectorType(ir.HalfType(), LANES), ir.VectorType(I16, LANES)
BYTES = ir.VectorType(I8, LANES)


SIZE = {"f32": 4, "f16": 2, "bf16": 2, "i8": 1}
"""Bytes of a stored number."""


def kind_of(array: types.Array) -> str:
    """How an array's numbers are stored: f32, f16, bf16 or i8; "" where it holds no such."""
    kinds: dict[Any, str] = {
        types.float32: "f32",
        types.uint16: "f16",
        types.int16: "bf16",
        types.int8: "i8",
    }
    return kinds.get(array.dtype, "")


def _stored(kind: str) -> Any:
    return {"f32": FLOATS, "f16": WORDS, "bf16": WORDS, "i8": BYTES}[kind]


def lanes_below(b: Builder, left: Value) -> Value:
    """The mask of the first `left` (int64) of sixteen lanes."""
    return b.icmp_signed("<", integers(list(range(LANES))), splat(b, b.trunc(left, I32)))


def _masked(b: Builder, name: str, kind: Any, *arguments: Value, gives: Any) -> Value:
    suffix = {FLOATS: "v16f32", WORDS: "v16i16", BYTES: "v16i8"}[kind]
    signature = ir.FunctionType(gives, [argument.type for argument in arguments])
    full = f"llvm.masked.{name}.{suffix}.p0"
    return b.call(cgutils.get_or_insert_function(b.module, signature, full), list(arguments))


def load(b: Builder, kind: str, base: Value, offset: Value, mask: Value | None = None) -> Value:
    """Sixteen numbers from `base + offset` as float32; 0 in lanes outside the mask."""
    stored = _stored(kind)
    pointer = b.bitcast(b.gep(base, [offset]), stored.as_pointer())
    align = stored.element.width // 8 if kind != "f32" else 4
    if mask is None:
        value = b.load(pointer)
        value.align = align
    else:
        empty = ir.Constant(stored, None)
        value = _masked(b, "load", stored, pointer, I32(align), mask, empty, gives=stored)
    if kind == "f32":
        return value
    if kind == "f16":
        return b.fpext(b.bitcast(value, HALVES), FLOATS)
    if kind == "bf16":
        return b.bitcast(b.shl(b.zext(value, INTS), integers(16)), FLOATS)
    return b.sitofp(b.sext(value, INTS), FLOATS)


def store(
    b: Builder,
    kind: str,
    value: Value,
    base: Value,
    offset: Value,
    mask: Value | None = None,
    random: Value | None = None,
) -> None:
    """Write sixteen float32 as `kind`: to the nearest, or by chance where `random` bits come."""
    stored = _stored(kind)
    if kind == "f16":
        value = b.bitcast(b.fptrunc(_spread_f16(b, value, random), HALVES), WORDS)
    elif kind == "bf16":
        value = _bf16(b, value, random)
    pointer = b.bitcast(b.gep(base, [offset]), stored.as_pointer())
    align = stored.element.width // 8 if kind != "f32" else 4
    if mask is None:
        b.store(value, pointer).align = align
    else:
        _masked(b, "store", stored, value, pointer, I32(align), mask, gives=ir.VoidType())


def _bf16(b: Builder, value: Value, random: Value | None) -> Value:
    bits = b.bitcast(value, INTS)
    if random is None:
        odd = b.and_(b.lshr(bits, integers(16)), integers(1))
        added = b.add(integers(0x7FFF), odd)
    else:
        added = b.and_(random, integers(0xFFFF))
    rounded = b.add(bits, added)
    exponent = b.and_(bits, integers(0x7F800000))
    infinite = b.icmp_signed("==", exponent, integers(0x7F800000))
    quiet = b.select(b.fcmp_unordered("uno", value, value), integers(0x400000), integers(0))
    rounded = b.select(infinite, b.or_(bits, quiet), rounded)
    return b.trunc(b.lshr(rounded, integers(16)), WORDS)


def _spread_f16(b: Builder, value: Value, random: Value | None) -> Value:
    """The float32 that rounds to one of the two halves around `value`, drawn by their nearness."""
    if random is None:
        return value
    bits = b.bitcast(value, INTS)
    up = b.add(bits, b.and_(random, integers(0x1FFF)))
    normal = b.bitcast(b.and_(up, integers(-0x2000)), FLOATS)
    share = b.fmul(b.sitofp(b.lshr(random, integers(8)), FLOATS), constant(2.0**-24))
    step = b.fmul(b.fsub(share, constant(0.5)), constant(2.0**-24))
    size = b.and_(bits, integers(0x7FFFFFFF))
    small = b.icmp_signed("<", size, integers(0x38800000))  # 2^-14
    moved = b.select(small, b.fadd(value, step), normal)
    return b.select(b.icmp_signed("<", size, integers(0x7F800000)), moved, value)


def noise(b: Builder, first: Value, offset: Value) -> Value:
    """`layer_reference.noise` for sixteen columns from `offset` (int64); `first` int32."""
    at = b.add(integers(list(range(LANES))), splat(b, b.trunc(offset, I32)))
    z = b.add(splat(b, first), b.mul(at, integers(_signed(0x9E3779B1))))
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        z = b.mul(b.xor(z, b.lshr(z, integers(shift))), integers(_signed(factor)))
    return b.xor(z, b.lshr(z, integers(16)))


def _signed(value: int) -> int:
    return value - (1 << 32) if value >= 1 << 31 else value


def sqrt(b: Builder, x: Value) -> Value:
    """√x, of one float32 or in every lane."""
    name = "llvm.sqrt.f32" if x.type == F32 else "llvm.sqrt.v16f32"
    signature = ir.FunctionType(x.type, [x.type])
    return b.call(cgutils.get_or_insert_function(b.module, signature, name), [x])


def total(b: Builder, x: Value) -> Value:
    """The sum of sixteen lanes, halves folded onto each other, float32."""
    width = LANES
    empty = ir.Constant(FLOATS, ir.Undefined)
    while width > 1:
        width //= 2
        order = [(lane + width) % LANES for lane in range(LANES)]
        x = b.fadd(x, b.shuffle_vector(x, empty, integers(order)))
    return b.extract_element(x, I32(0))


def prefetch(b: Builder, base: Value, offset: Value) -> None:
    """Ask for the cache line of the number at `base + offset`, into the second cache.

    A core waits for far more lines there than in the first: rows came a quarter faster.
    """
    byte = I8.as_pointer()
    signature = ir.FunctionType(ir.VoidType(), [byte, I32, I32, I32])
    function = cgutils.get_or_insert_function(b.module, signature, "llvm.prefetch.p0")
    pointer = b.bitcast(b.gep(base, [offset]), byte)
    b.call(function, [pointer, I32(0), I32(2), I32(1)])


def stream(b: Builder, value: Value, pointer: Value) -> None:
    """Write a vector past the caches; `pointer` is aligned to the vector's size."""
    instruction = b.store(value, b.bitcast(pointer, value.type.as_pointer()))
    instruction.align = 64
    instruction.set_metadata("nontemporal", b.module.add_metadata([I32(1)]))
