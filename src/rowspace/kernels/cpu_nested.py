"""Nested skip-gram and CBOW: one pass over drawn windows for every prefix of the vectors.

The twins of `nested_reference`, and the passes of `cpu_words` made of them. A window costs the
same memory traffic as one of the longest prefix alone.
"""

from __future__ import annotations

import numpy as np
from numba.extending import intrinsic, overload

from rowspace.kernels import nested_ir, nested_reference, row_ir
from rowspace.kernels.cpu_rows import gather, none, prefetch_row, scatter
from rowspace.kernels.cpu_windows import Windows
from rowspace.kernels.cpu_words import (
    CONTEXT_BLOCK,
    Bags,
    Scratch,
    ask,
    choices,
    free_rows,
    pad_rows,
    pairs,
)
from rowspace.kernels.jit import kernel
from rowspace.kernels.nested_reference import Nested, learn_nested, predict_nested, window_nested
from rowspace.kernels.reference import OUTPUT_BLOCK

_AHEAD = 3  # windows between asking for a row and using it
_PREDICT_BLOCK = 4


@intrinsic
def _window(typing, inputs, context, n, outputs, rows, m, lr, ends, own, carry, g, loss):
    return row_ir.lower(
        nested_ir.emit_window_nested,
        inputs, context, n, outputs, rows, m, lr, ends, own, carry, g, loss,
    )  # fmt: skip


@intrinsic
def _window_free(
    typing, inputs, context, n, outputs, rows, m, lr, ends, own, carry, g, loss, frozen
):
    return row_ir.lower(
        nested_ir.emit_window_nested,
        inputs, context, n, outputs, rows, m, lr, ends, own, carry, g, loss, frozen,
    )  # fmt: skip


@intrinsic
def _predict(typing, table, rows, n, positives, h, lr, ends, own, carry, g, loss):
    return row_ir.lower(
        nested_ir.emit_predict_nested,
        table, rows, n, positives, h, lr, ends, own, carry, g, loss,
    )  # fmt: skip


@intrinsic
def _learn(typing, table, rows, n, ends, g, h, gradient):
    return row_ir.lower(nested_ir.emit_learn_nested, table, rows, n, ends, g, h, gradient)


@overload(nested_reference.window_nested)
def _(inputs, context, n, outputs, rows, m, lr, nested, g, loss, frozen=None):
    if none(frozen):
        return lambda inputs, context, n, outputs, rows, m, lr, nested, g, loss, frozen=None: (
            _window(
                inputs, context, n, outputs, rows, m, lr,
                nested.ends, nested.own, nested.carry, g, loss,
            )
        )  # fmt: skip
    return lambda inputs, context, n, outputs, rows, m, lr, nested, g, loss, frozen=None: (
        _window_free(
            inputs, context, n, outputs, rows, m, lr,
            nested.ends, nested.own, nested.carry, g, loss, frozen,
        )
    )  # fmt: skip


@overload(nested_reference.predict_nested)
def _(table, rows, n, positives, h, lr, nested, g, loss):
    return lambda table, rows, n, positives, h, lr, nested, g, loss: _predict(
        table, rows, n, positives, h, lr, nested.ends, nested.own, nested.carry, g, loss
    )


@overload(nested_reference.learn_nested)
def _(table, rows, n, nested, g, h, gradient):
    return lambda table, rows, n, nested, g, h, gradient: _learn(
        table, rows, n, nested.ends, g, h, gradient
    )


@kernel
def skipgram_nested_rows(
    windows: Windows,
    n: int,
    negative: int,
    inputs: np.ndarray,
    outputs: np.ndarray,
    lr: float,
    nested: Nested,
    scratch: Scratch,
    frozen: np.ndarray | None = None,
) -> None:
    """`cpu_words.skipgram_rows` for every prefix."""
    spare = len(outputs) - 1
    near, far = scratch.near, scratch.far
    for w in range(n):
        ask(windows, n, w + _AHEAD, negative, outputs)
        if w + _AHEAD < n:
            prefetch_row(inputs, windows.contexts[windows.cuts[w + _AHEAD + 1] - 1])
        count = 0
        for item in windows.contexts[windows.cuts[w] : windows.cuts[w + 1]]:
            near[count] = item
            count += 1
        near[count] = near[0]
        m = choices(windows, w, negative, far)
        pad_rows(far, m, OUTPUT_BLOCK, spare)
        window_nested(
            inputs, near, count, outputs, far, m, lr, nested, scratch.g, scratch.loss, frozen
        )


