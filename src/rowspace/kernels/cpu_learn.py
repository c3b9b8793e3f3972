"""One exact update of the rows of a batch: gradients summed row by row, then one step each.

Each row is read and written once, by the thread in whose range its contributions begin, and its
contributions are added in their order: the same bits however the work is shared.
"""

# ruff: noqa: PLW0108 - Numba wants a Python function, not the intrinsic itself

from __future__ import annotations

import math

import numpy as np
from numba.core import types
from numba.extending import intrinsic, overload

from rowspace.kernels import layer_ir, learn_ir
from rowspace.kernels import layer_reference as reference
from rowspace.kernels.cpu_layer import INLINE
from rowspace.kernels.cpu_windows import mix
from rowspace.kernels.jit import exact

SOON = 16  # contributions between asking for a row and learning it


def sum_gradient(values, dim, words, low, first, last, out, at, bags, weights):
    """out[at] = Σ weights[p] · values[bags[p]] over the contributions p in words[first:last]."""
    out[at, :dim] = 0
    for i in range(first, last):
        p = words[i] & low
        row = p if bags is None else bags[p]
        factor = np.float32(1 if weights is None else weights[p])
        out[at, :dim] += reference.decoded(values[row, :dim]) * factor


def learn_row(
    code, data, row, dim, g, at, first, second, numbers,
    past_first, past_second, past_row, bias_first, bias_second, chance,
):  # fmt: skip
    """`layer_reference.learn_row` on a row of the table; `chance`: the state of its rounding."""
    w = reference.decoded(data[row, :dim]).copy()
    empty = np.zeros(0, np.float32)
    m = first[row, :dim] if len(first) else empty
    v = second[row, :dim] if len(second) else empty
    past, bias = (past_first, past_second, past_row), (bias_first, bias_second)
    reference.learn_row(code, w, g[at, :dim], m, v, numbers, past, bias)
    if chance is None:
        data[row, :dim] = reference.encoded(w, data.dtype)
    else:
        random = reference.noise_from(np.uint32(chance), dim)
        data[row, :dim] = reference.rounded_by_chance(w, random, data.dtype)


def ask_for(array, row, dim):
    """Ask for a row that is soon to be written; it changes nothing but the time taken."""


@intrinsic
def _sum_gradient(typing, values, dim, words, low, first, last, out, at, bags, weights):
    return layer_ir.lower(
        layer_ir.emit_gradient, values, dim, words, low, first, last, out, at, bags, weights
    )


@intrinsic
def _learn_row(
    typing, code, data, row, dim, g, at, first, second, numbers,
    past_first, past_second, past_row, bias_first, bias_second, chance,
):  # fmt: skip
    return layer_ir.lower(
        learn_ir.emit_learn, code, data, row, dim, g, at, first, second, numbers,
        past_first, past_second, past_row, bias_first, bias_second, chance,
    )  # fmt: skip


@intrinsic
def _ask_for(typing, array, row, dim):
    return layer_ir.lower(learn_ir.emit_prefetch, array, row, dim)


@overload(sum_gradient, jit_options=INLINE)
def _(values, dim, words, low, first, last, out, at, bags, weights):
    return lambda values, dim, words, low, first, last, out, at, bags, weights: _sum_gradient(
        values, dim, words, low, first, last, out, at, bags, weights
    )


@overload(learn_row, jit_options=INLINE)
def _(
    code, data, row, dim, g, at, first, second, numbers,
    past_first, past_second, past_row, bias_first, bias_second, chance,
):  # fmt: skip
    def compiled(
        code, data, row, dim, g, at, first, second, numbers,
        past_first, past_second, past_row, bias_first, bias_second, chance,
    ):  # fmt: skip
        _learn_row(
            code, data, row, dim, g, at, first, second, numbers,
            past_first, past_second, past_row, bias_first, bias_second, chance,
        )  # fmt: skip

    return compiled


@overload(ask_for, jit_options=INLINE)
def _(array, row, dim):
    return lambda array, row, dim: _ask_for(array, row, dim)


def alone(values, words, low, first, last, g, bags, weights):
    """Where a row's gradient lies as it is, (values, its row); (g, -1) where it must be summed."""
    if last - first > 1 or weights is not None or values.dtype != np.float32:
        return g, -1
    return values, words[first] & low


