"""The row operations of `reference`, as vector code: what training spends its time in.

Each function is the reference's own name with a compiled overload, so a kernel that calls it runs
either way: compiled, or as plain Python with the JIT off. What was tried on the way, with timings,
is in benchmarks/kernels.
"""

# ruff: noqa: PLW0108 - Numba wants a Python function, not the intrinsic itself

from __future__ import annotations

import numpy as np
from numba.core import types
from numba.extending import intrinsic, overload

from rowspace.kernels import reference, row_ir
from rowspace.kernels.reference import gather, learn, log_loss_take, predict, scatter, window

__all__ = ["gather", "learn", "log_loss_take", "predict", "prefetch_row", "scatter", "window"]


@intrinsic
def _gather(typing, table, rows, n, weight, h):
    return row_ir.lower(row_ir.emit_gather, table, rows, n, weight, h)


@intrinsic
def _scatter(typing, table, rows, n, gradient):
    return row_ir.lower(row_ir.emit_scatter, table, rows, n, gradient)


@intrinsic
def _scatter_free(typing, table, rows, n, gradient, frozen):
    return row_ir.lower(row_ir.emit_scatter, table, rows, n, gradient, frozen)


@intrinsic
def _prefetch_row(typing, table, row):
    return row_ir.lower(row_ir.emit_prefetch, table, row)


@intrinsic
def _predict(typing, table, rows, n, positives, h, lr, negative_weight, g, loss):
    return row_ir.lower(
        row_ir.emit_predict, table, rows, n, positives, h, lr, negative_weight, g, loss
    )


@intrinsic
def _learn(typing, table, rows, n, g, h, gradient):
    return row_ir.lower(row_ir.emit_learn, table, rows, n, g, h, gradient)


@intrinsic
def _window(typing, inputs, context, n, outputs, rows, m, positives, lr, g, loss):
    return row_ir.lower(
        row_ir.emit_window, inputs, context, n, outputs, rows, m, positives, lr, g, loss
    )


@intrinsic
def _window_free(typing, inputs, context, n, outputs, rows, m, positives, lr, g, loss, frozen):
    return row_ir.lower(
        row_ir.emit_window, inputs, context, n, outputs, rows, m, positives, lr, g, loss, frozen
    )


def prefetch_row(table: np.ndarray, row: int) -> None:
    """Ask for a row that is soon to be written; it changes nothing but the time taken."""


def none(kind: object) -> bool:
    """Whether an argument is None: then the code compiled is that of a table that all learns."""
    return kind is None or isinstance(kind, (types.NoneType, types.Omitted))


@overload(reference.gather)
def _(table, rows, n, weight, h):
    return lambda table, rows, n, weight, h: _gather(table, rows, n, weight, h)


@overload(reference.scatter)
def _(table, rows, n, gradient, frozen=None):
    if none(frozen):
        return lambda table, rows, n, gradient, frozen=None: _scatter(table, rows, n, gradient)
    return lambda table, rows, n, gradient, frozen=None: _scatter_free(
        table, rows, n, gradient, frozen
    )


@overload(prefetch_row)
def _(table, row):
    return lambda table, row: _prefetch_row(table, row)


@overload(reference.predict)
def _(table, rows, n, positives, h, lr, negative_weight, g, loss):
    return lambda table, rows, n, positives, h, lr, negative_weight, g, loss: _predict(
        table, rows, n, positives, h, lr, negative_weight, g, loss
    )


@overload(reference.learn)
def _(table, rows, n, g, h, gradient):
    return lambda table, rows, n, g, h, gradient: _learn(table, rows, n, g, h, gradient)


@overload(reference.window)
def _(inputs, context, n, outputs, rows, m, positives, lr, g, loss, frozen=None):
    if none(frozen):
        return lambda inputs, context, n, outputs, rows, m, positives, lr, g, loss, frozen=None: (
            _window(inputs, context, n, outputs, rows, m, positives, lr, g, loss)
        )
    return lambda inputs, context, n, outputs, rows, m, positives, lr, g, loss, frozen=None: (
        _window_free(inputs, context, n, outputs, rows, m, positives, lr, g, loss, frozen)
    )