@kernel
def skipgram_nested_bags(
    windows: Windows,
    n: int,
    negative: int,
    bags: Bags,
    inputs: np.ndarray,
    outputs: np.ndarray,
    lr: float,
    nested: Nested,
    scratch: Scratch,
    frozen: np.ndarray | None = None,
) -> None:
    """`cpu_words.skipgram_bags` for every prefix."""
    spare = len(outputs) - 1
    far, h, gradient, moved = scratch.far, scratch.h, scratch.gradient, scratch.moved
    for w in range(n):
        if w + 1 < n:
            after = windows.centres[w + 1]
            for row in bags.ids[bags.offsets[after] : bags.offsets[after + 1]]:
                prefetch_row(inputs, row)
        centre = windows.centres[w]
        rows = bags.ids[bags.offsets[centre] : bags.offsets[centre + 1]]
        if len(rows) == 0:
            continue
        free = free_rows(rows, frozen)
        scale = np.float32(free / len(rows) if bags.mean else free)
        gather(inputs, rows, len(rows), 1 / len(rows) if bags.mean else 1.0, h)
        moved[:] = 0
        for start in range(windows.cuts[w], windows.cuts[w + 1], CONTEXT_BLOCK):
            stop = min(start + CONTEXT_BLOCK, windows.cuts[w + 1])
            if start + 2 * CONTEXT_BLOCK <= windows.cuts[n]:
                for item in windows.contexts[start + CONTEXT_BLOCK : stop + CONTEXT_BLOCK]:
                    prefetch_row(outputs, item)
                for item in windows.negatives[
                    (start + CONTEXT_BLOCK) * negative : (stop + CONTEXT_BLOCK) * negative
                ]:
                    prefetch_row(outputs, max(item, 0))
            m = pairs(windows, start, stop, negative, far)
            pad_rows(far, m, _PREDICT_BLOCK, spare)
            predict_nested(outputs, far, m, stop - start, h, lr, nested, scratch.g, scratch.loss)
            learn_nested(outputs, far, m, nested, scratch.g, h, gradient)
            for d in range(len(h)):
                moved[d] += gradient[d]
                h[d] += scale * gradient[d]
        scatter(inputs, rows, len(rows), moved, frozen)


@kernel
def cbow_nested(
    windows: Windows,
    n: int,
    negative: int,
    bags: Bags,
    inputs: np.ndarray,
    outputs: np.ndarray,
    lr: float,
    nested: Nested,
    scratch: Scratch,
    frozen: np.ndarray | None = None,
) -> None:
    """`cpu_words.cbow` for every prefix."""
    spare = len(outputs) - 1
    near, far, h, gradient = scratch.near, scratch.far, scratch.h, scratch.gradient
    for w in range(n):
        ask(windows, n, w + _AHEAD, negative, outputs)
        count = 0
        words = windows.cuts[w + 1] - windows.cuts[w]
        for item in windows.contexts[windows.cuts[w] : windows.cuts[w + 1]]:
            for row in bags.ids[bags.offsets[item] : bags.offsets[item + 1]]:
                near[count] = row
                count += 1
        if count == 0:
            continue
        m = choices(windows, w, negative, far)
        pad_rows(far, m, _PREDICT_BLOCK, spare)
        gather(inputs, near, count, 1 / count if bags.mean else 1 / words, h)
        predict_nested(outputs, far, m, 1, h, lr, nested, scratch.g, scratch.loss)
        learn_nested(outputs, far, m, nested, scratch.g, h, gradient)
        scatter(inputs, near, count, gradient, frozen)