@overload(alone, jit_options=INLINE)
def _(values, words, low, first, last, g, bags, weights):
    if values != g or not isinstance(weights, types.NoneType):
        return lambda values, words, low, first, last, g, bags, weights: (g, np.int64(-1))

    def compiled(values, words, low, first, last, g, bags, weights):
        return (g, np.int64(-1)) if last - first > 1 else (values, words[first] & low)

    return compiled


def chance_of(data, state, row):
    """The 32 bits a row's rounding starts from; None for float32, which is not rounded."""
    return None if data.dtype == np.float32 else _chance(state, row)


@overload(chance_of, jit_options=INLINE)
def _(data, state, row):
    if data.dtype == types.float32:
        return lambda data, state, row: None
    return lambda data, state, row: _chance(state, row)


@exact
def _chance(state, row):
    return np.int64(mix(np.uint64(state) + np.uint64(row)) >> np.uint64(32))


@exact
def learn(
    code: int,
    data: np.ndarray,
    dim: int,
    first: np.ndarray,
    second: np.ndarray,
    clock: np.ndarray | None,
    own_clock: bool,
    step: int,
    numbers: np.ndarray,
    corrections: np.ndarray,
    decays: np.ndarray,
    shrunk: np.ndarray,
    words: np.ndarray,
    start: int,
    stop: int,
    shift: int,
    values: np.ndarray,
    bags: np.ndarray | None,
    weights: np.ndarray | None,
    skipped: np.ndarray | None,
    padding: int,
    state: np.uint64,
    g: np.ndarray,
) -> None:
    """Learn every row whose contributions begin in words[start:stop], sorted.

    `skipped` uint8 [R] or None: rows that stay as they are, as row `padding` does. `clock` int32
    [R] or None: with `own_clock` how often each row has learned, which corrects Adam's bias; else
    the step each last learned at, and what it missed is made up: decays[k] is (β₁ᵏ, β₂ᵏ) for k
    steps, `shrunk` float64 [step + 1] the sum of the logarithms of weight decay up to each step.
    g float32 [1, ≥ D]: scratch.
    """
    low = (np.int64(1) << shift) - 1
    n = len(words)
    i = start
    while 0 < i < stop and words[i] >> shift == words[i - 1] >> shift:
        i += 1
    while i < stop:
        row = words[i] >> shift
        j = i + 1
        while j < n and words[j] >> shift == row:
            j += 1
        later = words[min(i + SOON, n - 1)] >> shift
        ask_for(data, later, dim)
        if len(first):
            ask_for(first, later, min(dim, first.shape[1]))
        if len(second):
            ask_for(second, later, dim)
        if row != padding and (skipped is None or skipped[row] == 0):
            source, at = alone(values, words, low, i, j, g, bags, weights)
            if at < 0:
                sum_gradient(values, dim, words, low, i, j, g, 0, bags, weights)
                at = 0
            past_first = past_second = past_row = np.float32(1)
            bias = 0
            if clock is not None:
                before = clock[row]
                if own_clock:
                    clock[row] = before + 1
                    bias = min(np.int64(before), len(corrections) - 1)
                else:
                    missed = max(step - 1 - before, 0)
                    clock[row] = step
                    if missed:
                        k = min(missed, len(decays) - 1)
                        past_first, past_second = decays[k, 0], decays[k, 1]
                        past_row = np.float32(math.exp(shrunk[step - 1] - shrunk[before]))
            learn_row(
                code, data, row, dim, source, at, first, second, numbers, past_first, past_second,
                past_row, corrections[bias, 0], corrections[bias, 1], chance_of(data, state, row),
            )  # fmt: skip
        i = j


@exact
def sum_rows(
    dim: int,
    words: np.ndarray,
    starts: np.ndarray,
    start: int,
    stop: int,
    shift: int,
    values: np.ndarray,
    bags: np.ndarray | None,
    weights: np.ndarray | None,
    out: np.ndarray,
) -> None:
    """out[u] float32 = the summed gradient of distinct row u, whose words begin at starts[u]."""
    low = (np.int64(1) << shift) - 1
    for u in range(start, stop):
        sum_gradient(values, dim, words, low, starts[u], starts[u + 1], out, u, bags, weights)
